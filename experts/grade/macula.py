"""Risk of diabetic macular oedema: a logistic head on the grading network's features."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ..training.datasets import labels
from .split import Example, idrid_group, part_by_lot, unam_group

PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


@dataclass(frozen=True)
class OedemaExample:
    """One photograph labelled for macular oedema.

    `oedema`: hard exudate within one disc diameter of the macula's centre (IDRiD's risk 2, porwal2018_idrid), or macular
    oedema as UNAM's readers called it.
    """

    dataset: str
    image: str
    group: str
    oedema: bool
    part: str


def oedema_examples(data: Path, split: list[Example]) -> list[OedemaExample]:
    """IDRiD and UNAM; whoever is in the grader's `split` stays on his side of it."""
    side = {(e.dataset, e.group): e.part for e in split}
    found = [
        ("idrid_grading", r["image"], idrid_group(r["image"]), r["dme_risk"] == "2")
        for r in labels(data, "idrid_grading")
    ] + [
        ("unam_dme_dr", r["image"], unam_group(r["patient"]), r["dme"] == "1")
        for r in labels(data, "unam_dme_dr")
        if r["dme"] in ("0", "1")
    ]
    return [OedemaExample(d, i, g, o, side.get((d, g)) or part_by_lot(d, g)) for d, i, g, o in found]


@dataclass(frozen=True)
class OedemaHead:
    """Weight (d,) and offset of the log-odds of macular oedema."""

    weight: NDArray[np.float64]
    offset: float

    def probability(self, features: NDArray) -> NDArray[np.float64]:
        """Probability of oedema for features (..., d)."""
        out: NDArray[np.float64] = 1 / (1 + np.exp(-(features.astype(np.float64) @ self.weight + self.offset)))
        return out


def fit(features: NDArray, oedema: NDArray[np.bool_], chances: NDArray, penalty: float) -> OedemaHead:
    """Least penalised negative log-likelihood on standardised features (n, d); `chances` (n,) weigh the photographs."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-3
    x = (features - mean) / spread
    share = chances / chances.sum()
    sign = np.where(oedema, 1.0, -1.0)

    def loss(v: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (x @ v[1:] + v[0])
        pull = -share * sign / (1 + np.exp(margin))
        gradient = np.concatenate([[pull.sum()], x.T @ pull + penalty * v[1:]])
        return float(share @ np.logaddexp(0, -margin) + penalty / 2 * (v[1:] @ v[1:])), gradient

    found = minimize(loss, np.zeros(1 + x.shape[1]), jac=True, method="L-BFGS-B").x
    weight = found[1:] / spread
    return OedemaHead(weight, float(found[0] - mean @ weight))


def choose(features: NDArray, rows: list[OedemaExample]) -> tuple[OedemaHead, float]:
    """The head of the penalty that does best on the validation part, fitted to the training part, and that penalty.

    Both data sets weigh the same.
    """
    oedema = np.array([r.oedema for r in rows])
    dataset = np.array([r.dataset for r in rows])
    sizes = {d: (dataset == d).sum() for d in set(dataset)}
    chances = np.array([1 / sizes[d] for d in dataset])
    train, check = (np.array([r.part == part for r in rows]) for part in ("train", "validation"))

    def surprise(head: OedemaHead) -> float:
        p = np.clip(head.probability(features[check]), 1e-6, 1 - 1e-6)
        return float(np.average(-np.log(np.where(oedema[check], p, 1 - p)), weights=chances[check]))

    heads = [(fit(features[train], oedema[train], chances[train], penalty), penalty) for penalty in PENALTIES]
    return min(heads, key=lambda each: surprise(each[0]))
