"""Sentences on vessels."""

from __future__ import annotations

from .pattern import MEASUREMENT, Pattern

PATTERNS = (
    Pattern("vessel_density", MEASUREMENT, "in the {eye:eye}, vessels cover {percent:dec1} % of the field of view."),
    Pattern("skeleton_length", MEASUREMENT, "in the {eye:eye}, the vessel skeleton is {length:int} {unit:unit} long."),
    Pattern("avr", MEASUREMENT, "in the {eye:eye}, the arteriovenous ratio is {ratio:dec2}."),
)  # fmt: skip
