"""From probability maps of disc and cup to their areas and heights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_FINER = 4
"""Maps are enlarged this many times before they are cut, so that heights are finer than a map pixel."""


@dataclass(frozen=True)
class Extent:
    """One region: area (square map pixels) and height (map pixels)."""

    area: float
    height: float


def body(plane: NDArray[np.float32], threshold: float) -> NDArray[np.bool_]:
    """The largest connected region of a map above a threshold, holes filled, on a grid `_FINER` times finer."""
    fine = ndimage.zoom(plane, _FINER, order=1, grid_mode=True, mode="nearest")
    labels, count = ndimage.label(fine >= threshold)
    if count == 0:
        return np.zeros(fine.shape, dtype=bool)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    filled: NDArray[np.bool_] = ndimage.binary_fill_holes(labels == int(sizes.argmax()))
    return filled


def extent(region: NDArray[np.bool_]) -> Extent | None:
    """Area and height of a region from `body`; None when it is empty."""
    rows = np.flatnonzero(region.any(axis=1))
    if rows.size == 0:
        return None
    return Extent(float(region.sum()) / _FINER**2, float(rows[-1] - rows[0] + 1) / _FINER)
