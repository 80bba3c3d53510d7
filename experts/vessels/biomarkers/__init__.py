"""Numbers taken from the vessel tree: one file a biomarker."""

from .avr import AVR
from .base import Biomarker, Geometry, Reading, Value
from .branching import BranchingAngle, BranchingPoints
from .calibre import VesselCalibre, VesselCalibreDD
from .crae import CRAE
from .crve import CRVE
from .density import VesselArea, VesselDensity
from .fractal import FractalDimension
from .length import SkeletonLength, SkeletonLengthDD
from .tortuosity import CurvatureTortuosity, SquaredCurvatureTortuosity, Tortuosity

__all__ = [
    "AVR",
    "CRAE",
    "CRVE",
    "Biomarker",
    "BranchingAngle",
    "BranchingPoints",
    "CurvatureTortuosity",
    "FractalDimension",
    "Geometry",
    "Reading",
    "SkeletonLength",
    "SkeletonLengthDD",
    "SquaredCurvatureTortuosity",
    "Tortuosity",
    "Value",
    "VesselArea",
    "VesselCalibre",
    "VesselCalibreDD",
    "VesselDensity",
]
