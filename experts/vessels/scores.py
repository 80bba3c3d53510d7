"""Figures of merit of a vessel map inside the field of view."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .samples import Labelled

_BINS = 1000


def dice(found: NDArray[np.bool_], truth: NDArray[np.bool_], field: NDArray[np.bool_]) -> float:
    """Dice coefficient of two boolean planes (h, w) inside `field`; 1 when both are empty."""
    a, b = found & field, truth & field
    total = int(a.sum()) + int(b.sum())
    return 1.0 if total == 0 else 2 * int((a & b).sum()) / total


def histogram(
    probability: NDArray[np.float32], truth: NDArray[np.bool_], field: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Pixels inside `field` by probability: (2, 1001), background then vessel, in steps of a thousandth."""
    steps = np.rint(probability[field] * _BINS).astype(np.int64)
    vessel = truth[field].astype(np.int64)
    return np.bincount(vessel * (_BINS + 1) + steps, minlength=2 * (_BINS + 1)).reshape(2, _BINS + 1)


def auc(counts: NDArray[np.int64]) -> float:
    """Area under the ROC curve from a histogram (2, n); ties count half."""
    negative, positive = counts.astype(np.float64)
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / (positive.sum() * negative.sum()))


def calibration_error(counts: NDArray[np.int64], groups: int = 15) -> float:
    """Expected calibration error from a histogram (2, n): the mean distance of probability from the share of vessel.

    Pixels are grouped by probability into `groups` of equal breadth and weigh equally.
    """
    probability = np.arange(counts.shape[1]) / (counts.shape[1] - 1)
    group = np.minimum((probability * groups).astype(np.int64), groups - 1)
    expected = np.bincount(group, counts.sum(axis=0) * probability, groups)
    vessel = np.bincount(group, counts[1].astype(np.float64), groups)
    return float(np.abs(expected - vessel).sum() / counts.sum())


def best_threshold(maps: Sequence[NDArray[np.float32]], photographs: Sequence[Labelled]) -> float:
    """The threshold with the highest mean Dice over photographs, data sets weighing equally (steps of 0.005)."""
    grid = np.arange(50, 901, 5)
    by_source: dict[str, list[NDArray[np.float64]]] = {}
    for one_map, one in zip(maps, photographs, strict=True):
        negative, positive = histogram(one_map, one.vessels, one.field)
        # Pixels at or above each step.
        hits = np.cumsum(positive[::-1])[::-1][grid].astype(np.float64)
        false = np.cumsum(negative[::-1])[::-1][grid]
        by_source.setdefault(one.source, []).append(2 * hits / (hits + false + positive.sum()))
    mean = np.mean([np.mean(curves, axis=0) for curves in by_source.values()], axis=0)
    return float(grid[int(np.argmax(mean))]) / _BINS
