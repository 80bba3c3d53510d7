"""How much of the retina seen is vessel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DENSITY = "Vessel pixels inside the field of view, divided by all pixels inside the field of view."
AREA = "Vessel pixels inside the field of view, in pixels of the photograph."


def vessel_density(vessels: NDArray[np.bool_], field: NDArray[np.bool_]) -> float:
    """Fraction, 0 to 1, of `field` that `vessels` covers; both boolean (h, w). 0 for an empty field."""
    seen = int(field.sum())
    return 0.0 if seen == 0 else int((vessels & field).sum()) / seen


def vessel_area(vessels: NDArray[np.bool_], field: NDArray[np.bool_], scale: float) -> float:
    """Area of `vessels` inside `field` in photograph pixels; `scale` is photograph pixels per map pixel."""
    return int((vessels & field).sum()) * scale**2
