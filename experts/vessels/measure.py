"""Measurements of a vessel map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ...imaging import Frame
from ...records import Measurement
from . import biomarkers
from .biomarkers import area, fractal, skeleton, tortuosity

UNITS = {
    "vessel_density": "fraction",
    "vessel_area": "px",
    "skeleton_length": "px",
    "skeleton_length_dd": "DD",
    "fractal_dimension": "",
    "vessel_tortuosity": "ratio",
}
"""Every measurement the vessels expert makes and its unit (skeleton_length is in mm where the spacing is known)."""
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
    return [Measurement.not_assessed(name, reason, unit) for name, unit in UNITS.items()]


def measure(
    vessels: NDArray[np.bool_],
    field: NDArray[np.bool_],
    frame: Frame,
    *,
    field_diameter: float,
    disc_diameter: float | None = None,
    pixel_spacing_mm: tuple[float, float] | None = None,
) -> list[Measurement]:
    """Measure a vessel plane (h, w) inside `field` (h, w), both at working scale in `frame`.

    `field_diameter` is the field of view's in working pixels, `disc_diameter` the optic disc's in photograph
    pixels, `pixel_spacing_mm` the photograph's (row, column).
    """
    line = biomarkers.centreline(vessels & field)
    length = biomarkers.skeleton_length(line, (frame.scale, frame.scale))
    if pixel_spacing_mm is None:
        told, unit = length, "px"
    else:
        row, column = pixel_spacing_mm
        told, unit = biomarkers.skeleton_length(line, (frame.scale * row, frame.scale * column)), "mm"
    measured = [
        Measurement(
            name="vessel_density",
            value=round(biomarkers.vessel_density(vessels, field), 4),
            unit="fraction",
            definition=area.DENSITY,
        ),
        Measurement(
            name="vessel_area",
            value=round(biomarkers.vessel_area(vessels, field, frame.scale)),
            unit="px",
            definition=area.AREA,
        ),
        Measurement(name="skeleton_length", value=round(told, 1), unit=unit, definition=skeleton.LENGTH),
    ]
    if disc_diameter:
        measured.append(
            Measurement(
                name="skeleton_length_dd",
                value=round(length / disc_diameter, 2),
                unit="DD",
                definition=f"{skeleton.LENGTH} Divided by the diameter of the optic disc.",
            )
        )
    else:
        measured.append(
            Measurement.not_assessed("skeleton_length_dd", "the diameter of the optic disc is not known", "DD")
        )
    dimension = biomarkers.fractal_dimension(line, field_diameter / 4)
    if dimension is None:
        measured.append(Measurement.not_assessed("fractal_dimension", "too little of the vessels is visible"))
    else:
        measured.append(
            Measurement(
                name="fractal_dimension",
                value=round(dimension, 4),
                definition=fractal.FRACTAL,
                reference=fractal.REFERENCE,
            )
        )
    bend = biomarkers.mean_tortuosity(line, field_diameter)
    if bend is None:
        measured.append(
            Measurement.not_assessed("vessel_tortuosity", "no vessel segment is long enough to be measured", "ratio")
        )
    else:
        measured.append(
            Measurement(
                name="vessel_tortuosity",
                value=round(bend, 4),
                unit="ratio",
                definition=tortuosity.TORTUOSITY,
                reference=tortuosity.REFERENCE,
            )
        )
    return measured
