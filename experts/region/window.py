"""The crop that a prompt sets: where it lies, how large it is, its colours, and the prompt drawn into it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...imaging import Frame

SIDE = 128
"""Crop pixels a side."""
MAP = SIDE // 2
"""Mask pixels a side."""
PLANE = SIDE // 4
"""Pixels a side of a drawn prompt."""
FILL = 0.6
"""Share of the crop's side that a box's longer side takes."""
SMALLEST = 0.015
"""Least side of a crop, as a share of the field of view's diameter."""
CLICK_SIDES = (0.025, 0.065, 0.17, 0.42)
"""Sides of the crops around a click, as shares of the field of view's diameter."""
_SPREAD, _LEAST_DEVIATION = 2.5, 5.0
_EVEN = 1.0
"""Grey levels of standard deviation under which a crop shows nothing. The least of 10,645 true boxes of IDRiD's training
photographs is 1.5."""
_DARK = 10
"""A pixel whose brightest channel is below this (of 255) lies outside the picture."""
_CLICK_RADIUS = 1.0
"""Drawn pixels of a click's standard deviation."""


@dataclass(frozen=True)
class Prompt:
    """A box (left, top, right, bottom) or a click (x, y, x, y), in photograph pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def is_box(self) -> bool:
        """Whether it has an extent."""
        return self.right > self.left and self.bottom > self.top

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def crop_side(prompt: Prompt, diameter: float, fill: float = FILL) -> float:
    """Side of a box's crop in photograph pixels; `diameter` is the field of view's."""
    longer = max(prompt.right - prompt.left, prompt.bottom - prompt.top)
    return max(longer / fill, SMALLEST * diameter, 8.0)


def frame_at(size: tuple[int, int], x: float, y: float, side: float, *, shrink: int = 1) -> Frame:
    """The square frame centred on (x, y), `side` photograph pixels wide; `size` is the photograph's (height, width)."""
    return Frame(
        left=x - side / 2,
        top=y - side / 2,
        scale=side / SIDE * shrink,
        width=SIDE // shrink,
        height=SIDE // shrink,
        photograph_width=size[1],
        photograph_height=size[0],
    )


def look(pixels: NDArray[np.uint8], frame: Frame) -> NDArray[np.uint8]:
    """`frame.look(pixels)`, converting only the part that is seen."""
    height, width = pixels.shape[:2]
    reach = 4 + 2 * frame.scale
    x0, y0 = max(0, int(frame.left - reach)), max(0, int(frame.top - reach))
    x1 = min(width, int(frame.left + frame.width * frame.scale + reach) + 1)
    y1 = min(height, int(frame.top + frame.height * frame.scale + reach) + 1)
    if x1 - x0 < 1 or y1 - y0 < 1:
        return np.zeros((frame.height, frame.width, *pixels.shape[2:]), dtype=np.uint8)
    moved = frame.model_copy(
        update={
            "left": frame.left - x0,
            "top": frame.top - y0,
            "photograph_width": x1 - x0,
            "photograph_height": y1 - y0,
        }
    )
    return moved.look(np.ascontiguousarray(pixels[y0:y1, x0:x1]))


def even_out(crop: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    """RGB (h, w, 3), 0 to 255, as float32 (3, h, w): each channel's mean and their common spread in this crop taken out.

    About -1 to 1, cut at -2 and 2; what lies outside the picture is -1.
    """
    values = crop.astype(np.float32)
    chosen = _lit(values)
    scaled = np.clip((values - chosen.mean(axis=0)) / (_SPREAD * max(_deviation(chosen), _LEAST_DEVIATION)), -2.0, 2.0)
    scaled[values.max(axis=2) < _DARK] = -1.0
    return np.ascontiguousarray(scaled.transpose(2, 0, 1), dtype=np.float32)


def is_even(pixels: NDArray[np.uint8], prompt: Prompt, diameter: float) -> bool:
    """Whether all around a prompt the photograph (height, width, 3) is of one tone, so that there is nothing to outline."""
    side = crop_side(prompt, diameter) if prompt.is_box else CLICK_SIDES[-1] * diameter
    crop = look(pixels, frame_at(pixels.shape[:2], *prompt.centre, side))
    return _deviation(_lit(crop.astype(np.float32))) < _EVEN


def _lit(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The colours (n, 3) of a crop (h, w, 3) inside the picture; all of them where next to none is."""
    lit = values.max(axis=2) >= _DARK
    return values[lit] if int(lit.sum()) > 0.02 * lit.size else values.reshape(-1, 3)


def _deviation(colours: NDArray[np.float32]) -> float:
    """Their standard deviation over the channels, in grey levels."""
    return float(np.sqrt(colours.var(axis=0).mean()))


def prompt_corners(prompt: Prompt, frame: Frame) -> NDArray[np.float32]:
    """Corners (2, 2) of a box, or a click twice, in crop pixels (x, y), as segment-anything counts them."""
    a = frame.from_photograph(prompt.left, prompt.top)
    b = frame.from_photograph(prompt.right, prompt.bottom)
    return np.asarray([a, b], dtype=np.float32) - np.float32(0.5)


def prompt_plane(prompt: Prompt, frame: Frame) -> NDArray[np.float32]:
    """The prompt drawn in a quarter of the crop's pixels (1, PLANE, PLANE): a box's covered fraction from -1 to 1, or a click's soft dot."""
    shrink = SIDE / PLANE
    left, top = (v / shrink for v in frame.from_photograph(prompt.left, prompt.top))
    right, bottom = (v / shrink for v in frame.from_photograph(prompt.right, prompt.bottom))
    grid = np.arange(PLANE, dtype=np.float32)
    if prompt.is_box:
        across = np.clip(np.minimum(grid + 1, right) - np.maximum(grid, left), 0, 1)
        down = np.clip(np.minimum(grid + 1, bottom) - np.maximum(grid, top), 0, 1)
        return (2 * down[:, None] * across[None, :] - 1)[None].astype(np.float32)
    dx, dy = grid + 0.5 - left, grid + 0.5 - top
    dot = np.exp(-(dx[None, :] ** 2 + dy[:, None] ** 2) / (2 * _CLICK_RADIUS**2))
    return (2 * dot - 1)[None].astype(np.float32)
