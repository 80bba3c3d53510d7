"""What a biomarker is: a number of the vessel tree that says its unit, its definition and when it holds, and shows
what it was made from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ....records import Measurement
from ..tree import VesselTree

LEAST_GRID = 3.0
"""Trees whose centreline is shorter than this, in diameters of the field of view, are too little of the grid for what
describes it as a whole; photographs of 45 degrees with clear media show 8 to 15."""
NO_DISC = "the optic disc's place and diameter are not known"
LITTLE_GRID = "too little of the vessel grid is visible"
Curve = NDArray[np.float64]
"""Points (n, 2)."""


@dataclass(frozen=True)
class Geometry:
    """What a number was made from: lines, each (n, 2) of (x, y), and points (x, y)."""

    lines: tuple[Curve, ...] = ()
    points: tuple[tuple[float, float], ...] = ()

    @classmethod
    def of_pixels(cls, lines: Sequence[Curve] = (), points: Sequence[tuple[float, float]] = ()) -> Geometry:
        """From paths and points of (row, column) of map pixels: (x, y), a pixel's middle half a pixel from its corner."""
        return cls(
            tuple(line[:, ::-1] + 0.5 for line in lines), tuple((column + 0.5, row + 0.5) for row, column in points)
        )

    def moved(self, left: float, top: float, scale: float) -> Geometry:
        """The same enlarged by `scale` and with (left, top) added: from map to photograph coordinates."""
        corner = np.asarray([left, top])
        return Geometry(
            tuple(corner + scale * line for line in self.lines),
            tuple((left + scale * x, top + scale * y) for x, y in self.points),
        )


@dataclass(frozen=True)
class Value:
    """A number, its unit where it is not the biomarker's usual one, and what it was made from, in map coordinates."""

    number: float
    geometry: Geometry = Geometry()
    unit: str | None = None


@dataclass(frozen=True)
class Reading:
    """A measurement and what it was made from."""

    measurement: Measurement
    geometry: Geometry


class Biomarker(ABC):
    """One number of the vessel tree.

    `reference` is the key of the definition's source, None where it needs none; `valid` says under which conditions
    the number is given; `digits` are the decimals it is given with.
    """

    name: ClassVar[str]
    unit: ClassVar[str]
    definition: ClassVar[str]
    reference: ClassVar[str | None] = None
    valid: ClassVar[str]
    digits: ClassVar[int] = 4

    @abstractmethod
    def compute(self, tree: VesselTree) -> Value | str:
        """The number, or the reason why there is none."""

    def read(self, tree: VesselTree) -> Reading:
        """The measurement, measured or not assessed."""
        value = self.compute(tree)
        if isinstance(value, str):
            return Reading(self.not_assessed(value), Geometry())
        unit = self.unit if value.unit is None else value.unit
        number = round(value.number, self.digits) if self.digits else round(value.number)
        measured = Measurement(
            name=self.name, value=number, unit=unit, definition=self.definition, reference=self.reference
        )
        return Reading(measured, value.geometry)

    def not_assessed(self, reason: str) -> Measurement:
        """This measurement, not made."""
        return Measurement.not_assessed(self.name, reason, self.unit)
