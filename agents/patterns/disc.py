"""Sentences on the optic disc."""

from __future__ import annotations

from .pattern import INTERPRETATION, MEASUREMENT, Pattern

PATTERNS = (
    Pattern("cup_disc_ratio", MEASUREMENT, "in the {eye:eye}, the vertical cup-disc ratio is {ratio:dec2}."),
    Pattern("cdr_within", INTERPRETATION, "in the {eye:eye}, the vertical cup-disc ratio is not above 0.59, the 97.5th percentile of small discs."),
    Pattern("cdr_between", INTERPRETATION, "in the {eye:eye}, the vertical cup-disc ratio lies between the 97.5th percentiles of small (0.59) and large discs (0.74), so that it depends on the size of the disc whether it is unusual."),
    Pattern("cdr_above", INTERPRETATION, "in the {eye:eye}, the vertical cup-disc ratio is above 0.74, the 97.5th percentile of large discs."),
)  # fmt: skip
