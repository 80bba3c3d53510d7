"""How noisy a photograph is, told from its finest structure."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE = 1024
"""Pixels of a side of the middle part that is looked at."""
_FINEST = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
"""The difference of two Laplacians: it leaves nothing of what is even, sloped or curved, and 6 times the noise."""
_TO_DEVIATION = 0.6745
"""The median of the sizes of normal noise, in standard deviations."""


def noise_level(pixels: NDArray[np.uint8]) -> float:
    """Standard deviation of the noise of RGB uint8 (height, width, 3), in grey levels of its green channel.

    From the median, so that vessels and lesions hardly count. Noise that a camera or an encoder has smoothed is not seen.
    """
    height, width = pixels.shape[:2]
    top, left = max(0, (height - _SIDE) // 2), max(0, (width - _SIDE) // 2)
    middle = pixels[top : top + min(_SIDE, height), left : left + min(_SIDE, width), 1].astype(np.float32)
    finest = cv2.filter2D(middle, -1, _FINEST)[1:-1, 1:-1]
    return float(np.median(np.abs(finest))) / _TO_DEVIATION / 6
