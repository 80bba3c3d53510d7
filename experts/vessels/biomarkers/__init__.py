"""Numbers taken from a vessel map: one file a biomarker."""

from .area import vessel_area, vessel_density
from .fractal import fractal_dimension
from .skeleton import centreline, skeleton_length
from .tortuosity import mean_tortuosity

__all__ = ["centreline", "fractal_dimension", "mean_tortuosity", "skeleton_length", "vessel_area", "vessel_density"]
