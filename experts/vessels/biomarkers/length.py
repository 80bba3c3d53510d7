"""How long the vessels are."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..tree import VesselTree
from .base import NO_DISC, Biomarker, Geometry, Value

_DEFINITION = (
    "Length of the one-pixel centreline of the vessels inside the field of view: the sum of the steps between "
    "neighbouring centreline pixels, a diagonal step counting only where no corner pixel joins the two. By its direction a "
    "straight vessel comes out 0 to 8 % too long."
)


def line_length(line: NDArray[np.bool_], spacing: tuple[float, float] = (1.0, 1.0)) -> float:
    """Length of a centreline (h, w); `spacing` is the (row, column) distance of pixel centres, in the unit wanted."""
    row, column = spacing
    down, across = line[:-1] & line[1:], line[:, :-1] & line[:, 1:]
    # A diagonal pair joined over a corner is already counted by its two straight steps.
    falling = line[:-1, :-1] & line[1:, 1:] & ~line[:-1, 1:] & ~line[1:, :-1]
    rising = line[:-1, 1:] & line[1:, :-1] & ~line[:-1, :-1] & ~line[1:, 1:]
    diagonal = int(falling.sum()) + int(rising.sum())
    return int(down.sum()) * row + int(across.sum()) * column + diagonal * math.hypot(row, column)


class SkeletonLength(Biomarker):
    """Length of the centreline."""

    name: ClassVar[str] = "skeleton_length"
    unit: ClassVar[str] = "px"
    definition: ClassVar[str] = _DEFINITION
    valid: ClassVar[str] = "Always, where vessels are seen at all; in mm where the photograph's spacing is known."
    digits: ClassVar[int] = 1

    def compute(self, tree: VesselTree) -> Value | str:
        """In pixels of the photograph, or in millimetres."""
        row, column = tree.pixel_spacing_mm or (1.0, 1.0)
        length = line_length(tree.line, (tree.scale * row, tree.scale * column))
        return Value(length, Geometry.of_pixels(tree.paths), unit="mm" if tree.pixel_spacing_mm else "px")


class SkeletonLengthDD(Biomarker):
    """Length of the centreline in disc diameters."""

    name: ClassVar[str] = "skeleton_length_dd"
    unit: ClassVar[str] = "DD"
    definition: ClassVar[str] = f"{_DEFINITION} Divided by the diameter of the optic disc."
    valid: ClassVar[str] = "With a measured optic disc."
    digits: ClassVar[int] = 2

    def compute(self, tree: VesselTree) -> Value | str:
        """In disc diameters."""
        if tree.disc is None:
            return NO_DISC
        return Value(line_length(tree.line) / tree.disc.diameter, Geometry.of_pixels(tree.paths))
