"""The grader on ODIR by what its diagnostic words say: each grade against normal fundi, and eyes with another disease.

A referable AUC over all of ODIR takes two things together: how well retinopathy of each grade stands out from healthy eyes,
and whether other diseases (macular degeneration, myopia, an epiretinal membrane, ...) are taken for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts.grade.split import Example
from ..experts.training.datasets import labels
from ..experts.training.metrics import roc_auc
from .grade_readings import numbered, resampled
from .table import Row

DATASET = "odir5k_subset"
KINDS = {"mild": (1,), "moderate": (2,), "severe or proliferative": (3, 4)}


def word_rows(chosen: Sequence[Example], p: NDArray[np.float64], data: Path, name: str, note: str = "") -> list[Row]:
    """Rows for ODIR photographs and the grader's probabilities (n, 5); intervals resample patients."""
    words = {r["image"]: r for r in labels(data, DATASET)}
    normal = np.array([words[r.image]["normal"] == "1" for r in chosen])
    other = np.array([words[r.image]["any_dr"] == "0" for r in chosen]) & ~normal
    grade = np.array([-1 if r.grade is None else r.grade for r in chosen])
    group, referable = numbered([r.group for r in chosen]), p[:, 2:].sum(axis=1)

    def auc(kind: str, member: NDArray[np.bool_]) -> Row:
        part = member | normal
        ill, score, patient = member[part], referable[part], group[part]
        metric = f"AUC of the referable probability, {kind} retinopathy against normal fundus"
        named = f"{name} ({int(member.sum())} and {int(normal.sum())})"
        return Row(
            metric, named, roc_auc(ill, score), resampled(patient, lambda i: roc_auc(ill[i], score[i])), note=note
        )

    def called(what: str, member: NDArray[np.bool_]) -> Row:
        wrong = referable[member] >= 0.5
        interval = resampled(group[member], lambda i: float(wrong[i].mean()))
        return Row(
            f"{what} called referable", f"{name} ({int(member.sum())})", float(wrong.mean()), interval, note=note
        )

    made = [auc(kind, np.isin(grade, grades)) for kind, grades in KINDS.items()]
    return [*made, called("normal fundus", normal), called("another disease without retinopathy", other)]
