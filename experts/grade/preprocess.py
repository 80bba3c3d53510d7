"""What the grader sees: the field of view's square, its illumination flattened and its contrast brought to one level.

A camera's colour cast, vignetting and haze are slow changes of brightness; lesions and vessels are fast ones. Only the
fast ones are kept, so photographs of different cameras look alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from ...imaging import Frame
from ...records import Photograph

SMALLEST_FIELD = 150
"""Fields of view narrower than this many pixels are not graded: a microaneurysm is far smaller than a pixel there."""
SIGMA = 1 / 28
"""Width of the local mean, as a fraction of the field of view's diameter (about one and a half vessel widths of a disc's rim)."""
CONTRAST = 22.0
"""Standard deviation, in grey levels, to which the green channel's local contrast is brought."""
MAX_GAIN = 6.0
"""Contrast is raised at most this many times, so that the noise of an empty photograph is not drawn as structure."""
MARGIN = 0.03
"""Rim of the field of view left out, as a fraction of its radius: the edge is not retina."""
_STEP = 4
_LIT = 8


def square(photograph: Photograph, diameter: int) -> tuple[NDArray[np.uint8], Frame]:
    """The photograph's field of view as RGB uint8 (diameter, diameter, 3), and its frame."""
    size = (photograph.height, photograph.width)
    frame = Frame.around(photograph.field_of_view, size, diameter, square=True)
    return frame.look(photograph.pixels), frame


def lit_disc(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Boolean (side, side): the inscribed circle less its rim, where the square shows photograph and not surround."""
    side = pixels.shape[0]
    ys, xs = np.ogrid[:side, :side]
    centre = (side - 1) / 2
    disc = (xs - centre) ** 2 + (ys - centre) ** 2 <= (side / 2 * (1 - MARGIN)) ** 2
    bright = ndimage.uniform_filter(pixels.max(axis=2), 5) > _LIT
    lit: NDArray[np.bool_] = disc & ndimage.binary_erosion(bright, iterations=3, border_value=0)
    return lit if lit.sum() > 0.05 * side * side else disc


def flatten(pixels: NDArray[np.uint8], sigma: float = SIGMA) -> NDArray[np.uint8]:
    """Local contrast of an RGB square, uint8 (side, side, 3), mid-grey 128 outside the field of view."""
    side = pixels.shape[0]
    mask = lit_disc(pixels)
    weight = mask.astype(np.float32)
    values = pixels.astype(np.float32)
    small_side = (max(1, side // _STEP), max(1, side // _STEP))
    planes = [_shrink(values[:, :, c] * weight, small_side) for c in range(3)] + [_shrink(weight, small_side)]
    blurred = [ndimage.gaussian_filter(p, sigma * side / _STEP, mode="nearest") for p in planes]
    share = np.maximum(blurred[3], 1e-3)
    local_mean = np.stack([_grow(b / share, side) for b in blurred[:3]], axis=2)
    detail = (values - local_mean) * weight[:, :, None]
    spread = float(np.sqrt((detail[:, :, 1] ** 2).sum() / max(1.0, float(weight.sum()))))
    gain = min(MAX_GAIN, CONTRAST / max(spread, 1e-3))
    return np.clip(np.rint(128.0 + gain * detail), 0, 255).astype(np.uint8)


def _shrink(plane: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    return np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BOX))


def _grow(plane: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    return np.asarray(Image.fromarray(plane).resize((side, side), Image.Resampling.BILINEAR))
