"""How far a photograph lies from those the grader learnt on: a Mahalanobis distance of its features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DIRECTIONS = 40


class Novelty:
    """Mean (d,), principal directions (k, d) with their spreads (k,), and the spread of what they leave out."""

    def __init__(self, mean: NDArray, directions: NDArray, spread: NDArray, rest: float) -> None:
        self.mean, self.directions, self.spread, self.rest = mean, directions, spread, rest

    @classmethod
    def fit(cls, features: NDArray[np.float32]) -> Novelty:
        """From the features (n, d) of training photographs."""
        mean = features.mean(axis=0)
        centred = features - mean
        _, values, directions = np.linalg.svd(centred, full_matrices=False)
        kept = directions[:DIRECTIONS]
        rest = centred - (centred @ kept.T) @ kept
        spread = values[:DIRECTIONS] / np.sqrt(len(features))
        return cls(mean, kept, spread, float(np.sqrt((rest**2).sum(axis=1).mean())))

    def distance(self, features: NDArray[np.float32]) -> float:
        """Distance of one feature vector (d,); about 1 for a typical training photograph."""
        centred = features - self.mean
        along = self.directions @ centred
        rest = centred - along @ self.directions
        inside = float(((along / np.maximum(self.spread, 1e-6)) ** 2).sum())
        outside = float((rest**2).sum()) / max(self.rest, 1e-6) ** 2
        return float(np.sqrt((inside + outside) / (len(self.spread) + 1)))
