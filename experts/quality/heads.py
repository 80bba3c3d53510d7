"""The logistic heads: one set a fold, so that each training photograph can be judged by heads that never saw it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

OUTPUTS = ("fundus", "gradable", "focus", "illumination", "contrast", "field")
"""Is a fundus photograph; can be graded; what spoils it."""
CLIP = 6.0
"""Standardised features are held within this many standard deviations, so that nothing odd outweighs the rest."""


class Heads:
    """`weight` (folds, outputs, d), `bias` (folds, outputs), and the features' `mean` and `scale` (d,)."""

    def __init__(self, tensors: Mapping[str, NDArray]) -> None:
        self.weight, self.bias = tensors["weight"], tensors["bias"]
        self.mean, self.scale = tensors["mean"], tensors["scale"]

    def probabilities(self, described: NDArray[np.float32], fold: int | None = None) -> NDArray[np.float64]:
        """Probabilities (outputs,) of one description (d,): of one fold's heads, or of the folds' mean log-odds."""
        logits = self.logits(described)
        chosen = logits.mean(axis=0) if fold is None else logits[fold]
        return 1.0 / (1.0 + np.exp(-np.clip(chosen, -30, 30)))

    def logits(self, described: NDArray[np.float32]) -> NDArray[np.float64]:
        """Log-odds (folds, outputs) of one description (d,)."""
        x = np.clip((described - self.mean) / self.scale, -CLIP, CLIP)
        return (self.weight @ x + self.bias).astype(np.float64)
