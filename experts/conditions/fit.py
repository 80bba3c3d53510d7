"""Fitting the detectors: penalties and calibration are chosen inside the training folds, never on the fold that is judged."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from ..training.metrics import roc_auc
from .heads import sigmoid, standardised
from .samples import FOLDS

PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Weights of the squared coefficients beside the mean log-loss that are tried."""
SPECIFICITY = 0.95
"""Of the photographs without a condition, the share that its threshold leaves in peace: few alarms nobody asked for."""
SENSITIVITY = 0.90
"""Where this share of the photographs with a condition is found at a higher threshold, that is used: fewer alarms still.

Brought in when at the other rule a quarter of IDRiD's photographs, which were not learnt from, were flagged for myopia.
"""


def cross_fitted(
    features: NDArray[np.float32], present: NDArray[np.bool_], folds: NDArray[np.intp]
) -> tuple[dict[str, NDArray], NDArray[np.float64], NDArray[np.float64]]:
    """Heads of all folds (`heads.Heads`), out-of-fold probabilities (n, conditions), penalties chosen (folds, conditions).

    Each fold is judged by heads fitted on the other four. Their penalties have the best AUC, and their calibration is
    fitted, on predictions inside those four: each of them by heads fitted on the other three.
    """
    conditions = present.shape[1]
    inner = np.zeros((FOLDS, len(PENALTIES), len(features), conditions))
    for a, b in combinations(range(FOLDS), 2):
        weight, bias, mean, scale = logistic(features, present, (folds != a) & (folds != b))
        for outer, held in ((a, b), (b, a)):
            seen = standardised(features[folds == held], mean, scale)
            inner[outer][:, folds == held] = np.einsum("pkd,nd->pnk", weight, seen) + bias[:, None]
    heads: dict[str, list[NDArray]] = {"weight": [], "bias": [], "mean": [], "scale": []}
    out = np.zeros((len(features), conditions))
    chosen = np.zeros((FOLDS, conditions))
    for fold in range(FOLDS):
        others = folds != fold
        weight, bias, mean, scale = logistic(features, present, others)
        best = [
            int(np.argmax([roc_auc(present[others, k], of_penalty[others, k]) for of_penalty in inner[fold]]))
            for k in range(conditions)
        ]
        lines = [
            platt(inner[fold, p][others, k], present[others, k]) for k, p in enumerate(best)
        ]  # slope and offset a condition
        slope, offset = np.array(lines).T
        row = np.arange(conditions)
        weight = weight[best, row] * slope[:, None]
        bias = bias[best, row] * slope + offset
        seen = standardised(features[folds == fold], mean, scale)
        out[folds == fold] = sigmoid(seen @ weight.T + bias)
        chosen[fold] = np.array(PENALTIES)[best]
        for name, value in (("weight", weight), ("bias", bias), ("mean", mean), ("scale", scale)):
            heads[name].append(value.astype(np.float32))
    return {name: np.stack(parts) for name, parts in heads.items()}, out, chosen


def logistic(
    features: NDArray[np.float32], present: NDArray[np.bool_], used: NDArray[np.bool_]
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Logistic regressions on the `used` photographs, a condition and penalty each.

    Coefficients (penalties, conditions, d), intercepts (penalties, conditions), the features' mean and scale (d,).
    """
    mean, scale = np.nanmean(features[used], axis=0), np.nanstd(features[used], axis=0) + 1e-4
    x = torch.from_numpy(standardised(features[used], mean, scale).astype(np.float32))
    shape = (len(PENALTIES), present.shape[1])
    y = torch.from_numpy(present[used].astype(np.float32)).repeat(1, len(PENALTIES))
    penalty = torch.tensor(PENALTIES).repeat_interleave(present.shape[1])
    share = y.mean(0).clamp(1e-3, 1 - 1e-3)
    coefficients = torch.zeros(x.shape[1], y.shape[1], requires_grad=True)
    intercepts = torch.logit(share).clone().requires_grad_()
    solver = torch.optim.LBFGS([coefficients, intercepts], max_iter=120, history_size=8, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        solver.zero_grad()
        logits = x @ coefficients + intercepts
        loss = functional.binary_cross_entropy_with_logits(logits, y, reduction="none").mean(0)
        total = (loss + penalty * coefficients.square().sum(0)).sum()
        total.backward()
        return total

    solver.step(closure)
    weight = coefficients.detach().numpy().T.reshape(*shape, -1)
    return weight, intercepts.detach().numpy().reshape(shape), mean, scale


def platt(logit: NDArray[np.float64], present: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset that turn log-odds into calibrated ones (Platt's logistic calibration)."""
    x, y = torch.from_numpy(logit), torch.from_numpy(present.astype(np.float64))
    line = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    solver = torch.optim.LBFGS([line], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        solver.zero_grad()
        loss = functional.binary_cross_entropy_with_logits(line[0] * x + line[1], y)
        loss.backward()
        return loss

    solver.step(closure)
    slope, offset = line.detach().tolist()
    return slope, offset


def threshold(probability: NDArray[np.float64], present: NDArray[np.bool_]) -> float:
    """The lowest probability that leaves `SPECIFICITY` of the photographs without the condition below it; a higher one
    where `SENSITIVITY` of those with the condition still reach it."""
    quiet = np.quantile(probability[~present], SPECIFICITY, method="higher")
    sure = np.quantile(probability[present], 1 - SENSITIVITY, method="lower")
    return float(max(quiet, sure))
