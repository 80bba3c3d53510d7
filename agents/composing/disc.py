"""Step disc: the cup-disc ratio and what it can mean by the size of the disc."""

from __future__ import annotations

from ..evidence_rules import cup_size
from .eye import EyeWriter


def write_disc(writer: EyeWriter) -> None:
    """The cup-disc ratio and what it can mean by the size of the disc."""
    disc = writer.finding("disc")
    ratio = None if disc is None else disc.number("vertical_cdr")
    if ratio is None:
        return
    writer.say("disc", "cup_disc_ratio", "disc", ratio=ratio)
    for limits in writer.passages_for("disc"):
        writer.say("disc", f"cdr_{cup_size(ratio)}", "disc", limits)
    writer.cite("disc", "disc")
