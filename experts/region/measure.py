"""What is measured of an outlined region."""

from __future__ import annotations

from ...records import Measurement
from ..lesions.anatomy import NO_DIAMETER, Anatomy
from .shape import Shape, longest_diameter

NO_SPACING = "the file says no pixel spacing"
NO_PLACE = "the fovea or the disc's diameter is not known"


def measurements(shape: Shape, anatomy: Anatomy, spacing_mm: tuple[float, float] | None) -> list[Measurement]:
    """Area, longest diameter and distance from the fovea in px, in disc diameters, and in mm where the file has a spacing.

    `spacing_mm` is (row, column).
    """
    area, longest = float(shape.area), longest_diameter(shape.mask)
    x, y = shape.centre
    made = [
        Measurement(
            name="region_area", value=area, unit="px", definition="square photograph pixels inside the outline"
        ),
        Measurement(
            name="region_longest_diameter",
            value=round(longest, 1),
            unit="px",
            definition="between the two points of the outline that lie farthest apart (Feret)",
        ),
    ]
    diameter = anatomy.disc_diameter
    if diameter:
        made += [
            Measurement(name="region_area_dd", value=round(area / diameter**2, 4), unit="DD2"),
            Measurement(name="region_longest_diameter_dd", value=round(longest / diameter, 3), unit="DD"),
        ]
    else:
        made += [
            Measurement.not_assessed("region_area_dd", NO_DIAMETER, "DD2"),
            Measurement.not_assessed("region_longest_diameter_dd", NO_DIAMETER, "DD"),
        ]
    if spacing_mm is not None:
        stretched = longest_diameter(shape.mask, spacing_mm)
        made += [
            Measurement(name="region_area_mm", value=round(area * spacing_mm[0] * spacing_mm[1], 4), unit="mm2"),
            Measurement(name="region_longest_diameter_mm", value=round(stretched, 3), unit="mm"),
        ]
    else:
        made += [
            Measurement.not_assessed("region_area_mm", NO_SPACING, "mm2"),
            Measurement.not_assessed("region_longest_diameter_mm", NO_SPACING, "mm"),
        ]
    distance = anatomy.fovea_distance(x, y)
    if distance is None:
        made.append(Measurement.not_assessed("region_fovea_distance", NO_PLACE, "DD"))
    else:
        definition = "from the fovea's centre to the outline's centre of mass"
        made.append(
            Measurement(name="region_fovea_distance", value=round(distance, 3), unit="DD", definition=definition)
        )
    return made
