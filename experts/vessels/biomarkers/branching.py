"""Where and at which angle the vessels branch."""

from __future__ import annotations

import itertools
from typing import ClassVar

import numpy as np

from ..tree import Junction, VesselTree
from .base import LEAST_GRID, LITTLE_GRID, Biomarker, Curve, Geometry, Value

ARM = 0.02
"""The direction of a branch is taken over this length of it, as a fraction of the field of view's diameter."""
LEAST_BRANCHINGS = 5
_ARMS = 3
"""Segments that meet in a branching; where four or more meet, vessels cross."""


def branchings(tree: VesselTree) -> list[Junction]:
    """Junctions of three segments."""
    return [junction for junction in tree.junctions if len(junction.arms) == _ARMS]


def arms_of(tree: VesselTree, junction: Junction) -> list[Curve] | None:
    """The first stretch of each segment from the junction outwards; None where one is too short to have a direction."""
    reach = round(ARM * tree.field_diameter)
    arms = []
    for number, begins in junction.arms:
        path = tree.segments[number].path
        if len(path) < reach:
            return None
        arms.append(path[:reach] if begins else path[: -reach - 1 : -1])
    return arms


def branching_angle(arms: list[Curve]) -> float:
    """The smallest angle, in degrees, between two of the arms (n, 2), which start at the junction."""
    ways = [(arm[-1] - arm[0]) / np.hypot(*(arm[-1] - arm[0])) for arm in arms]
    return float(min(np.degrees(np.arccos(np.clip(a @ b, -1, 1))) for a, b in itertools.combinations(ways, 2)))


class BranchingPoints(Biomarker):
    """Number of branchings."""

    name: ClassVar[str] = "branching_points"
    unit: ClassVar[str] = "count"
    definition: ClassVar[str] = (
        "Places where three vessel segments meet. Where four or more meet, vessels cross, which is not counted; short "
        "corners of the centreline are no segments."
    )
    reference: ClassVar[str | None] = "fhima2023_pvbm"
    valid: ClassVar[str] = f"With at least {LEAST_GRID:g} field diameters of centreline."
    digits: ClassVar[int] = 0

    def compute(self, tree: VesselTree) -> Value | str:
        """0 or more."""
        if tree.length < LEAST_GRID:
            return LITTLE_GRID
        found = branchings(tree)
        return Value(len(found), Geometry.of_pixels(points=[(j.row, j.column) for j in found]))


class BranchingAngle(Biomarker):
    """Mean angle between the branches."""

    name: ClassVar[str] = "branching_angle"
    unit: ClassVar[str] = "degrees"
    definition: ClassVar[str] = (
        "The smallest of the three angles between the segments that meet in a branching, each segment's direction taken "
        "over its first fiftieth of the field of view's diameter; the mean over all branchings."
    )
    reference: ClassVar[str | None] = "fhima2023_pvbm"
    valid: ClassVar[str] = (
        f"With at least {LEAST_GRID:g} field diameters of centreline and {LEAST_BRANCHINGS} branchings whose three "
        "segments are long enough to have a direction."
    )
    digits: ClassVar[int] = 1

    def compute(self, tree: VesselTree) -> Value | str:
        """Between 0 and 120 degrees."""
        if tree.length < LEAST_GRID:
            return LITTLE_GRID
        measured = [arms for junction in branchings(tree) if (arms := arms_of(tree, junction)) is not None]
        if len(measured) < LEAST_BRANCHINGS:
            return f"fewer than {LEAST_BRANCHINGS} branchings are seen well enough"
        angle = float(np.mean([branching_angle(arms) for arms in measured]))
        return Value(angle, Geometry.of_pixels([arm for arms in measured for arm in arms]))
