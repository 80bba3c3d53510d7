"""How the landmark network sees a photograph: the field of view in a square, colours evened out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...imaging import Frame
from ...records import Photograph

DIAMETER = 256
"""Pixels across the field of view at which the network works."""
SPREAD = 2.5
"""Standard deviations of the lit pixels that are mapped to -1 and 1."""
_LIT = 12
"""A pixel whose brightest channel is below this (of 255) is surround."""


def frame_of(photograph: Photograph, diameter: int = DIAMETER) -> Frame:
    """The square frame around the field of view, `diameter` pixels a side."""
    return Frame.around(photograph.field_of_view, (photograph.height, photograph.width), diameter, square=True)


def even_out(pixels: NDArray[np.uint8] | NDArray[np.float32], spread: float = SPREAD) -> NDArray[np.float32]:
    """RGB (h, w, 3), 0 to 255, as float32 (3, h, w) in -1..1: mean and spread of the lit pixels taken out per channel.

    What lies more than `spread` standard deviations from the mean is cut to -1 or 1.
    """
    values = pixels.astype(np.float32)
    lit = values.max(axis=2) >= _LIT
    chosen = values[lit] if int(lit.sum()) > 0.02 * lit.size else values.reshape(-1, 3)
    mean, deviation = chosen.mean(axis=0), np.maximum(chosen.std(axis=0), 4.0)
    scaled = np.clip((values - mean) / (spread * deviation), -1.0, 1.0)
    scaled[~lit] = -1.0
    return np.ascontiguousarray(scaled.transpose(2, 0, 1), dtype=np.float32)
