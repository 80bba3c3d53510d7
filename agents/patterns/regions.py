"""Sentences on a region that was outlined on request."""

from __future__ import annotations

from .pattern import MEASUREMENT, Pattern

PATTERNS = (
    Pattern("region_extent", MEASUREMENT, "in the {eye:eye}, the outlined region covers {area:int} px and is {longest:int} px across at its longest, centred at x {x:int}, y {y:int} px."),
    Pattern("region_extent_dd", MEASUREMENT, "in the {eye:eye}, the outlined region is {longest:dec2} disc diameters across at its longest."),
    Pattern("region_extent_mm", MEASUREMENT, "in the {eye:eye}, the outlined region is {longest:dec2} mm across at its longest."),
    Pattern("region_place", MEASUREMENT, "in the {eye:eye}, the outlined region lies {distance:dec2} disc diameters from the fovea, in the {quadrant:quadrant} quadrant."),
)  # fmt: skip
