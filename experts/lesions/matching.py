"""Found lesions against labelled ones, box by box."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .components import components

SLACK = 3.0
"""Boxes are widened by this many pixels before a centre is looked for in them: the labels' own precision."""


def boxes_of_mask(mask: NDArray[np.bool_], minimum: int) -> NDArray[np.float64]:
    """Boxes (n, 4) left, top, right, bottom of a mask's components of at least `minimum` pixels."""
    found = components(mask, minimum=minimum)[0]
    rows = [(c.columns.start, c.rows.start, c.columns.stop, c.rows.stop) for c in found]
    return np.asarray(rows, dtype=np.float64).reshape(-1, 4)


def hits(boxes: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of `boxes` (n, 4), best first, find a labelled lesion (m, 4) that no better one has found.

    A box finds a lesion when the centre of one lies in the other.
    """
    found = np.zeros(len(boxes), dtype=bool)
    if not len(boxes) or not len(truth):
        return found
    near = np.logical_or(_centre_in(boxes, truth), _centre_in(truth, boxes).T)
    distance = np.hypot(*(_centres(boxes)[:, None] - _centres(truth)[None]).transpose(2, 0, 1))
    distance[~near] = np.inf
    for index in range(len(boxes)):
        nearest = int(distance[index].argmin())
        if np.isfinite(distance[index, nearest]):
            found[index] = True
            distance[:, nearest] = np.inf
    return found


def _centres(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _centre_in(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n, m): whether the centre of boxes[n] lies in others[m] widened by SLACK."""
    centre = _centres(boxes)[:, None]
    inside = (centre >= others[None, :, :2] - SLACK) & (centre <= others[None, :, 2:] + SLACK)
    return np.asarray(inside.all(axis=2), dtype=bool)


def f1(found: int, reported: int, labelled: int) -> float:
    """Harmonic mean of the found share of the labelled and the right share of the reported."""
    return 2 * found / max(1, reported + labelled)
