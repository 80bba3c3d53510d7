"""Regions that were outlined on request: how large each is and where it lies, said with the lesions."""

from __future__ import annotations

from ...records import Finding
from .eye import EyeWriter

Slots = dict[str, str | int | float]


def region_sentences(finding: Finding) -> list[tuple[str, Slots]]:
    """The patterns, with their values, that say what a region's finding measured."""
    area, longest = finding.number("region_area"), finding.number("region_longest_diameter")
    point = finding.points.get("region")
    if area is None or longest is None or point is None:
        return []
    said: list[tuple[str, Slots]] = [("region_extent", {"area": area, "longest": longest, "x": point.x, "y": point.y})]
    for unit in ("dd", "mm"):
        extent = finding.number(f"region_longest_diameter_{unit}")
        if extent is not None:
            said.append((f"region_extent_{unit}", {"longest": extent}))
    distance, quadrant = finding.number("region_fovea_distance"), finding.regions[0].quadrant
    if distance is not None and quadrant is not None:
        said.append(("region_place", {"distance": distance, "quadrant": quadrant}))
    return said


def write_regions(writer: EyeWriter) -> None:
    """Every outlined region of the eye's photographs."""
    for entry in writer.ledger:
        if entry.finding is not None and entry.finding.expert == "region" and entry.eye is writer.eye:
            for pattern, slots in region_sentences(entry.finding):
                writer.draft.say("lesions", pattern, writer.eye, [entry], **slots)
