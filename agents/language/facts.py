"""Facts that a free sentence states, and whether the evidence it names says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .tokens import Number


@dataclass(frozen=True)
class Fact:
    """One thing a sentence says. `eye` None leaves it to the evidence, `slots` are its values."""

    kind: str
    eye: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)


class Wrong(Exception):
    """The evidence says otherwise, or (`unsupported`) says nothing of it."""

    def __init__(self, reason: str, *, unsupported: bool = False) -> None:
        super().__init__(reason)
        self.unsupported = unsupported


MEASURES: dict[str, tuple[str, str, str, float]] = {
    "quality_score": ("quality", "quality_score", "", 1.0),
    "fundus_probability": ("quality", "fundus_probability", "", 1.0),
    "disc_diameter": ("landmarks", "disc_diameter", "px", 0.0),
    "fovea_distance": ("landmarks", "disc_fovea_distance", "DD", 0.0),
    "vessel_density": ("vessels", "vessel_density", "", 1.0),
    "skeleton_length": ("vessels", "skeleton_length", "?", 0.0),
    "nearest_exudate": ("lesions", "nearest_exudate_fovea_distance", "DD", 0.0),
    "cup_disc_ratio": ("disc", "vertical_cdr", "", 1.0),
}
"""Fact to expert, measurement, the unit a sentence must name ("?": the measured one), and 1 where a per cent may stand for it."""


def near(number: Number, measured: float | int | None, *, exact: bool = False) -> bool:
    """Whether the measured value rounds to what was written, at the digits written, or lies beyond the bound named."""
    if measured is None:
        return False
    value = measured * 100 if number.percent else measured
    half = 0.0 if exact else 0.5 * 10.0**-number.decimals + 1e-9
    within = abs(value - number.value) <= half
    if not within and number.about and not exact and not number.decimals and not number.bound:
        zeros = len(str(int(number.value))) - len(str(int(number.value)).rstrip("0"))
        within = number.value >= 10 and not number.percent and abs(value - number.value) <= 0.5 * 10.0**zeros
    if number.bound == "more":
        return value > number.value and (not number.about or within)
    if number.bound == "less":
        return value < number.value and (not number.about or within)
    if number.bound == "at least":
        return value >= number.value or (number.decimals > 0 and within)
    if number.bound == "at most":
        return value <= number.value or (number.decimals > 0 and within)
    return within
