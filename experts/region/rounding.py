"""Outlines that are nearly an ellipse, as discs' are, drawn towards it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...imaging import Frame
from .window import MAP, Prompt

MOST_SLANTED = 0.6
"""The slant of an ellipse at most: 0 has its axes along the box, 1 would be the box's diagonal."""
_FINER = 4
"""Points a pixel of the map, each way, by which an ellipse's edge is softened."""


@dataclass(frozen=True)
class Rounding:
    """A box's outline that agrees with an ellipse inscribed in the box to the IoU `agreement` is averaged with it, at `share`."""

    agreement: float
    share: float


NO_ROUNDING = Rounding(1.0, 0.0)
"""Leaves every outline as it is."""


def rounded(plane: NDArray[np.float32], frame: Frame, box: Prompt, how: Rounding) -> NDArray[np.float32]:
    """A box's map (MAP, MAP), drawn towards an ellipse that touches the box's four sides, where it is nearly that.

    Of those, which differ in their slant, it is the one whose slant is that of the map.
    """
    found = plane >= 0.5
    if not how.share or not found.any():
        return plane
    u, v = _places(frame, box, 1)
    ellipse = _covered(*_places(frame, box, _FINER), _slant(found, u, v))
    if _iou(found, ellipse >= 0.5) < how.agreement:
        return plane
    return np.asarray((1 - how.share) * plane + how.share * ellipse, dtype=np.float32)


def _places(frame: Frame, box: Prompt, finer: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the map's pixels, each `finer` ways, lie across (1, n) and down (n, 1) the box: -1 and 1 on its sides."""
    at = (np.arange(finer * MAP) + 0.5) / finer * frame.scale * frame.width / MAP
    x, y = box.centre
    u = (frame.left + at - x) / ((box.right - box.left) / 2)
    v = (frame.top + at - y) / ((box.bottom - box.top) / 2)
    return u[None, :], v[:, None]


def _slant(found: NDArray[np.bool_], u: NDArray[np.float64], v: NDArray[np.float64]) -> float:
    """The correlation of the places across and down of what was found: of the ellipse that `_covered` draws, its `slant`."""
    rows, columns = np.nonzero(found)
    across, down = u[0, columns] - u[0, columns].mean(), v[rows, 0] - v[rows, 0].mean()
    spread = float(np.sqrt((across**2).sum() * (down**2).sum()))
    return float(np.clip((across * down).sum() / spread, -MOST_SLANTED, MOST_SLANTED)) if spread else 0.0


def _covered(u: NDArray[np.float64], v: NDArray[np.float64], slant: float) -> NDArray[np.float32]:
    """How much of each pixel (MAP, MAP) the ellipse u^2 - 2 slant u v + v^2 <= 1 - slant^2 covers; it reaches to -1 and 1."""
    fine = u * u - 2 * slant * u * v + v * v <= 1 - slant * slant
    return np.asarray(fine.reshape(MAP, _FINER, MAP, _FINER).mean(axis=(1, 3), dtype=np.float32))


def _iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return int((one & other).sum()) / int((one | other).sum())
