"""Sentences on conditions other than diabetic retinopathy."""

from __future__ import annotations

from .pattern import INTERPRETATION, Pattern

PATTERNS = (
    Pattern("condition", INTERPRETATION, "in the {eye:eye}, the probability of {condition:condition} is {probability:share}."),
    Pattern("condition_flagged", INTERPRETATION, "in the {eye:eye}, {condition:condition} is flagged for a person to look at."),
    Pattern("condition_reaches", INTERPRETATION, "in the {eye:eye}, {condition:condition} is flagged for a person to look at: its probability reaches the detector's threshold of {threshold:dec2}."),
    Pattern("no_condition_flagged", INTERPRETATION, "in the {eye:eye}, none of the conditions that were screened for is flagged."),
)  # fmt: skip
