"""The conditions expert: each detector on patients it did not see, and the shipped ones on cameras they never saw."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import Expert, load_expert
from ..experts.conditions.fit import threshold
from ..experts.conditions.samples import FOLDS, LEAST_AUC, WORDS, samples
from ..experts.training.datasets import labels, picture
from ..experts.training.metrics import roc_auc
from ..records import Finding, Photograph, Status
from .grade_readings import numbered, resampled
from .table import Row, bootstrap

PREDICTIONS = Path(__file__).parent / "predictions" / "conditions.csv"
"""Out-of-fold probabilities: image, fold, a column a condition; written by the training command."""
BINS = 10
ELSEWHERE = {"hrf": 1, "drishti_gs1": 1, "drive": 1, "idrid_grading": 8, "unam_dme_dr": 24}
"""Data sets of other cameras, and every how many-th of their photographs is read."""
Metric = Callable[[NDArray[np.intp]], float]


def evaluate(data: Path) -> list[Row]:
    """Rows of the out-of-fold predictions, whose intervals resample patients, then rows of the other cameras."""
    return [*out_of_fold(data), *_elsewhere(data)]


def out_of_fold(data: Path, predictions: Path = PREDICTIONS) -> list[Row]:
    """Rows of each detector by what it said of patients it did not learn from."""
    with predictions.open(newline="", encoding="utf-8") as file:
        predicted = {row["image"]: row for row in csv.DictReader(file)}
    rows = samples(data)
    folds = np.array([int(predicted[row.image]["fold"]) for row in rows])
    patients = numbered([row.patient for row in rows])
    out = []
    for k, name in enumerate(WORDS):
        present = np.array([row.present[k] for row in rows])
        p = np.array([float(predicted[row.image][name]) for row in rows])
        out += _rows_of(name, present, p, _flagged(p, present, folds), patients)
    return out


def _rows_of(
    name: str,
    present: NDArray[np.bool_],
    p: NDArray[np.float64],
    flagged: NDArray[np.bool_],
    patients: NDArray[np.intp],
) -> list[Row]:
    """Rows of one detector."""
    everything = np.arange(len(p))
    data = f"ODIR, {name.replace('_', ' ')} ({int(present.sum())} of {len(p)})"
    own, other = "out of fold by patient", "threshold from the other folds"

    def row(metric: str, note: str, statistic: Metric, *, centred: bool = False) -> Row:
        return Row(metric, data, statistic(everything), resampled(patients, statistic, centred=centred), note=note)

    auc = row("AUC", own, lambda i: roc_auc(present[i], p[i]))
    low = float("nan") if auc.interval is None else auc.interval[0]
    return [
        auc,
        Row("lower bound of that AUC", data, low, bar=LEAST_AUC, note="a detector below the bar is not shipped"),
        row("expected calibration error", own, lambda i: calibration_error(present[i], p[i]), centred=True),
        row("sensitivity", other, lambda i: _share(flagged[i][present[i]])),
        row("specificity", other, lambda i: _share(~flagged[i][~present[i]])),
    ]


def _flagged(p: NDArray[np.float64], present: NDArray[np.bool_], folds: NDArray[np.intp]) -> NDArray[np.bool_]:
    """What is flagged in each fold by a threshold chosen on the other folds' out-of-fold probabilities."""
    flagged = np.zeros(len(p), dtype=bool)
    for fold in range(FOLDS):
        others = folds != fold
        flagged[~others] = p[~others] >= threshold(p[others], present[others])
    return flagged


def _share(hits: NDArray[np.bool_]) -> float:
    return float(hits.mean()) if len(hits) else float("nan")


def calibration_error(present: NDArray[np.bool_], p: NDArray[np.float64]) -> float:
    """Expected calibration error of a probability: `BINS` bins of equal count, weighted by their size."""
    parts = np.array_split(np.argsort(p, kind="stable"), BINS)
    return float(sum(len(i) * abs(p[i].mean() - present[i].mean()) for i in parts if len(i)) / max(1, len(p)))


def _elsewhere(data: Path) -> list[Row]:
    """The shipped detectors on photographs of other cameras: how many they judge, how many of these they flag, and how well
    where labels allow."""
    conditions, landmarks = load_expert("conditions"), load_expert("landmarks")
    out = []
    for name, every in ELSEWHERE.items():
        rows = labels(data, name)[::every]
        findings = [_read(conditions, landmarks, data / name / row["image"]) for row in rows]
        out.append(
            _share_row(
                "share judged, not taken for unlike or too small",
                f"{name} ({len(rows)})",
                [f.status is Status.MEASURED for f in findings],
            )
        )
        for condition in WORDS:
            judged = [f for f in findings if f.number(condition) is not None]
            if judged and condition not in _labelled(name):
                out.append(
                    _share_row(
                        "share flagged",
                        f"{name}, {condition.replace('_', ' ')} ({len(judged)} judged)",
                        [condition in f.flags for f in judged],
                        "shipped detector; whether it is there is not labelled",
                    )
                )
        for condition, column, yes in _LABELLED.get(name, ()):
            out += _auc(condition, name, findings, [None if row[column] == "" else row[column] in yes for row in rows])
    return out


def _share_row(metric: str, data: str, yes: list[bool], note: str = "") -> Row:
    counted = np.array(yes, dtype=bool)
    return Row(metric, data, _share(counted), bootstrap(len(counted), lambda i: _share(counted[i])), note=note)


def _labelled(name: str) -> set[str]:
    """The conditions that the labels of another data set speak of."""
    return {condition for condition, *_ in _LABELLED.get(name, ())}


_LABELLED: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "hrf": (("glaucoma_suspect", "category", ("glaucoma",)), ("normal_fundus", "category", ("healthy",))),
    "drishti_gs1": (("glaucoma_suspect", "glaucoma", ("1",)),),
    "idrid_grading": (("normal_fundus", "grade", ("0",)),),
}
"""What the labels of other data sets say: condition, column, values that mean yes."""


def _read(conditions: Expert, landmarks: Expert, path: Path) -> Finding:
    photograph = Photograph.from_pixels(picture(path))
    return conditions.read(photograph, {"landmarks": landmarks.read(photograph)})


def _auc(condition: str, name: str, findings: list[Finding], present: list[bool | None]) -> list[Row]:
    given = [(y, f.number(condition)) for f, y in zip(findings, present, strict=True)]
    truth = np.array([y for y, p in given if y is not None and p is not None])
    p = np.array([p for y, p in given if y is not None and p is not None])
    if len(np.unique(truth)) < 2:
        return []
    interval = bootstrap(len(p), lambda i: roc_auc(truth[i], p[i]))
    data = f"{name}, {condition.replace('_', ' ')} ({int(truth.sum())} of {len(p)})"
    return [Row("AUC on another camera", data, roc_auc(truth, p), interval, note="shipped detector")]
