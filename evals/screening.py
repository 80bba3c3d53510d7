"""How much of a reading is left to a person: whole reports of the grader's hold-out, one photograph each.

A report is complete where nothing in it contradicts and nothing is in doubt; it names an interval where it says by when to
look again, without "at the latest". Photographs whose lesions the segmenter learnt from are left out. What a person is not asked about must not be missed: referable eyes whose complete report
has a grade below 2.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..agents.evidence_rules import REFERABLE_GRADE
from ..experts.camera_spots import store_spots
from ..experts.grade.split import Example, examples
from ..experts.training.datasets import labels
from ..records import Report
from ..records.report import ReportStatus
from ..sdk import Fundoscope
from .camera_spots import spots_of
from .grade_readings import Parallel, numbered, resampled
from .spots import IDRID, idrid_camera
from .table import Row

EVERY = {"idrid_grading": 1, "odir5k_subset": 4, "unam_dme_dr": 2}
"""Of the hold-out's photographs every so many-th is read."""
NAMES = {"idrid_grading": "IDRiD hold-out", "odir5k_subset": "ODIR hold-out", "unam_dme_dr": "UNAM hold-out"}


@dataclass(frozen=True)
class Read(Parallel):
    """Of n reports: complete, naming an interval, contradicting themselves, with a grade of 2 or more; and the patient."""

    complete: NDArray[np.bool_]
    interval: NDArray[np.bool_]
    contradicted: NDArray[np.bool_]
    referable: NDArray[np.bool_]
    group: NDArray[np.intp]


def evaluate(data: Path) -> list[Row]:
    """Eyes below grade 2 and eyes of grade 2 and above by data set; coarse labels where all they leave open is on one side."""
    made: list[Row] = []
    with tempfile.TemporaryDirectory() as home:
        scope = Fundoscope(home=Path(home), planner="protocol")
        for dataset, name in NAMES.items():
            made += _set_rows(scope, data, dataset, name)
    return [*made, *with_spots_rows(data)]


def with_spots_rows(data: Path) -> list[Row]:
    """IDRiD again, its camera's dust known (`evals.spots`)."""
    with tempfile.TemporaryDirectory() as home:
        for found in spots_of(idrid_camera(data)):
            store_spots(found.spots, Path(home))
        scope = Fundoscope(home=Path(home), planner="protocol")
        return _set_rows(scope, data, IDRID, f"{NAMES[IDRID]} with its camera's dust known")


def _set_rows(scope: Fundoscope, data: Path, dataset: str, name: str) -> list[Row]:
    learnt = {row["image"] for row in labels(data, dataset) if row.get("seg_split") == "train"}
    held = [e for e in examples(data) if e.part == "holdout" and e.dataset == dataset and e.image not in learnt]
    below = [e for e in held if max(e.allowed) < REFERABLE_GRADE][:: EVERY[dataset]]
    above = [e for e in held if min(e.allowed) >= REFERABLE_GRADE][:: EVERY[dataset]]
    return [
        *rows_of(_read(scope, data, below), f"{name}, grade 0 or 1 ({len(below)})", referable=False),
        *rows_of(_read(scope, data, above), f"{name}, grade 2 or more ({len(above)})", referable=True),
    ]


def _read(scope: Fundoscope, data: Path, rows: list[Example]) -> Read:
    reports: list[Report] = [scope.read(data / row.dataset / row.image) for row in rows]
    recommended = [report.recommendation for report in reports]
    grades = [[eye.grade.value for eye in report.eyes.values()] for report in reports]
    return Read(
        complete=np.array([report.status is ReportStatus.COMPLETE for report in reports]),
        interval=np.array([r.interval is not None and not r.at_least for r in recommended]),
        contradicted=np.array([bool(report.disagreements) for report in reports]),
        referable=np.array([any(g is not None and g >= REFERABLE_GRADE for g in own) for own in grades]),
        group=numbered([row.group for row in rows]),
    )


def rows_of(r: Read, name: str, referable: bool) -> list[Row]:
    """Shares of the reports with intervals by patient; `referable` says which side of grade 2 all the eyes are on."""
    figures: dict[str, Callable[[Read], float]] = {
        "reports that ask for no person": lambda q: float(q.complete.mean()),
        "reports that name an interval": lambda q: float(q.interval.mean()),
        "reports with contradictions": lambda q: float(q.contradicted.mean()),
    }
    if referable:
        figures["grade below 2, and no person asked"] = lambda q: float((q.complete & ~q.referable).mean())
    else:
        figures["grade 2 or more, and no person asked"] = lambda q: float((q.complete & q.referable).mean())
    return [
        Row(metric, name, figure(r), resampled(r.group, lambda i, figure=figure: figure(r.where(i))))  # type: ignore[misc]
        for metric, figure in figures.items()
    ]
