"""Fractal dimension of the vessel tree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FRACTAL = (
    "Box-counting dimension of the vessel centreline: the slope of log(occupied boxes) against log(1 / box side), "
    "sides 2, 4, 8, ... up to a quarter of the field of view's diameter."
)
REFERENCE = "liew2008_fractal"


def occupied(plane: NDArray[np.bool_], side: int) -> int:
    """Boxes of `side` pixels, laid from the plane's top left corner, that hold any true pixel of `plane` (h, w)."""
    height, width = plane.shape
    padded = np.pad(plane, ((0, -height % side), (0, -width % side)))
    boxes = padded.reshape(padded.shape[0] // side, side, padded.shape[1] // side, side)
    return int(boxes.any(axis=(1, 3)).sum())


def fractal_dimension(line: NDArray[np.bool_], largest: float) -> float | None:
    """Box-counting dimension, 0 to 2, of a centreline (h, w), boxes up to `largest` pixels.

    None where nothing is set or fewer than three box sides fit.
    """
    sides = [2**k for k in range(1, 16) if 2**k <= largest]
    if len(sides) < 3 or not line.any():
        return None
    counts = [occupied(line, side) for side in sides]
    slope = np.polyfit(np.log(1.0 / np.asarray(sides)), np.log(counts), 1)[0]
    return float(slope)
