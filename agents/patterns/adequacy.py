"""Sentences on whether a photograph can be read."""

from __future__ import annotations

from .pattern import OBSERVATION, Pattern

PATTERNS = (
    Pattern("gradable", OBSERVATION, "the photograph of the {eye:eye} is gradable (quality score {score:share})."),
    Pattern("not_gradable", OBSERVATION, "the photograph of the {eye:eye} is not gradable because of {reasons:reasons}."),
    Pattern("low_quality", OBSERVATION, "the photograph of the {eye:eye} is not gradable (quality score {score:share})."),
    Pattern("not_fundus", OBSERVATION, "this is not a fundus photograph (probability of a fundus {probability:share})."),
)  # fmt: skip
