"""Step lesions: which, how many, where, the largest and the nearest to the fovea."""

from __future__ import annotations

from ...records import QUADRANTS, Finding
from ..evidence_rules import LESION_KINDS, ON_CAMERA_SPOTS, few, largest_lesion, lesion_counts, nearest_lesion
from ..patterns.slots import Slots
from .eye import EyeWriter


def write_lesions(writer: EyeWriter) -> None:
    """Which lesions, how many, where, the largest and the nearest to the fovea."""
    lesions = writer.finding("lesions")
    for kind, count in lesion_counts(lesions).items():
        if count is None or lesions is None:
            continue
        pattern = "lesion_count_one" if count == 1 else "lesion_count"
        writer.say("lesions", pattern, "lesions", lesion=kind, count=count)
        if kind in few(lesions):
            writer.say("lesions", "lesion_few_one" if count == 1 else "lesion_few", "lesions", lesion=kind, count=count)
        for quadrant in QUADRANTS:
            in_quadrant = lesions.number(f"lesion_count_{kind}_{quadrant}")
            if in_quadrant:
                slots: Slots = {"quadrant": quadrant, "lesion": kind, "count": int(in_quadrant)}
                writer.say("lesions", "lesion_quadrant", "lesions", **slots)
        _extent(writer, lesions, kind)
    left_out = None if lesions is None else lesions.number(ON_CAMERA_SPOTS)
    if left_out == 1:
        writer.say("lesions", "camera_spot", "lesions")
    elif left_out:
        writer.say("lesions", "camera_spots", "lesions", count=int(left_out))
    for kind in LESION_KINDS:
        writer.cite("lesions", f"lesion:{kind}" if lesion_counts(lesions)[kind] else "")


def _extent(writer: EyeWriter, lesions: Finding, kind: str) -> None:
    """How large the largest lesion of a type is, and how far the nearest lies from the fovea."""
    landmarks = writer.finding("landmarks")
    diameter = None if landmarks is None else landmarks.number("disc_diameter")
    longest, nearest = largest_lesion(lesions, kind), nearest_lesion(lesions, kind)
    if longest is not None and diameter:
        writer.say("lesions", "lesion_largest", "lesions", "landmarks", lesion=kind, length=longest / diameter)
    elif longest is not None:
        writer.say("lesions", "lesion_largest_px", "lesions", lesion=kind, length=longest)
    told_by_the_macula = kind == "EX" and lesions.number("nearest_exudate_fovea_distance") is not None
    if nearest is not None and not told_by_the_macula:
        writer.say("lesions", "lesion_nearest", "lesions", lesion=kind, distance=nearest)
