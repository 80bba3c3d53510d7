"""Tortuosity of the vessels, by three definitions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar

import numpy as np

from ..paths import arc_length, curvature
from ..tree import Segment, VesselTree
from .base import LEAST_GRID, LITTLE_GRID, NO_DISC, Biomarker, Curve, Geometry, Value

SHORTEST = 0.05
"""Shortest chord of a segment, as a fraction of the field of view's diameter: very short segments inflate the ratio."""
_VALID = (
    f"With at least {LEAST_GRID:g} field diameters of centreline and a segment whose chord is at least a twentieth of "
    "the field's diameter"
)
_MEAN = (
    "Averaged over the segments between branchings and ends, weighted by their arc length; segments whose chord is "
    "under a twentieth of the field of view's diameter are left out."
)


def long_segments(tree: VesselTree) -> list[Segment]:
    """Segments whose chord is long enough."""
    return [s for s in tree.segments if math.dist(s.path[0], s.path[-1]) >= SHORTEST * tree.field_diameter]


def arc_over_chord(path: Curve) -> float:
    """Arc length over chord length of a path (n, 2); 1 is straight."""
    return arc_length(path) / math.dist(path[0], path[-1])


def total_curvature(path: Curve) -> float:
    """Integral of the curvature's size along a smoothed path (n, 2), in radians."""
    bend, length = curvature(path)
    return float((bend * length).sum())


def squared_curvature(path: Curve) -> float:
    """Integral of the squared curvature along a smoothed path (n, 2), in square radians per unit of length."""
    bend, length = curvature(path)
    return float((bend**2 * length).sum())


class Tortuosity(Biomarker):
    """Arc over chord."""

    name: ClassVar[str] = "vessel_tortuosity"
    unit: ClassVar[str] = "ratio"
    definition: ClassVar[str] = f"Arc length over chord length of the centreline; 1 is straight. {_MEAN}"
    reference: ClassVar[str | None] = "hart1999"
    valid: ClassVar[str] = f"{_VALID}."

    def compute(self, tree: VesselTree) -> Value | str:
        """1 or more."""
        found = long_segments(tree)
        if not found or tree.length < LEAST_GRID:
            return LITTLE_GRID
        mean = np.average([arc_over_chord(s.path) for s in found], weights=[s.arc for s in found])
        return Value(float(mean), Geometry.of_pixels([s.path for s in found]))


class CurvatureTortuosity(Biomarker):
    """Total curvature over arc length."""

    name: ClassVar[str] = "curvature_tortuosity"
    unit: ClassVar[str] = "rad/DD"
    definition: ClassVar[str] = (
        "Curvature without its sign, integrated along the smoothed centreline and divided by the arc length, in "
        f"radians per disc diameter; 0 is straight. {_MEAN}"
    )
    reference: ClassVar[str | None] = "hart1999"
    valid: ClassVar[str] = f"{_VALID}, and a measured optic disc."

    def compute(self, tree: VesselTree) -> Value | str:
        """Radians per disc diameter."""
        return _per_length(tree, total_curvature, 1)


class SquaredCurvatureTortuosity(Biomarker):
    """Total squared curvature over arc length."""

    name: ClassVar[str] = "squared_curvature_tortuosity"
    unit: ClassVar[str] = "rad2/DD2"
    definition: ClassVar[str] = (
        "Squared curvature, integrated along the smoothed centreline and divided by the arc length, in square radians "
        f"per squared disc diameter; 0 is straight, and sharp bends count most. {_MEAN}"
    )
    reference: ClassVar[str | None] = "hart1999"
    valid: ClassVar[str] = f"{_VALID}, and a measured optic disc."

    def compute(self, tree: VesselTree) -> Value | str:
        """Square radians per squared disc diameter."""
        return _per_length(tree, squared_curvature, 2)


def _per_length(tree: VesselTree, measure: Callable[[Curve], float], power: int) -> Value | str:
    """A curvature of all long segments over their arc length, per disc diameter to that power."""
    found = long_segments(tree)
    if not found or tree.length < LEAST_GRID:
        return LITTLE_GRID
    if tree.disc is None:
        return NO_DISC
    paths = [s.path for s in found]
    mean = sum(map(measure, paths)) / sum(map(arc_length, paths))
    return Value(mean * tree.disc.diameter**power, Geometry.of_pixels(paths))
