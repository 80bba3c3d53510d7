"""A centreline cut at its junctions, and put together again where there was none."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .paths import EIGHT, walk

REACH = 1.2
"""A junction reaches this many half widths of the vessel from its middle, and two pixels more: crossings, whose
centreline shows two forks with a short bridge, become one junction of four arms."""

Path = NDArray[np.float64]
Paths = dict[int, Path]
Ends = dict[int, tuple[int, int]]
Hubs = dict[int, tuple[float, float]]


def cut(line: NDArray[np.bool_], half: NDArray[np.float64]) -> tuple[Paths, Ends, Hubs]:
    """Cut a centreline (h, w) at its junctions; `half` (h, w) is half the vessel's width.

    Pixel paths (n, 2) by number; for each the junctions where it begins and ends, 0 for a free end; the middle
    (row, column) of each junction by its number. Rings and single pixels are left out.
    """
    neighbours = ndimage.convolve(line.astype(np.int8), EIGHT.astype(np.int8), mode="constant") - 1
    blobs = np.zeros(line.shape, dtype=bool)
    for row, column in np.argwhere(line & (neighbours > 2)):
        reach = REACH * half[row, column] + 2
        r = math.ceil(reach)
        top, left = max(0, row - r), max(0, column - r)
        window = blobs[top : row + r + 1, left : column + r + 1]
        ys, xs = np.ogrid[: window.shape[0], : window.shape[1]]
        window |= (ys + top - row) ** 2 + (xs + left - column) ** 2 <= reach**2
    hub_of, count = ndimage.label(blobs, structure=EIGHT)
    middles = ndimage.center_of_mass(line & blobs, hub_of, range(1, count + 1)) if count else []
    hubs = {number: (float(row), float(column)) for number, (row, column) in enumerate(middles, start=1)}
    near = ndimage.grey_dilation(hub_of, footprint=EIGHT)
    labelled, _count = ndimage.label(line & ~blobs, structure=EIGHT)
    paths: Paths = {}
    ends: Ends = {}
    for number, box in enumerate(ndimage.find_objects(labelled), start=1):
        path = walk(labelled[box] == number)
        if path is not None:
            path = path + np.asarray([box[0].start, box[1].start])
            first, last = (int(near[int(row), int(column)]) for row, column in (path[0], path[-1]))
            paths[number], ends[number] = path, (first, last)
    return paths, ends, hubs


def join(paths: Paths, ends: Ends, hubs: Hubs) -> None:
    """Put two paths that are alone at a junction together into one, in place; the straight line bridges the gap."""
    for hub in hubs:
        here = [number for number in paths for end in ends[number] if end == hub]
        if len(here) != 2 or here[0] == here[1]:
            continue
        one, other = here
        before = paths[one] if ends[one][1] == hub else paths[one][::-1]
        after = paths[other] if ends[other][0] == hub else paths[other][::-1]
        start = ends[one][0] if ends[one][1] == hub else ends[one][1]
        end = ends[other][1] if ends[other][0] == hub else ends[other][0]
        steps = max(1, math.ceil(math.dist(before[-1], after[0])))
        bridge = before[-1] + np.linspace(0, 1, steps + 1)[1:-1, None] * (after[0] - before[-1])
        paths[one], ends[one] = np.concatenate([before, bridge, after]), (start, end)
        del paths[other], ends[other]
