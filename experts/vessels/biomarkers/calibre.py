"""How wide the vessels are."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ..tree import VesselTree
from ..widths import sections
from .base import LEAST_GRID, LITTLE_GRID, NO_DISC, Biomarker, Geometry, Value

_DEFINITION = (
    "Mean width of the vessels over all points of the centreline: across it, between the two places where the "
    "probability map falls through the threshold for vessel."
)


def mean_width(tree: VesselTree) -> float | None:
    """In map pixels; None where no width can be told."""
    widths = np.concatenate([s.widths for s in tree.segments] or [np.empty(0)])
    return None if np.isnan(widths).all() else float(np.nanmean(widths))


def _across(tree: VesselTree) -> Geometry:
    return Geometry.of_pixels([line for s in tree.segments for line in sections(s.path, s.widths)])


class VesselCalibre(Biomarker):
    """Mean width of all vessels."""

    name: ClassVar[str] = "vessel_calibre"
    unit: ClassVar[str] = "px"
    definition: ClassVar[str] = _DEFINITION
    valid: ClassVar[str] = (
        f"With at least {LEAST_GRID:g} field diameters of centreline; in mm where the photograph's spacing is known and "
        "the same both ways."
    )

    def compute(self, tree: VesselTree) -> Value | str:
        """In pixels of the photograph, or in millimetres."""
        width = mean_width(tree)
        if width is None or tree.length < LEAST_GRID:
            return LITTLE_GRID
        spacing = tree.spacing
        return Value(
            width * tree.scale * (spacing or 1.0),
            _across(tree),
            unit="mm" if spacing else "px",
        )


class VesselCalibreDD(Biomarker):
    """Mean width of all vessels in disc diameters."""

    name: ClassVar[str] = "vessel_calibre_dd"
    unit: ClassVar[str] = "DD"
    definition: ClassVar[str] = f"{_DEFINITION} Divided by the diameter of the optic disc."
    valid: ClassVar[str] = f"With at least {LEAST_GRID:g} field diameters of centreline and a measured optic disc."
    digits: ClassVar[int] = 5

    def compute(self, tree: VesselTree) -> Value | str:
        """In disc diameters."""
        width = mean_width(tree)
        if width is None or tree.length < LEAST_GRID:
            return LITTLE_GRID
        if tree.disc is None:
            return NO_DISC
        return Value(width / tree.disc.diameter, _across(tree))
