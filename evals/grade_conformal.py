"""How much the coverage of conformal sets depends on which photographs were drawn to set them.

The shipped quantile stands on one draw, the validation part, and is judged on one, the hold-out. Here both are put together
and drawn anew by patient again and again: calibrated on the one half as `grade.calibrate` does, judged on the other. Computed from
`predictions/grade.csv`, the shipped network's logits of photographs that it has not learnt from; no photographs are needed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..experts.grade.calibrate import CALIBRATED_ON, choose
from ..experts.grade.calibration import GRADES, conformal_set, probabilities
from .grade_logits import LOGITS, allowed, stored
from .table import Row

DRAWS = 200


def redrawn_row() -> Row:
    """The mean coverage over the draws, in brackets between what 95 % of the draws lie."""
    rows = [r for r in stored() if r["dataset"] in CALIBRATED_ON and len(allowed(r)) == 1]
    logits = np.array([[float(r[name]) for name in LOGITS] for r in rows])
    grades = np.array([allowed(r)[0] for r in rows])
    datasets, groups = (np.array([r[name] for r in rows]) for name in ("dataset", "group"))
    shares = coverages(logits, grades, datasets, groups, DRAWS)
    low, high = np.percentile(shares, [2.5, 97.5])
    return Row(
        f"conformal coverage, set on one half of the patients and judged on the other, mean of {DRAWS} draws",
        f"IDRiD and ODIR, validation and hold-out ({len(rows)})",
        float(np.mean(shares)),
        (float(low), float(high)),
        note="aim 0.90; in brackets 95 % of the single draws",
    )


def coverages(
    logits: NDArray[np.float64],
    grades: NDArray[np.intp],
    datasets: NDArray[np.str_],
    groups: NDArray[np.str_],
    draws: int,
) -> Sequence[float]:
    """By draw, the share of the judged photographs whose set holds their grade; logits (n, 5)."""
    patients = np.char.add(np.char.add(datasets, ":"), groups)
    everyone, rng = np.unique(patients), np.random.default_rng(0)
    found = []
    for _ in range(draws):
        drawn = np.isin(patients, rng.permutation(everyone)[: len(everyone) // 2])
        points = choose(logits[drawn], grades[drawn], datasets[drawn])
        offsets = np.array([points[f"offset_{g}"] for g in range(GRADES)])
        judged = probabilities(logits[~drawn], points["temperature"], offsets)
        sets = (conformal_set(p, points["conformal_quantile"]) for p in judged)
        found.append(float(np.mean([g in own for g, own in zip(grades[~drawn], sets, strict=True)])))
    return found
