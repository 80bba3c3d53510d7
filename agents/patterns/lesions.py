"""Sentences on lesions: which, how many, where."""

from __future__ import annotations

from .pattern import MEASUREMENT, Pattern

PATTERNS = (
    Pattern("lesion_count", MEASUREMENT, "in the {eye:eye}, {counted} were detected."),
    Pattern("lesion_count_one", MEASUREMENT, "in the {eye:eye}, {counted} was detected."),
    Pattern("lesion_quadrant", MEASUREMENT, "in the {eye:eye}, the {quadrant:quadrant} quadrant holds {counted}."),
)  # fmt: skip
