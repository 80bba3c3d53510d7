"""Checks of sentences on a region that was outlined on request."""

from __future__ import annotations

from ..language import Wrong
from .cited import Check, Cited, measured, same


def _centre(cited: Cited) -> None:
    point = cited.finding("region").points.get("region")
    if point is None:
        raise Wrong("nothing was outlined")
    same(cited, "x", "int", point.x)
    same(cited, "y", "int", point.y)


def _quadrant(cited: Cited) -> None:
    regions = cited.finding("region").regions
    if not regions or regions[0].quadrant != cited.slots["quadrant"]:
        raise Wrong("the quadrant is not the one in the evidence")


CHECKS: dict[str, tuple[Check, ...]] = {
    "region_extent": (
        measured("region", "region_area", "area", "int"),
        measured("region", "region_longest_diameter", "longest", "int"),
        _centre,
    ),
    "region_extent_dd": (measured("region", "region_longest_diameter_dd", "longest", "dec2"),),
    "region_extent_mm": (measured("region", "region_longest_diameter_mm", "longest", "dec2"),),
    "region_place": (measured("region", "region_fovea_distance", "distance", "dec2"), _quadrant),
}
