"""Figures of merit of classifiers and graders."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata


def quadratic_kappa(truth: NDArray, decided: NDArray, grades: int = 5) -> float:
    """Cohen's kappa with quadratic weights between two lists of grades; 1 is perfect agreement, 0 chance."""
    observed = np.zeros((grades, grades))
    np.add.at(observed, (np.asarray(truth, dtype=int), np.asarray(decided, dtype=int)), 1)
    weight = (np.arange(grades)[:, None] - np.arange(grades)[None]) ** 2
    expected = np.outer(observed.sum(1), observed.sum(0)) / max(1.0, observed.sum())
    denominator = float((weight * expected).sum())
    return 1.0 - float((weight * observed).sum()) / denominator if denominator > 0 else float("nan")


def roc_auc(positive: NDArray, score: NDArray) -> float:
    """Area under the ROC curve of `score` for the boolean `positive`; nan when one class is absent."""
    positive = np.asarray(positive, dtype=bool)
    pos, neg = int(positive.sum()), int((~positive).sum())
    if pos == 0 or neg == 0:
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[positive].sum() - pos * (pos + 1) / 2) / (pos * neg))


def calibration_error(truth: NDArray, probabilities: NDArray, bins: int = 10) -> float:
    """Expected calibration error of the likeliest grade's probability: ten bins of equal count, probabilities (n, 5)."""
    confidence, hit = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    order = np.argsort(confidence, kind="stable")
    parts = np.array_split(order, bins)
    gaps = [len(p) * abs(float(confidence[p].mean()) - float(hit[p].mean())) for p in parts if len(p)]
    return float(sum(gaps) / max(1, len(confidence)))
