"""What the lesions expert marks on photographs of other cameras and sizes, of which only the retinopathy's grade is known.

All are of the grader's hold-out, which the segmenter did not learn from either. Counted are the maps' lesions at the
operating point, also where a report counts none because the field of view is too small.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_card
from ..experts.grade.split import Example, examples
from ..experts.lesions.blank import SHARE, counted, without_retinopathy
from ..experts.lesions.free import drusen_alone
from ..experts.lesions.measure import blanks_of
from ..experts.lesions.network import KINDS
from ..experts.training.datasets import labels
from ..experts.training.metrics import roc_auc
from .grade_readings import numbered, resampled
from .table import Row

EVERY = {"idrid_grading": 1, "odir5k_subset": 2, "unam_dme_dr": 2}
"""Of the hold-out's photographs without retinopathy every so many-th is read."""
FREE = {"idrid_grading": "grade 0", "odir5k_subset": "normal fundus", "unam_dme_dr": "no retinopathy"}
MODERATE_EVERY = 4
ODIR = "odir5k_subset"


def elsewhere_rows(data: Path) -> list[Row]:
    """False lesions on eyes without retinopathy by data set, and whether eyes with moderate retinopathy stand out."""
    without, blanks = without_retinopathy(data, "holdout"), blanks_of(load_card("lesions").thresholds)
    made: list[Row] = []
    for name, words in FREE.items():
        free = [e for e in without if e.dataset == name][:: EVERY[name]]
        fields, counts = counted(data, free)
        told = f"{_SHORT[name]} hold-out, {words} ({len(free)}), field of view of {np.median(fields):.0f} px"
        made += [_false_row(kind, counts[:, k], free, told) for k, kind in enumerate(KINDS)]
        made += [_blank_row(kind, counts[:, k] <= blanks[kind], free, told) for k, kind in enumerate(KINDS)]
        if name == ODIR:
            made += _drusen_rows(data)
            held = [e for e in examples(data) if e.part == "holdout" and e.dataset == ODIR]
            graded = [e for e in held if e.grade == 2][::MODERATE_EVERY]
            made += _apart(counted(data, graded)[1], counts, [*graded, *free])
    return made


def _drusen_rows(data: Path) -> list[Row]:
    """What is taken for lesions in eyes whose only finding is drusen."""
    alone = {row["image"] for row in labels(data, ODIR) if drusen_alone(row)}
    rows = [e for e in examples(data) if e.part == "holdout" and e.dataset == ODIR and e.image in alone]
    counts = counted(data, rows)[1]
    told = f"ODIR hold-out, dry macular degeneration ({len(rows)})"
    return [_false_row(kind, counts[:, k], rows, told) for k, kind in enumerate(KINDS)]


_SHORT = {"idrid_grading": "IDRiD", ODIR: "ODIR", "unam_dme_dr": "UNAM"}


def _false_row(kind: str, counts: NDArray[np.float64], rows: list[Example], told: str) -> Row:
    def mean(chosen: NDArray[np.intp]) -> float:
        return float(counts[chosen].mean())

    interval = resampled(numbered([r.group for r in rows]), mean)
    metric = f"false lesions a photograph without retinopathy {kind}"
    return Row(metric, told, float(counts.mean()), interval, lower_is_better=True)


def _blank_row(kind: str, within: NDArray[np.bool_], rows: list[Example], told: str) -> Row:
    interval = resampled(numbered([r.group for r in rows]), lambda i: float(within[i].mean()))
    metric = f"counts no higher than the card's blank without retinopathy {kind}"
    return Row(metric, told, float(within.mean()), interval, note=f"aim {SHARE:g}")


def _apart(ill: NDArray[np.float64], free: NDArray[np.float64], rows: list[Example]) -> list[Row]:
    """How well the counts alone tell moderate retinopathy from normal fundi."""
    is_ill, group = np.arange(len(rows)) < len(ill), numbered([r.group for r in rows])
    counts = np.concatenate([ill, free])
    red = counts[:, KINDS.index("MA")] + counts[:, KINDS.index("HE")]

    def row(what: str, score: NDArray[np.float64]) -> Row:
        def auc(i: NDArray[np.intp]) -> float:
            return roc_auc(is_ill[i], score[i])

        name = f"ODIR hold-out ({len(ill)} and {len(free)})"
        return Row(
            f"AUC of the count of {what}, moderate retinopathy against normal fundus",
            name,
            roc_auc(is_ill, score),
            resampled(group, auc),
        )

    return [row("haemorrhages", counts[:, KINDS.index("HE")]), row("microaneurysms and haemorrhages", red)]
