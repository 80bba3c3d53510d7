"""Dark spots that a camera shows at the same place in photograph after photograph: whether one photograph shows them.

`spot_search` finds them.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .field_of_view import FieldOfView
from .frame import Frame

WORKING_DIAMETER = 640
"""Pixels across the field of view at which spots are looked for."""
_FINE, _COARSE, _SPREAD = 1.0, 8.0, 20.0
"""Sigmas, working pixels: of the smoothing, of the surroundings it is set against, of the window of the spread."""
_LIMIT = 3.0
_RIM = 10
"""Working pixels at the edge of the light that are not looked at: light falls off there in all photographs alike."""
_LIT = 12
"""Grey levels under which a pixel is not lit."""
STEPS = 40
"""Contrasts are kept as whole numbers of this fraction of a local standard deviation."""
SHOWN = 4.0
"""A photograph shows the spots that fit it this many standard deviations better than by chance."""
_MOVES = tuple(
    (round(radius * np.sin(turn)), round(radius * np.cos(turn)))
    for radius in (10, 18, 26)
    for turn in np.arange(12) * np.pi / 6
)
"""Rows and columns by which spots are moved to see how well they fit by chance."""


def whole_frame(field: FieldOfView, height: int, width: int) -> Frame:
    """The whole photograph, its field of view WORKING_DIAMETER across."""
    scale = field.diameter / WORKING_DIAMETER
    return frame_of_width(max(1, round(width / scale)), max(1, round(height / scale)), height, width)


def frame_of_width(columns: int, rows: int, height: int, width: int) -> Frame:
    """The whole photograph (height, width) in `columns` by `rows` working pixels."""
    return Frame(
        left=0,
        top=0,
        scale=width / columns,
        width=columns,
        height=rows,
        photograph_width=width,
        photograph_height=height,
    )


def contrast(pixels: NDArray[np.uint8], field: FieldOfView, frame: Frame) -> NDArray[np.float32]:
    """The green channel against its surroundings in local standard deviations, within +-3; 0 at the rim and outside the light.

    `pixels` RGB uint8 of the photograph; the result float32 (frame.height, frame.width).
    """
    small = frame.look(pixels)
    u, v = frame.from_photograph(field.x, field.y)
    ys, xs = np.ogrid[: frame.height, : frame.width]
    circle = np.hypot(xs + 0.5 - u, ys + 0.5 - v) <= field.diameter / 2 / frame.scale
    lit = ndimage.binary_fill_holes(circle & (small.max(axis=2) >= _LIT))
    weight = lit.astype(np.float32)
    green = small[..., 1].astype(np.float32) * weight
    fine, coarse = (_smooth(green, sigma) / np.maximum(_smooth(weight, sigma), 1e-3) for sigma in (_FINE, _COARSE))
    against = (fine - coarse) / np.maximum(coarse, 8.0) * weight
    spread = np.sqrt(_smooth(against * against, _SPREAD) / np.maximum(_smooth(weight, _SPREAD), 1e-3))
    values = np.clip(against / np.maximum(spread, 2e-3), -_LIMIT, _LIMIT)
    # The frame's own edge is no edge of the light.
    inner = ndimage.distance_transform_edt(np.pad(lit, _RIM, mode="edge"))[_RIM:-_RIM, _RIM:-_RIM] > _RIM
    return np.where(inner, values, 0).astype(np.float32)


def blotted(
    values: NDArray[np.float32], frame: Frame, places: Sequence[tuple[float, float]], radius: float
) -> NDArray[np.float32]:
    """A contrast with nothing within `radius` of `places` (photograph pixels): the disc and the fovea, dark in every eye."""
    ys, xs = np.ogrid[: frame.height, : frame.width]
    kept = np.ones(values.shape, dtype=bool)
    for place in places:
        u, v = frame.from_photograph(*place)
        kept &= np.hypot(xs + 0.5 - u, ys + 0.5 - v) > radius / frame.scale
    return np.where(kept, values, 0).astype(np.float32)


def shown(spots: NDArray[np.bool_], values: NDArray[np.float32] | NDArray[np.int8]) -> float:
    """How many standard deviations better than by chance (moved about) `spots` fit a photograph of this contrast."""
    if not spots.any():
        return 0.0
    weight, plane = spots.astype(np.float32), values.astype(np.float32)
    at = float((plane * weight).sum())
    moved = np.array([float((plane * np.roll(weight, move, (0, 1))).sum()) for move in _MOVES])
    return float((moved.mean() - at) / max(float(moved.std(ddof=1)), 1e-6))


def _smooth(plane: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), dtype=np.float32)
