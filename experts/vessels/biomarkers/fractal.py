"""Fractal dimension of the vessel tree."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..tree import VesselTree
from .base import LEAST_GRID, LITTLE_GRID, Biomarker, Geometry, Value

_LARGEST = 0.25
"""Largest box, as a fraction of the field of view's diameter."""


def occupied(plane: NDArray[np.bool_], side: int) -> int:
    """Boxes of `side` pixels, laid from the plane's top left corner, that hold any true pixel of `plane` (h, w)."""
    height, width = plane.shape
    padded = np.pad(plane, ((0, -height % side), (0, -width % side)))
    boxes = padded.reshape(padded.shape[0] // side, side, padded.shape[1] // side, side)
    return int(boxes.any(axis=(1, 3)).sum())


def box_dimension(line: NDArray[np.bool_], largest: float) -> float | None:
    """Box-counting dimension, 0 to 2, of a plane (h, w), boxes up to `largest` pixels.

    None where nothing is set or fewer than three box sides fit.
    """
    sides = [2**k for k in range(1, 16) if 2**k <= largest]
    if len(sides) < 3 or not line.any():
        return None
    counts = [occupied(line, side) for side in sides]
    slope = np.polyfit(np.log(1.0 / np.asarray(sides)), np.log(counts), 1)[0]
    return float(slope)


class FractalDimension(Biomarker):
    """Box-counting dimension of the centreline."""

    name: ClassVar[str] = "fractal_dimension"
    unit: ClassVar[str] = ""
    definition: ClassVar[str] = (
        "Box-counting dimension of the vessel centreline: the slope of log(occupied boxes) against log(1 / box side), "
        "sides 2, 4, 8, ... up to a quarter of the field of view's diameter."
    )
    reference: ClassVar[str | None] = "liew2008_fractal"
    valid: ClassVar[str] = f"With at least {LEAST_GRID:g} field diameters of centreline."

    def compute(self, tree: VesselTree) -> Value | str:
        """Between 0 and 2."""
        dimension = box_dimension(tree.line, _LARGEST * tree.field_diameter)
        if dimension is None or tree.length < LEAST_GRID:
            return LITTLE_GRID
        return Value(dimension, Geometry.of_pixels(tree.paths))
