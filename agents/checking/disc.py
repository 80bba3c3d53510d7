"""Checks of sentences on the optic disc."""

from __future__ import annotations

from .cited import Check, measured

CHECKS: dict[str, tuple[Check, ...]] = {
    "cup_disc_ratio": (measured("disc", "vertical_cdr", "ratio", "dec2"),),
}
