"""The width of a vessel across its centreline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

REACH = 0.022
"""Widths are looked for this far to either side, as a fraction of the field of view's diameter: more than any vessel."""
_STEP = 0.5


def widths_along(
    path: NDArray[np.float64], probability: NDArray[np.float32], level: float, field_diameter: float
) -> NDArray[np.float64]:
    """Width (n,) of the vessel across each point of a smoothed path (n, 2) of (row, column), in pixels.

    From the centreline the map (h, w) is followed along the normal, both ways, to where it falls through `level`
    (between samples by linear interpolation). NaN where it does not, or where the centreline itself lies under it.
    """
    normal = normals(path)
    steps = np.arange(0, REACH * field_diameter + _STEP, _STEP)
    return _side(path, normal, probability, level, steps) + _side(path, -normal, probability, level, steps)


def normals(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vectors (n, 2) across a path (n, 2) of two points or more."""
    tangent = np.gradient(path, axis=0)
    tangent /= np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
    return np.column_stack([-tangent[:, 1], tangent[:, 0]])


def sections(path: NDArray[np.float64], widths: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Lines (2, 2) of the given widths (n,) across every eighth point of a path (n, 2); none where the width is NaN."""
    half = normals(path) * widths[:, None] / 2
    return [np.stack([path[i] - half[i], path[i] + half[i]]) for i in range(4, len(path), 8) if np.isfinite(widths[i])]


def _side(
    path: NDArray[np.float64],
    normal: NDArray[np.float64],
    probability: NDArray[np.float32],
    level: float,
    steps: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How far the vessel reaches from the path along the normal."""
    at = path[:, None] + steps[None, :, None] * normal[:, None]
    profile = ndimage.map_coordinates(probability, at.transpose(2, 0, 1), order=1, mode="constant")
    below = profile < level
    first = np.argmax(below, axis=1)
    found = below.any(axis=1) & (first > 0)
    rows = np.arange(len(path))
    high, low = profile[rows, first - 1], profile[rows, first]
    share = np.where(found, (high - level) / np.maximum(high - low, 1e-6), 0)
    return np.where(found, (first - 1 + share) * _STEP, np.nan)
