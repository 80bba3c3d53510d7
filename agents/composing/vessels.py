"""Step vessels: the vessels."""

from __future__ import annotations

from .eye import EyeWriter


def write_vessels(writer: EyeWriter) -> None:
    """The vessels."""
    vessels = writer.finding("vessels")
    if vessels is None:
        return
    density, skeleton = vessels.number("vessel_density"), vessels.measurement("skeleton_length")
    if density is not None:
        writer.say("vessels", "vessel_density", "vessels", percent=density * 100)
    if skeleton is not None and skeleton.value is not None:
        writer.say("vessels", "skeleton_length", "vessels", length=skeleton.value, unit=skeleton.unit)
    ratio = vessels.number("avr")
    if ratio is not None:
        writer.say("vessels", "avr", "vessels", ratio=ratio)
