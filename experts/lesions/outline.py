"""What a box outlines: a small mask and where it lies in the working picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..region.shape import Outliner
from ..region.window import Prompt
from .detector import Box

_MARGIN = 3
"""An outline may leave its box by this many working pixels."""


@dataclass(frozen=True)
class Outline:
    """A mask (rows by columns) of one box's lesion within the working picture."""

    box: Box
    rows: slice
    columns: slice
    mask: NDArray[np.bool_]

    def area(self, allowed: NDArray[np.bool_]) -> float:
        """Working pixels of the mask that lie in `allowed` (h, w)."""
        return float((self.mask & allowed[self.rows, self.columns]).sum())


def box_slices(box: Box, height: int, width: int, margin: int = 0) -> tuple[slice, slice]:
    """Rows and columns of a box, widened by `margin` and cut at the picture's edge."""
    return (
        slice(max(0, int(box.top) - margin), min(height, int(np.ceil(box.bottom)) + margin)),
        slice(max(0, int(box.left) - margin), min(width, int(np.ceil(box.right)) + margin)),
    )


def outline_from_map(box: Box, plane: NDArray[np.float32], threshold: float) -> Outline:
    """Where `plane` (h, w) reaches `threshold` inside the box; the ellipse in the box where it does nowhere."""
    rows, columns = box_slices(box, *plane.shape)
    mask = plane[rows, columns] >= threshold
    if not mask.any():
        ys, xs = np.ogrid[rows, columns]
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        a, b = max(0.5, (box.right - box.left) / 2), max(0.5, (box.bottom - box.top) / 2)
        mask = ((xs + 0.5 - x) / a) ** 2 + ((ys + 0.5 - y) / b) ** 2 <= 1
    return Outline(box, rows, columns, mask)


def outlined_by(outliner: Outliner, pixels: NDArray[np.uint8], boxes: Sequence[Box], diameter: float) -> list[Outline]:
    """What an outliner makes of each box in `pixels` (h, w, 3), within the box and a small margin.

    `diameter` of the field of view, in these pixels.
    """
    height, width = pixels.shape[:2]
    shapes = outliner.outlines(pixels, [Prompt(b.left, b.top, b.right, b.bottom) for b in boxes], diameter)
    made = []
    for box, shape in zip(boxes, shapes, strict=True):
        rows, columns = box_slices(box, height, width, _MARGIN)
        made.append(Outline(box, rows, columns, shape.within(columns.start, rows.start, columns.stop, rows.stop).mask))
    return made


def painted(outlines: Sequence[Outline], kind: str, allowed: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The outlines of one kind in one plane (h, w), each at its box's score, the highest where they overlap."""
    plane = np.zeros(allowed.shape, dtype=np.float32)
    for outline in outlines:
        if outline.box.kind == kind:
            part = plane[outline.rows, outline.columns]
            part[outline.mask] = np.maximum(part[outline.mask], np.float32(outline.box.score))
    return plane * allowed


def centred_in(allowed: NDArray[np.bool_], box: Box) -> bool:
    """Whether the box's centre lies in `allowed` (h, w)."""
    height, width = allowed.shape
    row, column = int((box.top + box.bottom) / 2), int((box.left + box.right) / 2)
    return bool(allowed[min(row, height - 1), min(column, width - 1)])
