"""All biomarkers of a vessel tree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ...records import Measurement
from . import biomarkers
from .biomarkers import Biomarker, Reading
from .tree import VesselTree

BIOMARKERS: tuple[Biomarker, ...] = (
    biomarkers.VesselDensity(),
    biomarkers.VesselArea(),
    biomarkers.SkeletonLength(),
    biomarkers.SkeletonLengthDD(),
    biomarkers.VesselCalibre(),
    biomarkers.VesselCalibreDD(),
    biomarkers.CRAE(),
    biomarkers.CRVE(),
    biomarkers.AVR(),
    biomarkers.Tortuosity(),
    biomarkers.CurvatureTortuosity(),
    biomarkers.SquaredCurvatureTortuosity(),
    biomarkers.FractalDimension(),
    biomarkers.BranchingPoints(),
    biomarkers.BranchingAngle(),
)
"""Every measurement the vessels expert makes, in this order."""
SPECK = 9e-5
"""Connected groups smaller than this fraction of the squared diameter of the field of view are not taken for vessels."""


def without_specks(vessels: NDArray[np.bool_], diameter: float) -> NDArray[np.bool_]:
    """The plane (h, w) without its 8-connected groups smaller than SPECK; `diameter` of the field of view in its pixels."""
    labelled, _count = ndimage.label(vessels, structure=np.ones((3, 3), dtype=bool))
    sizes = np.bincount(labelled.ravel())
    sizes[0] = 0
    kept: NDArray[np.bool_] = (sizes >= SPECK * diameter**2)[labelled]
    return kept


def none_assessed(reason: str) -> list[Measurement]:
    """All measurements, not assessed."""
    return [biomarker.not_assessed(reason) for biomarker in BIOMARKERS]


def measure(tree: VesselTree) -> list[Reading]:
    """Read every biomarker of a tree."""
    return [biomarker.read(tree) for biomarker in BIOMARKERS]
