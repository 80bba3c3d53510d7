"""The experts on a site's own labelled photographs: the tables of `fundoscope eval`, without bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import BadSetting
from ..experts import load_expert
from ..experts.registry import shipped_card
from ..experts.site import stored
from ..experts.training.metrics import roc_auc
from ..records import Finding, Photograph, Status
from ..settings import Settings, default_settings
from .grade_readings import Readings, any_auc, expected_error, kappa, referable_auc, resampled, row, score
from .own_labels import (
    TASKS,
    Labelled,
    numbered_patients,
    read_labels,
    read_photographs,
    read_rows,
    with_problems,
)
from .site_measures import MEASURES, Cells, Figure, Values
from .table import Row

T = TypeVar("T")
LEAST_RESAMPLED = 10
"""Patients, and of a figure that holds two classes against each other patients of each, without which no interval is given."""
LEAST_ALIKE = 30
"""Patients without which no interval is given that is a single value. Resampling knows nothing of what it has not seen: where all
are read rightly its interval is 1 to 1, and below 30 that comes about more than once in twenty at a true share of 0.9 (0.9^29 is 0.047)."""
TOO_FEW = "too few for an interval"


def evaluate_own(
    task: str, file: Path, settings: Settings | None = None, on_row: Callable[[], None] = lambda: None
) -> tuple[list[Row], list[str]]:
    """The rows of a task on own labels, with 95 % intervals that resample patients, and one line for each bad row.

    A row without an interval stands on too few patients for one (LEAST_RESAMPLED, LEAST_ALIKE). Raises UnusableLabels, which has
    the lines too, when no photograph can be used; BadSetting for a file or task that cannot be.
    """
    settings = settings or default_settings()
    if task in MEASURES:
        return _measured(task, file, settings, on_row)
    if task not in TASKS:
        raise BadSetting(f"own labels are taken for {', '.join((*TASKS, *MEASURES))}, not for {task!r}")
    labels = read_labels(file, task)
    expert = load_expert(task, settings)

    def read(photograph: Photograph, _label: int) -> Finding | str:
        finding = expert.read(photograph)
        return finding if finding.status is Status.MEASURED else f"not assessed: {finding.reason}"

    with with_problems(labels.problems):
        done = _some(read_photographs(labels, read, on_row), file)
    own = stored(settings.home, task)
    if own is not None and own.labels_sha256 == labels.sha256 and expert.card.version != shipped_card(task).version:
        labels.problems.append("the expert was calibrated on these very labels: the figures flatter it")
    table = _quality_rows(done) if task == "quality" else _grade_rows(done)
    return table, labels.problems


def _measured(task: str, file: Path, settings: Settings, on_row: Callable[[], None]) -> tuple[list[Row], list[str]]:
    """The rows of an expert that is held against masks, positions, sides or signs."""
    measure, expert = MEASURES[task], load_expert(task, settings)
    others = [load_expert(name, settings) for name in expert.needs]

    def read(photograph: Photograph, label: Cells) -> Values | str:
        given = {other.name: other.read(photograph) for other in others}
        finding = expert.read(photograph, given)
        if finding.status is not Status.MEASURED and not measure.misses:
            return f"not assessed: {finding.reason}"
        try:
            return measure.values(finding, photograph, label, file.parent)
        except BadSetting as error:
            return str(error)

    labels = read_rows(file, measure.columns, lambda cells: cells)
    with with_problems(labels.problems):
        done = _some(read_photographs(labels, read, on_row), file)
    group = np.array(numbered_patients(row for row, _ in done))
    rows = []
    for metric in dict.fromkeys(metric for _, values in done for metric in values):
        at = [n for n, (_, values) in enumerate(done) if metric in values]
        values = np.stack([done[n][1][metric] for n in at])
        row = _pooled(metric, values, group[at], measure.figure(metric), measure.classes(values))
        if np.isnan(row.figure):
            labels.problems.append(f"{metric} needs photographs with and without it")
        else:
            rows.append(row)
    return rows, labels.problems


def _pooled(
    metric: str,
    values: NDArray[np.float64],
    group: NDArray[np.intp],
    figure: Figure,
    classes: NDArray[np.bool_] | None,
) -> Row:
    interval = resampled(group, lambda chosen: figure(values[chosen]))
    return _held(Row(metric, f"own labels ({len(values)})", figure(values), interval), group, classes)


def _held(made: Row, group: NDArray[np.intp], classes: NDArray[np.bool_] | None = None) -> Row:
    """A row, without its interval where its patients are too few for one.

    `group` (n,) numbers the patients of its photographs; `classes` (n,) says which of these are of the one class where the figure
    holds two against each other.
    """
    parts = [group] if classes is None else [group[classes], group[~classes]]
    patients = min(len(np.unique(part)) for part in parts)
    single = made.interval is not None and made.interval[0] == made.interval[1]
    return replace(made, interval=None) if patients < (LEAST_ALIKE if single else LEAST_RESAMPLED) else made


def _some(done: list[T], file: Path) -> list[T]:
    if not done:
        raise BadSetting(f"{file.name}: no photograph of it can be used")
    return done


def _quality_rows(done: list[tuple[Labelled[int], Finding]]) -> list[Row]:
    good = np.array([r.label == 1 for r, _ in done])
    marks = np.array([f.number("quality_score") for _, f in done], dtype=np.float64)
    called = np.array([f.label == "gradable" for _, f in done])
    other = np.array([f.label == "not_a_fundus_photograph" for _, f in done])
    group = np.array(numbered_patients(r for r, _ in done))
    told = f"own labels ({int(good.sum())} gradable, {int((~good).sum())} not)"

    def figure(
        metric: str,
        of: NDArray[np.bool_],
        statistic: Callable[[NDArray[np.intp]], float],
        classes: NDArray[np.bool_] | None = None,
    ) -> list[Row]:
        at = np.flatnonzero(of)
        if at.size == 0:
            return []
        interval = resampled(group[at], lambda chosen: statistic(at[chosen]))
        return [_held(Row(metric, told, statistic(at), interval), group[at], classes)]

    rows = []
    if good.any() and not good.all():
        rows += figure("AUC gradable against not", good | ~good, lambda i: roc_auc(good[i], marks[i]), good)
    rows += figure("gradable photographs refused", good, lambda i: float((~called[i]).mean()))
    rows += figure("ungradable photographs refused", ~good, lambda i: float((~called[i]).mean()))
    rows += figure("taken for something else than a fundus", good | ~good, lambda i: float(other[i].mean()))
    return rows


def _grade_rows(done: list[tuple[Labelled[int], Finding]]) -> list[Row]:
    r = readings(done)
    referable, any_grade = r.low >= 2, r.low >= 1
    name = f"own labels ({len(done)}, {int(referable.sum())} referable)"

    def held(
        metric: str,
        statistic: Callable[[Readings], float],
        *,
        of: Readings = r,
        classes: NDArray[np.bool_] | None = None,
        note: str = "",
        lower: bool = False,
    ) -> Row:
        return _held(row(metric, name, of, statistic, note=note, lower=lower), of.group, classes)

    rows = [held("quadratic kappa", kappa)] if len(set(r.low.tolist())) > 1 else []
    if referable.any() and not referable.all():
        sick, sound = r.where(referable), r.where(~referable)
        rows += [
            held("referable AUC", referable_auc, classes=referable),
            held("referable sensitivity", lambda q: float((score(q) >= 0.5).mean()), of=sick, note="at 0.5"),
            held("referable specificity", lambda q: float((score(q) < 0.5).mean()), of=sound, note="at 0.5"),
        ]
    if any_grade.any() and not any_grade.all():
        rows.append(held("any-retinopathy AUC", any_auc, classes=any_grade))
    return [
        *rows,
        held("exact grade", lambda q: float((q.low == q.value).mean())),
        held("expected calibration error", expected_error, note="10 bins of equal count", lower=True),
        held("conformal coverage", lambda q: float(q.covered.mean()), note="aim 0.90"),
        held("conformal set size", lambda q: float(q.set_size.mean()), note="grades"),
        held("out-of-distribution flags", lambda q: float(q.novel.mean())),
    ]


def readings(done: list[tuple[Labelled[int], Finding]]) -> Readings:
    """Graded photographs with their labels."""
    truth = np.array([r.label for r, _ in done])
    sets = [f.conformal_set or [] for _, f in done]
    return Readings(
        low=truth,
        high=truth,
        value=np.array([f.value for _, f in done]),
        probabilities=np.array([f.probabilities for _, f in done], dtype=np.float64),
        covered=np.array([int(g) in s for g, s in zip(truth, sets, strict=True)]),
        set_size=np.array([len(s) for s in sets]),
        novel=np.array(["out_of_distribution" in f.flags for _, f in done]),
        group=np.array(numbered_patients(r for r, _ in done)),
    )
