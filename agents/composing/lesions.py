"""Step lesions: which, how many, where."""

from __future__ import annotations

from ...records import QUADRANTS
from ..evidence_rules import LESION_KINDS, lesion_counts
from .eye import EyeWriter


def write_lesions(writer: EyeWriter) -> None:
    """Lesions: which, how many, where."""
    lesions = writer.finding("lesions")
    for kind, count in lesion_counts(lesions).items():
        if count is None or lesions is None:
            continue
        pattern = "lesion_count_one" if count == 1 else "lesion_count"
        writer.say("lesions", pattern, "lesions", lesion=kind, count=count)
        for quadrant in QUADRANTS:
            in_quadrant = lesions.number(f"lesion_count_{kind}_{quadrant}")
            if in_quadrant:
                writer.say(
                    "lesions", "lesion_quadrant", "lesions", quadrant=quadrant, lesion=kind, count=int(in_quadrant)
                )
    for kind in LESION_KINDS:
        writer.cite("lesions", f"lesion:{kind}" if lesion_counts(lesions)[kind] else "")
