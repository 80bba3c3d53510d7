"""Fractal dimension of the vessel tree."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..tree import VesselTree
from .base import LEAST_GRID, LITTLE_GRID, Biomarker, Geometry, Value

SIDES = tuple(2.0**-halvings for halvings in range(2, 8))
"""Sides of the boxes as shares of the field of view's diameter: the same boxes of retina at every working scale."""
_LEAST_SIDE = 4.0
"""Boxes of fewer pixels than this would count pixels rather than vessels."""
_GRIDS = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))
"""Where the grids of boxes begin, as shares of a side (row, column); their counts are averaged."""


def occupied(line: NDArray[np.bool_], side: float) -> float:
    """Boxes of `side` pixels that hold any true pixel of `line` (h, w): the mean over four grids half a box apart."""
    places = np.argwhere(line) + 0.5
    counts = [len(np.unique(np.floor(places / side + shift).astype(int), axis=0)) for shift in np.asarray(_GRIDS)]
    return float(np.mean(counts))


def box_dimension(line: NDArray[np.bool_], diameter: float) -> float | None:
    """Box-counting dimension, 0 to 2, of a plane (h, w) on a field of view `diameter` pixels wide.

    None where nothing is set or fewer than three box sides are large enough.
    """
    sides = [share * diameter for share in SIDES if share * diameter >= _LEAST_SIDE]
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
        "Box-counting dimension of the vessel centreline: the slope of log(occupied boxes, the mean over four grids) against "
        "log(1 / box side), sides a 4th, 8th, ... 128th of the field of view's diameter."
    )
    reference: ClassVar[str | None] = "liew2008_fractal"
    valid: ClassVar[str] = f"With at least {LEAST_GRID:g} field diameters of centreline."

    def compute(self, tree: VesselTree) -> Value | str:
        """Between 0 and 2."""
        dimension = box_dimension(tree.line, tree.field_diameter)
        if dimension is None or tree.length < LEAST_GRID:
            return LITTLE_GRID
        return Value(dimension, Geometry.of_pixels(tree.paths))
