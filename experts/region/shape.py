"""An outlined shape and what is measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, distance

from .window import Prompt


@dataclass(frozen=True)
class Shape:
    """A mask whose corner is (`left`, `top`) in the picture's pixels, and the outliner's own estimate of its IoU."""

    left: int
    top: int
    mask: NDArray[np.bool_]
    score: float

    @property
    def area(self) -> int:
        """Pixels."""
        return int(self.mask.sum())

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom (exclusive); empty at the corner when the mask is."""
        rows, columns = np.flatnonzero(self.mask.any(axis=1)), np.flatnonzero(self.mask.any(axis=0))
        if rows.size == 0:
            return self.left, self.top, self.left, self.top
        return (
            self.left + int(columns[0]),
            self.top + int(rows[0]),
            self.left + int(columns[-1]) + 1,
            self.top + int(rows[-1]) + 1,
        )

    @property
    def centre(self) -> tuple[float, float]:
        """Centre of mass (x, y); the mask is not empty."""
        ys, xs = np.nonzero(self.mask)
        return self.left + float(xs.mean()) + 0.5, self.top + float(ys.mean()) + 0.5

    def within(self, left: int, top: int, right: int, bottom: int) -> Shape:
        """The part inside a window, as a mask of exactly that window."""
        out = np.zeros((max(0, bottom - top), max(0, right - left)), dtype=bool)
        height, width = self.mask.shape
        y0, y1 = max(top, self.top), min(bottom, self.top + height)
        x0, x1 = max(left, self.left), min(right, self.left + width)
        if y1 > y0 and x1 > x0:
            out[y0 - top : y1 - top, x0 - left : x1 - left] = self.mask[
                y0 - self.top : y1 - self.top, x0 - self.left : x1 - self.left
            ]
        return Shape(left, top, out, self.score)


class Outliner(Protocol):
    """Whatever outlines what prompts point at: the small network, or a published checkpoint."""

    def outlines(self, pixels: NDArray[np.uint8], prompts: Sequence[Prompt], diameter: float) -> list[Shape]:
        """A shape for each prompt in RGB pixels (h, w, 3); `diameter` is the field of view's in these pixels."""


def main_part(mask: NDArray[np.bool_], row: float, column: float) -> NDArray[np.bool_]:
    """The piece of a mask at a position, else the largest, with its holes filled."""
    numbers, count = ndimage.label(mask, structure=np.ones((3, 3)))
    if count == 0:
        return mask
    height, width = mask.shape
    at = int(numbers[min(max(int(row), 0), height - 1), min(max(int(column), 0), width - 1)])
    if at == 0:
        at = int(np.argmax(np.bincount(numbers.ravel())[1:])) + 1
    filled: NDArray[np.bool_] = ndimage.binary_fill_holes(numbers == at)
    return filled


def longest_diameter(mask: NDArray[np.bool_], spacing: tuple[float, float] = (1.0, 1.0)) -> float:
    """Between the two points of a mask's pixel outline that lie farthest apart (Feret's diameter); 0 when empty.

    In pixels, or in the unit of `spacing`, the size of a pixel down and across.
    """
    ys, xs = np.nonzero(mask)
    if xs.size == 0:
        return 0.0
    corners = np.concatenate([np.column_stack([xs + dx, ys + dy]) for dx in (0, 1) for dy in (0, 1)]).astype(float)
    corners = corners[ConvexHull(corners).vertices] * (spacing[1], spacing[0])
    return float(distance.pdist(corners).max())
