"""The grader on photographs held out by patient or duplicate group, and on cameras it never saw."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..experts import load_expert
from ..experts.grade.split import SPLIT_FILE, Example, read_split
from ..experts.training.datasets import labels
from .grade_cameras import camera_rows
from .grade_conformal import redrawn_row
from .grade_readings import Reader, Readings, any_auc, expected_error, joined, kappa, read, referable_auc, row, score
from .grade_signs import heatmap_rows, oedema_rows
from .grade_subgroups import subgroup_rows
from .grade_words import DATASET, word_rows
from .table import Row

KAPPA_BAR, REFERABLE_BAR, CALIBRATION_BAR = 0.75, 0.93, 0.05
NAMES = {"idrid_grading": "IDRiD hold-out", "odir5k_subset": "ODIR hold-out", "unam_dme_dr": "UNAM hold-out"}
BOTH = "IDRiD and ODIR hold-out"


def evaluate(data: Path) -> list[Row]:
    """The shipped model on its hold-out, its conformal sets over other draws, by subgroup and words, and on HRF, cameras left out of training, macular oedema, and the heatmap."""
    reader = Reader(load_expert("grade"), data)
    return [
        *held_rows(held_out(reader)),
        redrawn_row(),
        *subgroup_rows(reader, data),
        *_by_words(reader, data),
        *hrf_rows(read(reader, _hrf(data))),
        *camera_rows(data),
        *oedema_rows(reader),
        *heatmap_rows(reader.expert, data),
    ]


def held_out(reader: Reader) -> dict[str, Readings]:
    """Readings of the hold-out by data set."""
    held = [r for r in read_split(reader.expert.folder / SPLIT_FILE) if r.part == "holdout"]
    return {name: read(reader, [r for r in held if r.dataset == name]) for name in NAMES}


def graded_pool(by_set: Mapping[str, Readings]) -> Readings:
    """The hold-out photographs of IDRiD and ODIR whose label names one grade."""
    odir = by_set["odir5k_subset"]
    return joined(by_set["idrid_grading"], odir.where(odir.graded))


def held_rows(by_set: Mapping[str, Readings]) -> list[Row]:
    """Kappa, referable AUC, calibration, conformal sets; intervals resample patients."""
    idrid, odir, unam = (by_set[name] for name in NAMES)
    both = graded_pool(by_set)
    return [
        *_graded_rows(idrid, NAMES["idrid_grading"], KAPPA_BAR, REFERABLE_BAR),
        *_graded_rows(odir.where(odir.graded), NAMES["odir5k_subset"], None, None),
        row("expected calibration error", BOTH, both, expected_error, CALIBRATION_BAR, "10 bins of equal count", True),
        row("conformal coverage", BOTH, both, lambda r: float(r.covered.mean()), note="aim 0.90"),
        row("conformal set size", BOTH, both, lambda r: float(r.set_size.mean()), note="grades"),
        row("out-of-distribution flags", BOTH, both, lambda r: float(r.novel.mean())),
        row("any-retinopathy AUC", NAMES["odir5k_subset"], odir, any_auc),
        row("any-retinopathy AUC", NAMES["unam_dme_dr"], unam, any_auc, note="camera seen in training"),
    ]


def _by_words(reader: Reader, data: Path) -> list[Row]:
    split = read_split(reader.expert.folder / SPLIT_FILE)
    held = [r for r in split if r.part == "holdout" and r.dataset == DATASET]
    return word_rows(held, read(reader, held).probabilities, data, NAMES[DATASET])


def hrf_rows(hrf: Readings) -> list[Row]:
    """HRF, whose camera the shipped model never saw."""
    sound = hrf.where(hrf.high == 0)
    return [
        row("any-retinopathy AUC", "HRF (45)", hrf, any_auc, note="camera never seen"),
        row("healthy or glaucoma graded 0", "HRF (30)", sound, lambda r: float((r.value == 0).mean())),
        row("healthy or glaucoma called referable", "HRF (30)", sound, lambda r: float((score(r) >= 0.5).mean())),
    ]


def _graded_rows(r: Readings, name: str, kappa_bar: float | None, referable_bar: float | None) -> list[Row]:
    named = f"{name} ({len(r.value)})"
    return [
        row("quadratic kappa", named, r, kappa, kappa_bar),
        row("referable AUC", named, r, referable_auc, referable_bar),
        row("referable sensitivity", named, r, lambda q: float((score(q)[q.low >= 2] >= 0.5).mean()), note="at 0.5"),
        row("referable specificity", named, r, lambda q: float((score(q)[q.low < 2] < 0.5).mean()), note="at 0.5"),
        row("exact grade", named, r, lambda q: float((q.low == q.value).mean())),
        row("expected calibration error", named, r, expected_error, note="10 bins of equal count", lower=True),
    ]


def _hrf(data: Path) -> list[Example]:
    """HRF, which no part of the grader learnt from: its diabetic eyes have retinopathy of some grade, the others none."""
    diabetic = (1, 2, 3, 4)
    return [
        Example("hrf", r["image"], r["image"], diabetic if r["category"] == "diabetic_retinopathy" else (0,))
        for r in labels(data, "hrf")
    ]
