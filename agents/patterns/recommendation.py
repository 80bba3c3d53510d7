"""Sentences on what follows."""

from __future__ import annotations

from .pattern import RECOMMENDATION, Pattern

PATTERNS = (
    Pattern("follow", RECOMMENDATION, "what follows: {statement:text} [{key:key}]"),
    Pattern("retake", RECOMMENDATION, "take the photograph of the {eye:eye} again: {advice:text}"),
    Pattern("person_first", RECOMMENDATION, "a qualified person must read the {eye:eye} before any interval is set."),
)  # fmt: skip
