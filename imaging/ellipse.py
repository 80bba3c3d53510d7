"""Whether a field of view is an ellipse: the picture was squeezed or stretched after it was taken."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST_RIM = 0.4
"""Share of a circle's outline that has to be seen."""
_CLOSER, _CLOSE = 0.5, 0.004
"""An ellipse is told from a circle where it lies this much closer to the rim, and this close, in field widths. Of 703 photographs of
IDRiD, DRIVE, HRF, Drishti-GS and UNAM one has such an ellipse that is 4 % off a circle."""
_REFITS = 3


Ellipse = tuple[float, float, float, float]
"""Centre x, y, width and height of an upright ellipse, in pixels."""


def fitted_ellipse(
    xs: NDArray[np.floating[Any]], ys: NDArray[np.floating[Any]], circle: tuple[float, float, float]
) -> Ellipse | None:
    """The upright ellipse through a rim, where it is one and no circle.

    `xs`, `ys`: places on the rim (n,), its straight parts left out; `circle`: centre x, y and diameter of what was fitted to them.
    """
    cx, cy, diameter = circle
    if xs.size < _LEAST_RIM * np.pi * diameter:
        return None
    radius = diameter / 2
    x, y = (xs - cx) / radius, (ys - cy) / radius
    keep, off = np.ones(xs.size, dtype=bool), np.abs(np.hypot(x, y) - 1)
    round_off = _spread(off)
    x0 = y0 = 0.0
    wide = tall = 1.0
    for _ in range(_REFITS):
        terms = np.column_stack([x**2, y**2, x, y])
        (a, b, c, d), *_rest = np.linalg.lstsq(terms[keep], np.ones(int(keep.sum())), rcond=None)
        if a <= 0 or b <= 0:
            return None
        x0, y0 = float(-c / (2 * a)), float(-d / (2 * b))
        size = 1 + a * x0**2 + b * y0**2
        wide, tall = float(np.sqrt(size / a)), float(np.sqrt(size / b))
        off = np.abs(np.hypot((x - x0) / wide, (y - y0) / tall) - 1) * min(wide, tall)
        keep = off <= np.quantile(off, 0.8)
    if _spread(off) > min(_CLOSER * round_off, 2 * _CLOSE):
        return None
    return cx + x0 * radius, cy + y0 * radius, wide * diameter, tall * diameter


def _spread(off: NDArray[np.floating[Any]]) -> float:
    """Root mean square of the nearest four fifths of distances, in radii."""
    nearest = np.sort(off)[: int(0.8 * off.size)]
    return float(np.sqrt(np.mean(nearest**2)))
