"""Sentences on the optic disc."""

from __future__ import annotations

from .pattern import MEASUREMENT, Pattern

PATTERNS = (
    Pattern("cup_disc_ratio", MEASUREMENT, "in the {eye:eye}, the vertical cup-disc ratio is {ratio:dec2}."),
)  # fmt: skip
