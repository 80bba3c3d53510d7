"""Fitting the quality threshold and the grade's temperature to a site's own photographs."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from ..errors import BadSetting
from ..experts import load_expert
from ..experts.grade.calibration import conformal_quantile, conformal_set, probabilities
from ..experts.grade.expert import Grade
from ..experts.grade.preprocess import SMALLEST_FIELD
from ..experts.quality.expert import NO_FUNDUS, Quality
from ..experts.site import SiteCalibration
from ..experts.training.metrics import calibration_error
from ..records import Photograph
from ..settings import Settings, default_settings
from .grade_readings import resampled
from .own_labels import Labelled, OwnLabels, numbered_patients, read_labels, read_photographs, with_problems

REFUSED_AT_MOST = 0.02
"""The share of gradable photographs that a fitted threshold refuses."""
NEEDED = {
    "gradable": 50,
    "not gradable": 20,
    "graded": 100,
    "referable": 20,
    "not referable": 20,
    "of different patients": 30,
}
"""Photographs and patients without which nothing is fitted: no quality threshold, whose refusals could not be told from none,
by the first two, no temperature by the others."""
FOLDS = 5
TEMPERATURES = (0.2, 5.0)
Fitted = tuple[dict[str, float], dict[str, float], dict[str, tuple[float, float]], dict[str, tuple[float, float]]]
"""Fitted thresholds, shipped ones, intervals, and out-of-fold figures with the shipped and with the fitted ones."""


def calibrate_own(
    task: str, file: Path, settings: Settings | None = None, on_row: Callable[[], None] = lambda: None
) -> tuple[SiteCalibration, list[str]]:
    """Fit a task's thresholds to own labels; nothing is stored. Also one line for each bad row.

    Raises UnusableLabels, which has these lines too, when there is too little to fit to or when the fit is no better than what
    is shipped; BadSetting for a file or task that cannot be used.
    """
    settings = (settings or default_settings()).model_copy(update={"site_calibration": False})
    labels = read_labels(file, task)
    expert = load_expert(task, settings)
    with with_problems(labels.problems):
        if isinstance(expert, Quality):
            classes, patients, fitted = _quality(expert, labels, on_row)
        elif isinstance(expert, Grade):
            classes, patients, fitted = _grade(expert, labels, on_row)
        else:
            raise BadSetting(f"nothing of {task} is fitted to a site")
    values, shipped, intervals, figures = fitted
    calibration = SiteCalibration(
        expert=task,
        weights_sha256=expert.card.weights_sha256,
        date=datetime.date.today(),
        photographs=sum(classes.values()),
        patients=patients,
        classes=classes,
        labels_sha256=labels.sha256,
        fitted=values,
        shipped=shipped,
        intervals=intervals,
        figures=figures,
    )
    return calibration, labels.problems


def _quality(expert: Quality, labels: OwnLabels[int], on_row: Callable[[], None]) -> tuple[dict[str, int], int, Fitted]:
    def read(photograph: Photograph, _label: int) -> float | str:
        scores, _ = expert.scores(photograph)
        return (
            "it is taken for something else than a fundus" if expert.label(scores) == NO_FUNDUS else scores["gradable"]
        )

    _enough("quality", _judged(labels.rows))
    done = read_photographs(labels, read, on_row)
    good = np.array([row.label == 1 for row, _ in done], dtype=bool)
    scores = np.array([score for _, score in done], dtype=np.float64)
    group = np.array(numbered_patients(row for row, _ in done), dtype=np.intp)
    classes = _judged([row for row, _ in done])
    _enough("quality", classes)
    _enough_patients("quality", "gradable photographs", group[good])
    shipped = expert.card.thresholds["gradable"]
    fitted = threshold(scores[good])
    out_of_fold = np.zeros(len(scores))
    for fold in range(FOLDS):
        held = group % FOLDS == fold
        out_of_fold[held] = threshold(scores[good & ~held])
    figures = {
        "gradable photographs refused": (
            float((scores[good] < shipped).mean()),
            float((scores < out_of_fold)[good].mean()),
        ),
        "ungradable photographs refused": (
            float((scores[~good] < shipped).mean()),
            float((scores < out_of_fold)[~good].mean()),
        ),
    }
    told = [right(*(share[which] for share in figures.values())) for which in range(2)]
    caught = figures["ungradable photographs refused"]
    if caught[1] < caught[0] and told[1] < told[0]:
        raise BadSetting(
            f"quality: the shipped threshold tells these photographs apart better (balanced accuracy {told[0]:.2f}, fitted, out "
            f"of fold, {told[1]:.2f}); nothing was stored"
        )
    at = np.flatnonzero(good)
    interval = resampled(group[at], lambda chosen: threshold(scores[at[chosen]]))
    return (
        classes,
        len(set(group.tolist())),
        ({"gradable": fitted}, {"gradable": shipped}, {"gradable": interval}, figures),
    )


def right(refused: float, caught: float) -> float:
    """Balanced accuracy of a threshold, from the shares of gradable and of ungradable photographs that it refuses."""
    return (1 - refused + caught) / 2


def threshold(good: NDArray[np.float64]) -> float:
    """The largest threshold that refuses at most REFUSED_AT_MOST of these scores of gradable photographs."""
    ranked = np.sort(good)
    return float(min(max(ranked[int(REFUSED_AT_MOST * len(ranked))], 1e-6), 1.0))


def _grade(expert: Grade, labels: OwnLabels[int], on_row: Callable[[], None]) -> tuple[dict[str, int], int, Fitted]:
    def read(photograph: Photograph, _label: int) -> NDArray[np.float64] | str:
        why_not = photograph.field_of_view.why_unreadable(SMALLEST_FIELD)
        if why_not is not None:
            return f"not assessed: {why_not}"
        return expert.logits(photograph).logits

    _enough("grade", _graded(labels.rows))
    done = read_photographs(labels, read, on_row)
    have = _graded([row for row, _ in done])
    _enough("grade", have)
    grades = np.array([row.label for row, _ in done], dtype=np.intp)
    group = np.array(numbered_patients(row for row, _ in done), dtype=np.intp)
    _enough_patients("grade", "photographs", group)
    logits, offsets = np.stack([values for _, values in done]), expert.offsets
    shipped = {
        "temperature": expert.temperature,
        "conformal_quantile": expert.card.thresholds.get("conformal_quantile", 1.0),
    }
    fitted = temperature(logits, grades, offsets)
    p = np.zeros_like(logits)
    for fold in range(FOLDS):
        held = group % FOLDS == fold
        p[held] = probabilities(logits[held], temperature(logits[~held], grades[~held], offsets), offsets)
    before = probabilities(logits, expert.temperature, offsets)
    quantile = conformal_quantile(p, grades)
    loss = (log_loss(before, grades), log_loss(p, grades))
    if loss[1] >= loss[0]:
        raise BadSetting(
            f"grade: the shipped temperature is as good on these photographs (log loss {loss[0]:.3f}, "
            f"out of fold {loss[1]:.3f}); nothing was stored"
        )
    figures = {
        "log loss": loss,
        "expected calibration error": (calibration_error(grades, before), calibration_error(grades, p)),
        "conformal coverage": (
            _coverage(before, grades, shipped["conformal_quantile"]),
            _coverage_out_of_fold(p, grades, group),
        ),
    }
    intervals = {
        "temperature": resampled(group, lambda i: temperature(logits[i], grades[i], offsets)),
        "conformal_quantile": resampled(group, lambda i: conformal_quantile(p[i], grades[i])),
    }
    classes = {f"grade {grade}": int((grades == grade).sum()) for grade in range(logits.shape[1])}
    fit = ({"temperature": fitted, "conformal_quantile": quantile}, shipped, intervals, figures)
    return classes, have["of different patients"], fit


def temperature(logits: NDArray[np.float64], grades: NDArray[np.intp], offsets: NDArray[np.float64]) -> float:
    """The temperature with the least log loss on (n, 5) logits, the shipped offsets kept (guo2017_calibration)."""
    low, high = np.log(TEMPERATURES)
    found = minimize_scalar(
        lambda v: log_loss(probabilities(logits, float(np.exp(v)), offsets), grades),
        bounds=(low, high),
        method="bounded",
    )
    return float(np.exp(found.x))


def log_loss(p: NDArray[np.float64], grades: NDArray[np.intp]) -> float:
    """Mean negative log-likelihood of the grades under (n, 5) probabilities."""
    return float(-np.log(np.maximum(p[np.arange(len(grades)), grades], 1e-12)).mean())


def _coverage(p: NDArray[np.float64], grades: NDArray[np.intp], quantile: float) -> float:
    return float(np.mean([int(g) in conformal_set(row, quantile) for row, g in zip(p, grades, strict=True)]))


def _coverage_out_of_fold(p: NDArray[np.float64], grades: NDArray[np.intp], group: NDArray[np.intp]) -> float:
    hits = np.zeros(len(grades))
    for fold in range(FOLDS):
        held = group % FOLDS == fold
        quantile = conformal_quantile(p[~held], grades[~held])
        hits[held] = [int(g) in conformal_set(row, quantile) for row, g in zip(p[held], grades[held], strict=True)]
    return float(hits.mean())


def _judged(rows: Sequence[Labelled[int]]) -> dict[str, int]:
    good = sum(row.label == 1 for row in rows)
    return {"gradable": good, "not gradable": len(rows) - good}


def _graded(rows: Sequence[Labelled[int]]) -> dict[str, int]:
    referable = sum(row.label >= 2 for row in rows)
    return {
        "graded": len(rows),
        "referable": referable,
        "not referable": len(rows) - referable,
        "of different patients": len({row.patient for row in rows}),
    }


def _enough_patients(task: str, what: str, group: NDArray[np.intp]) -> None:
    """Raises BadSetting where all photographs that are fitted to fall into one fold: nothing would be left to fit the rest by."""
    if len(set((group % FOLDS).tolist())) < 2:
        count = len(set(group.tolist()))
        whose = f"{count} patient{'' if count == 1 else 's'}"
        raise BadSetting(
            f"{task}: too few patients to calibrate with: all {what} are of {whose}, and more are needed; nothing was stored"
        )


def _enough(task: str, have: dict[str, int]) -> None:
    """Asked of the labels before any photograph is read, and of what could be read. Raises BadSetting."""
    short = [f"{count} {name} of at least {NEEDED[name]}" for name, count in have.items() if count < NEEDED[name]]
    if short:
        raise BadSetting(f"{task}: too few photographs to calibrate with: {', '.join(short)}; nothing was stored")
