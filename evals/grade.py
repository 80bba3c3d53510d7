"""The grader on photographs held out by patient or duplicate group, and on a camera it never saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.grade.split import SPLIT_FILE, Example, read_split
from ..experts.training.datasets import labels, picture
from ..experts.training.metrics import calibration_error, quadratic_kappa, roc_auc
from ..records import Photograph
from .table import Row, bootstrap

KAPPA_BAR, REFERABLE_BAR, CALIBRATION_BAR = 0.75, 0.93, 0.05
NAMES = {"idrid_grading": "IDRiD hold-out", "odir5k_subset": "ODIR hold-out", "unam_dme_dr": "UNAM hold-out"}


@dataclass(frozen=True)
class Readings:
    """Readings of several photographs. `low` and `high` bound what their labels say of the grade.

    `group` numbers the patients or duplicate groups; `novel` says which were flagged as out of distribution.
    """

    low: NDArray[np.intp]
    high: NDArray[np.intp]
    value: NDArray[np.intp]
    probabilities: NDArray[np.float64]
    covered: NDArray[np.bool_]
    set_size: NDArray[np.intp]
    novel: NDArray[np.bool_]
    group: NDArray[np.intp]

    def where(self, chosen: NDArray[np.bool_]) -> Readings:
        """The readings of the chosen photographs."""
        return Readings(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    @property
    def graded(self) -> NDArray[np.bool_]:
        """Which labels name one grade."""
        return self.low == self.high


def evaluate(data: Path) -> list[Row]:
    """Kappa, referable AUC and calibration of the shipped model; intervals resample patients."""
    expert = load_expert("grade")
    held = [r for r in read_split(expert.folder / SPLIT_FILE) if r.part == "holdout"]
    by_set = {name: _read(expert, data, [r for r in held if r.dataset == name]) for name in NAMES}
    idrid, odir, unam = (by_set[name] for name in NAMES)
    graded_odir = odir.where(odir.graded)
    both = _joined(idrid, graded_odir)
    hrf = _read(expert, data, _hrf(data))
    return [
        *_graded_rows(idrid, NAMES["idrid_grading"], KAPPA_BAR, REFERABLE_BAR),
        *_graded_rows(graded_odir, NAMES["odir5k_subset"], None, None),
        _row(
            "expected calibration error", "IDRiD and ODIR hold-out", both, _ece, CALIBRATION_BAR, "10 equal bins", True
        ),
        _row("conformal coverage", "IDRiD and ODIR hold-out", both, lambda r: float(r.covered.mean()), note="aim 0.90"),
        _row("conformal set size", "IDRiD and ODIR hold-out", both, lambda r: float(r.set_size.mean()), note="grades"),
        _row("out-of-distribution flags", "IDRiD and ODIR hold-out", both, lambda r: float(r.novel.mean())),
        _row("any-retinopathy AUC", NAMES["odir5k_subset"], odir, _any_auc),
        _row("any-retinopathy AUC", NAMES["unam_dme_dr"], unam, _any_auc, note="camera seen in training"),
        _row("any-retinopathy AUC", "HRF (45)", hrf, _any_auc, note="camera never seen"),
        _row(
            "healthy or glaucoma graded 0", "HRF (30)", hrf.where(hrf.high == 0), lambda r: float((r.value == 0).mean())
        ),
        _row("healthy or glaucoma called referable", "HRF (30)", hrf.where(hrf.high == 0), _called_referable),
    ]


def _graded_rows(r: Readings, name: str, kappa_bar: float | None, referable_bar: float | None) -> list[Row]:
    named = f"{name} ({len(r.value)})"
    return [
        _row("quadratic kappa", named, r, lambda q: quadratic_kappa(q.low, q.value), kappa_bar),
        _row("referable AUC", named, r, _referable_auc, referable_bar),
        _row("referable sensitivity", named, r, lambda q: float((_score(q)[q.low >= 2] >= 0.5).mean()), note="at 0.5"),
        _row("referable specificity", named, r, lambda q: float((_score(q)[q.low < 2] < 0.5).mean()), note="at 0.5"),
        _row("exact grade", named, r, lambda q: float((q.low == q.value).mean())),
        _row("expected calibration error", named, r, _ece, note="10 equal bins", lower=True),
    ]


def _score(r: Readings) -> NDArray[np.float64]:
    score: NDArray[np.float64] = r.probabilities[:, 2:].sum(axis=1)
    return score


def _referable_auc(r: Readings) -> float:
    return roc_auc(r.low >= 2, _score(r))


def _any_auc(r: Readings) -> float:
    return roc_auc(r.low >= 1, 1 - r.probabilities[:, 0])


def _ece(r: Readings) -> float:
    return calibration_error(r.low, r.probabilities)


def _called_referable(r: Readings) -> float:
    return float((_score(r) >= 0.5).mean())


def _row(
    metric: str,
    name: str,
    r: Readings,
    statistic: Callable[[Readings], float],
    bar: float | None = None,
    note: str = "",
    lower: bool = False,
) -> Row:
    members = [np.flatnonzero(r.group == g) for g in np.unique(r.group)]

    def resampled(chosen: NDArray[np.intp]) -> float:
        indices = np.concatenate([members[i] for i in chosen])
        return statistic(Readings(*(getattr(r, f)[indices] for f in r.__dataclass_fields__)))

    return Row(metric, name, statistic(r), bootstrap(len(members), resampled), bar, lower, note)


def _read(expert: Expert, data: Path, rows: list[Example]) -> Readings:
    groups = {g: i for i, g in enumerate(sorted({r.group for r in rows}))}
    findings = [expert.read(Photograph.from_pixels(picture(data / r.dataset / r.image))) for r in rows]
    sets = [f.conformal_set or [] for f in findings]
    return Readings(
        low=np.array([min(r.allowed) for r in rows]),
        high=np.array([max(r.allowed) for r in rows]),
        value=np.array([f.value for f in findings]),
        probabilities=np.array([f.probabilities for f in findings], dtype=np.float64),
        covered=np.array([r.grade in s for r, s in zip(rows, sets, strict=True)]),
        set_size=np.array([len(s) for s in sets]),
        novel=np.array(["out_of_distribution" in f.flags for f in findings]),
        group=np.array([groups[r.group] for r in rows]),
    )


def _hrf(data: Path) -> list[Example]:
    """HRF, which no part of the grader learnt from: its diabetic eyes have retinopathy of some grade, the others none."""
    diabetic = (1, 2, 3, 4)
    return [
        Example("hrf", r["image"], r["image"], diabetic if r["category"] == "diabetic_retinopathy" else (0,))
        for r in labels(data, "hrf")
    ]


def _joined(a: Readings, b: Readings) -> Readings:
    parts = {name: np.concatenate([getattr(a, name), getattr(b, name)]) for name in a.__dataclass_fields__}
    parts["group"] = np.concatenate([a.group, b.group + a.group.max() + 1])
    return Readings(**parts)
