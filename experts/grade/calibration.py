"""From logits to probabilities that mean what they say, to sets that hold the true grade, and to a decision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

GRADES = 5


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    out: NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return out


def probabilities(
    logits: NDArray[np.float64], temperature: float, offsets: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Calibrated probabilities (..., 5): logits over the temperature (guo2017_calibration), plus an offset a grade."""
    return softmax(logits / temperature + (0.0 if offsets is None else offsets))


def fit_temperature(
    logits: NDArray[np.float64], grades: NDArray, *, offset_penalty: float | None = None
) -> tuple[float, NDArray[np.float64]]:
    """Temperature, and offsets a grade, with the least negative log-likelihood on (n, 5) logits.

    Without `offset_penalty` the offsets stay 0; with it they are drawn to 0 by that much a squared unit.
    """
    rows = np.arange(len(grades))

    def loss(v: NDArray[np.float64]) -> float:
        offsets = np.zeros(GRADES) if offset_penalty is None else v[1:]
        p = probabilities(logits, float(np.exp(v[0])), offsets)[rows, grades]
        return float(-np.log(np.maximum(p, 1e-12)).mean() + (offset_penalty or 0.0) * float((offsets**2).sum()))

    found = minimize(loss, np.zeros(1 if offset_penalty is None else 1 + GRADES), method="L-BFGS-B")
    offsets = np.zeros(GRADES) if offset_penalty is None else found.x[1:] - found.x[1:].mean()
    return float(np.exp(found.x[0])), offsets


def growth(p: NDArray[np.float64]) -> list[tuple[int, float]]:
    """Grades in the order in which a set of neighbours grows from the likeliest one, each with the mass before it."""
    low = high = int(p.argmax())
    mass = float(p[low])
    order = [(low, 0.0)]
    while high - low + 1 < len(p):
        below = p[low - 1] if low > 0 else -1.0
        above = p[high + 1] if high < len(p) - 1 else -1.0
        if above >= below:
            high += 1
            order.append((high, mass))
            mass += float(above)
        else:
            low -= 1
            order.append((low, mass))
            mass += float(below)
    return order


def conformal_quantile(p: NDArray[np.float64], grades: NDArray, coverage: float = 0.9) -> float:
    """Split-conformal threshold for `conformal_set`: adaptive sets of neighbouring grades, (n, 5) probabilities."""
    scores = np.sort([dict(growth(row))[int(g)] for row, g in zip(p, grades, strict=True)])
    rank = int(np.ceil((len(scores) + 1) * coverage))
    return float(scores[rank - 1]) if rank <= len(scores) else 1.0


def conformal_set(p: NDArray[np.float64], quantile: float) -> list[int]:
    """Neighbouring grades, ascending: as many as it takes to hold more than `quantile`; never empty."""
    return sorted(grade for grade, mass in growth(p) if mass <= quantile + 1e-9)


def decide(p: NDArray[np.float64], rule: int) -> NDArray[np.intp]:
    """Grades of (n, 5) probabilities. Rule 0: the likeliest; 1: the rounded expected grade; 2: the median grade."""
    if rule == 1:
        return np.rint(p @ np.arange(GRADES)).astype(np.intp)
    if rule == 2:
        return (p.cumsum(axis=1) < 0.5).sum(axis=1).clip(0, GRADES - 1)
    return p.argmax(axis=1)
