"""Step disc: the optic disc."""

from __future__ import annotations

from .eye import EyeWriter


def write_disc(writer: EyeWriter) -> None:
    """The optic disc."""
    disc = writer.finding("disc")
    ratio = None if disc is None else disc.number("vertical_cdr")
    if ratio is not None:
        writer.say("disc", "cup_disc_ratio", "disc", ratio=ratio)
