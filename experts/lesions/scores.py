"""Pixel-pooled precision and recall from histograms of scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def histograms(scores: NDArray[np.float32], truth: NDArray[np.bool_], bins: int) -> NDArray[np.int64]:
    """Counts (2, bins) of scores (0 to 1, any shape) on false and on true pixels.

    Bins are even in the square root of the score, finer towards 0 where rare lesions lie.
    """
    index = np.minimum((np.sqrt(np.clip(scores, 0, 1)) * bins).astype(np.int32), bins - 1)
    index += truth.astype(np.int32) * bins
    return np.bincount(index.ravel(), minlength=2 * bins).reshape(2, bins)


def average_precision(counts: NDArray[np.int64]) -> float:
    """Area under the precision-recall curve (step interpolation) of pooled `histograms`; NaN without a true pixel."""
    false = np.cumsum(counts[0][::-1])
    true = np.cumsum(counts[1][::-1])
    if true[-1] == 0:
        return float("nan")
    precision = true / np.maximum(true + false, 1)
    gained = np.diff(true, prepend=0) / true[-1]
    return float((precision * gained).sum())


def best_threshold(counts: NDArray[np.int64]) -> tuple[float, float]:
    """The score with the highest Dice in pooled `histograms`, and that Dice."""
    bins = counts.shape[1]
    false = np.cumsum(counts[0][::-1])[::-1]
    true = np.cumsum(counts[1][::-1])[::-1]
    dice = 2 * true / np.maximum(true + false + counts[1].sum(), 1)
    best = int(dice.argmax())
    return (best / bins) ** 2, float(dice[best])
