"""The logistic heads: one set a fold, so that each training photograph can be judged by heads that never saw its patient."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

CLIP = 6.0
"""Standardised features are held within this many standard deviations."""


def standardised(x: NDArray[np.float32], mean: NDArray, scale: NDArray) -> NDArray[np.float32]:
    """Features (..., d) over their spread; what is missing (nan) takes the mean's place."""
    out: NDArray[np.float32] = np.clip(np.nan_to_num((x - mean) / scale, nan=0.0), -CLIP, CLIP)
    return out


def sigmoid(logit: NDArray) -> NDArray[np.float64]:
    """Log-odds to probabilities."""
    out: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(logit.astype(np.float64), -30, 30)))
    return out


class Heads:
    """`weight` (folds, conditions, d) and `bias` (folds, conditions), calibrated; the features' `mean` and `scale` (folds, d)."""

    def __init__(self, tensors: Mapping[str, NDArray]) -> None:
        self.weight, self.bias = tensors["weight"], tensors["bias"]
        self.mean, self.scale = tensors["mean"], tensors["scale"]

    def probabilities(self, described: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities (conditions,) of one description (d,), by the mean log-odds of the folds."""
        seen = standardised(described, self.mean, self.scale)
        logits = np.einsum("fkd,fd->fk", self.weight, seen) + self.bias
        return sigmoid(logits.mean(axis=0))
