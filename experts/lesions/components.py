"""Single lesions in a mask: what is counted as one, in labels and in predictions alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_REACH = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True)
class Component:
    """One lesion in working pixels: its slice of the mask, area, centre (x, y) and the mean and highest score in it."""

    rows: slice
    columns: slice
    area: int
    x: float
    y: float
    mean: float
    peak: float


def components(
    mask: NDArray[np.bool_], scores: NDArray[np.float32] | None = None, minimum: int = 1
) -> tuple[list[Component], NDArray[np.int32]]:
    """The components of `mask` (h, w) of at least `minimum` pixels, and the plane of their numbers from 1 (0: none).

    Pieces with a gap of no more than two pixels are one lesion. `scores` (h, w) gives each its mean and highest score.
    """
    joined, count = ndimage.label(ndimage.binary_dilation(mask, _REACH), structure=_REACH)
    numbers = np.where(mask, joined, 0).astype(np.int32)
    kept: list[Component] = []
    final = np.zeros(mask.shape, dtype=np.int32)
    for number, box in enumerate(ndimage.find_objects(numbers, max_label=count), start=1):
        if box is None:
            continue
        inside = numbers[box] == number
        area = int(inside.sum())
        if area < minimum:
            continue
        ys, xs = np.nonzero(inside)
        values = np.ones(area, dtype=np.float32) if scores is None else scores[box][inside]
        kept.append(
            Component(
                rows=box[0],
                columns=box[1],
                area=area,
                x=float(xs.mean()) + box[1].start + 0.5,
                y=float(ys.mean()) + box[0].start + 0.5,
                mean=float(values.mean()),
                peak=float(values.max()),
            )
        )
        final[box][inside] = len(kept)
    return kept, final
