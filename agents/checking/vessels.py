"""Checks of sentences on vessels."""

from __future__ import annotations

from .cited import Check, measured, unit

CHECKS: dict[str, tuple[Check, ...]] = {
    "vessel_density": (measured("vessels", "vessel_density", "percent", "dec1", 100.0),),
    "skeleton_length": (measured("vessels", "skeleton_length", "length", "int"), unit("vessels", "skeleton_length")),
    "avr": (measured("vessels", "avr", "ratio", "dec2"),),
}
