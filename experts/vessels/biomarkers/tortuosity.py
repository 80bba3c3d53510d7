"""Tortuosity of vessel segments."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

TORTUOSITY = (
    "Arc length over chord length of the centreline between branchings and ends, averaged over segments weighted by "
    "their arc length; segments whose chord is under a twentieth of the field of view's diameter are left out. "
    "1 is straight."
)
REFERENCE = "hart1999"
SHORTEST = 0.05
"""Shortest chord of a segment, as a fraction of the field of view's diameter: very short segments inflate the ratio."""
_EIGHT = np.ones((3, 3), dtype=bool)
_STRIDE = 5
"""Arc length is taken over every fifth centreline pixel: steps of single pixels lengthen slanting lines."""


def segments(line: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """The centreline (h, w) cut at its branchings: paths (n, 2) of (row, column) from end to end."""
    neighbours = ndimage.convolve(line.astype(np.int8), _EIGHT.astype(np.int8), mode="constant") - 1
    branching = ndimage.binary_dilation(line & (neighbours > 2), structure=_EIGHT)
    labelled, _count = ndimage.label(line & ~branching, structure=_EIGHT)
    paths = []
    for index, box in enumerate(ndimage.find_objects(labelled), start=1):
        path = _walk(labelled[box] == index)
        if path is not None:
            paths.append(path + np.asarray([box[0].start, box[1].start]))
    return paths


def _walk(piece: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """The pixels of one piece in order from one end to the other; None for a closed ring or a single pixel."""
    left = {(int(r), int(c)) for r, c in np.argwhere(piece)}

    def beside(at: tuple[int, int]) -> list[tuple[int, int]]:
        r, c = at
        around = (
            (r, c + 1),
            (r + 1, c),
            (r, c - 1),
            (r - 1, c),
            (r + 1, c + 1),
            (r + 1, c - 1),
            (r - 1, c - 1),
            (r - 1, c + 1),
        )
        return [p for p in around if p in left]

    ends = sorted(p for p in left if len(beside(p)) == 1)
    if not ends:
        return None
    at, path = ends[0], [ends[0]]
    left.discard(at)
    while following := beside(at):
        at = following[0]
        path.append(at)
        left.discard(at)
    return np.asarray(path, dtype=np.float64)


def arc_and_chord(path: NDArray[np.float64]) -> tuple[float, float]:
    """Arc and chord length of a path (n, 2), in its own unit."""
    knots = np.vstack([path[:-1:_STRIDE], path[-1:]])
    arc = float(np.hypot(*np.diff(knots, axis=0).T).sum())
    return arc, math.dist(path[0], path[-1])


def mean_tortuosity(line: NDArray[np.bool_], diameter: float) -> float | None:
    """Mean tortuosity, 1 or more, of a centreline (h, w); `diameter` of the field of view in its pixels.

    None where no segment is long enough.
    """
    measured = [arc_and_chord(path) for path in segments(line)]
    long_enough = [(arc, chord) for arc, chord in measured if chord >= SHORTEST * diameter]
    if not long_enough:
        return None
    total = sum(arc for arc, _chord in long_enough)
    return sum(arc * arc / chord for arc, chord in long_enough) / total
