"""Centreline pixels as curves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

EIGHT = np.ones((3, 3), dtype=bool)
SMOOTH = 0.0075
"""Standard deviation of the smoothing along a centreline, as a fraction of the field of view's diameter: it takes away
the pixels' steps and leaves bends of a tenth of a disc diameter."""
_AROUND = ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, -1), (-1, 1))


def walk(piece: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """The pixels (n, 2) of a line (h, w) without forks in order from end to end; None for a ring or a single pixel."""
    left = {(int(r), int(c)) for r, c in np.argwhere(piece)}

    def beside(at: tuple[int, int]) -> list[tuple[int, int]]:
        return [p for p in ((at[0] + r, at[1] + c) for r, c in _AROUND) if p in left]

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


def smoothed(pixels: NDArray[np.float64], field_diameter: float) -> NDArray[np.float64]:
    """A pixel path (n, 2) without the pixels' steps; both ends stay where they are.

    The path is carried on beyond its ends by its point reflection, so that a straight line stays straight.
    """
    sigma = SMOOTH * field_diameter
    reach = min(len(pixels) - 1, int(np.ceil(4 * sigma)))
    before = 2 * pixels[0] - pixels[reach:0:-1]
    after = 2 * pixels[-1] - pixels[-2 : -reach - 2 : -1]
    whole = np.concatenate([before, pixels, after])
    curve: NDArray[np.float64] = ndimage.gaussian_filter1d(whole, sigma, axis=0, mode="nearest")
    return curve[reach : reach + len(pixels)]


def arc_length(path: NDArray[np.float64]) -> float:
    """Length of a path (n, 2), in its own unit."""
    return float(np.hypot(*np.diff(path, axis=0).T).sum())


def curvature(path: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Curvature (n,), in radians per unit of length, along a smoothed path (n, 2), and the length (n,) each point has."""
    first = np.gradient(path, axis=0)
    second = np.gradient(first, axis=0)
    speed = np.hypot(*first.T)
    bend = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / np.maximum(speed, 1e-9) ** 3
    return bend, speed
