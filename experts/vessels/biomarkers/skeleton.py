"""The centreline of the vessels and how long it is."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from skimage.morphology import skeletonize

LENGTH = (
    "Length of the one-pixel centreline of the vessels inside the field of view: the sum of the steps between "
    "neighbouring centreline pixels, a diagonal step counting only where no corner pixel joins the two."
)


def centreline(vessels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The one-pixel centreline (h, w) of a boolean plane (h, w)."""
    line: NDArray[np.bool_] = skeletonize(vessels)
    return line


def skeleton_length(line: NDArray[np.bool_], spacing: tuple[float, float] = (1.0, 1.0)) -> float:
    """Length of a centreline (h, w); `spacing` is the (row, column) distance of pixel centres, in the unit wanted."""
    row, column = spacing
    down, across = line[:-1] & line[1:], line[:, :-1] & line[:, 1:]
    # A diagonal pair joined over a corner is already counted by its two straight steps.
    falling = line[:-1, :-1] & line[1:, 1:] & ~line[:-1, 1:] & ~line[1:, :-1]
    rising = line[:-1, 1:] & line[1:, :-1] & ~line[:-1, :-1] & ~line[1:, 1:]
    diagonal = int(falling.sum()) + int(rising.sum())
    return int(down.sum()) * row + int(across.sum()) * column + diagonal * math.hypot(row, column)
