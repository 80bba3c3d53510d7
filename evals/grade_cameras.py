"""Cameras left out of training in turn: the predictions of networks that never saw them, scored against the labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts.grade.crossing import read_predictions, read_recipes
from ..experts.grade.split import Example, examples
from ..experts.training.metrics import quadratic_kappa, roc_auc
from . import grade_words
from .grade_readings import numbered, resampled
from .table import Row

PREDICTIONS = Path(__file__).parent / "predictions"
BAR = 0.87
NAMES = {"idrid_grading": "IDRiD", "odir5k_subset": "ODIR", "unam_dme_dr": "UNAM"}


def camera_rows(data: Path, folder: Path | None = None) -> list[Row]:
    """AUC, and kappa where grades are labelled, for each data set whose predictions are in `folder` (the committed ones)."""
    rows, folder = examples(data), folder or PREDICTIONS
    made = []
    for left, recipe in sorted(read_recipes(folder).items()):
        chosen, predicted = [r for r in rows if r.dataset == left], read_predictions(folder, left)
        p = np.stack([predicted[r.image] for r in chosen])
        made += _rows(chosen, p, left, recipe)
        if left == grade_words.DATASET:
            made += grade_words.word_rows(chosen, p, data, f"{NAMES[left]}, left out of training", "the same network")
    return made


def left_out() -> dict[str, tuple[str, list[str]]]:
    """By data set: how the network that never saw it was trained, in words, and the options of that training."""
    recipes = sorted(read_recipes(PREDICTIONS).items())
    return {left: (recipe, recipe.removeprefix("train ").split(" (")[0].split()) for left, recipe in recipes}


def _rows(chosen: list[Example], p: NDArray[np.float64], left: str, recipe: str) -> list[Row]:
    group = numbered([r.group for r in chosen])
    name = f"{NAMES[left]}, left out of training ({{}})"
    ill = np.array([min(r.allowed) >= 1 for r in chosen])
    made = [_auc("any-retinopathy AUC", name, ill, 1 - p[:, 0], group, recipe, BAR if left == "unam_dme_dr" else None)]
    graded = np.array([r.grade is not None for r in chosen])
    if left != "unam_dme_dr":
        grade = np.array([r.grade for r in chosen if r.grade is not None])
        p, group = p[graded], group[graded]
        made.insert(0, _auc("referable AUC", name, grade >= 2, p[:, 2:].sum(axis=1), group, recipe, BAR))
        value = np.rint(p @ np.arange(5)).astype(np.intp)
        interval = resampled(group, lambda i: quadratic_kappa(grade[i], value[i]))
        figure = quadratic_kappa(grade, value)
        made.append(Row("quadratic kappa", name.format(len(grade)), figure, interval, note="rounded expected grade"))
    return made


def _auc(metric: str, name: str, ill: NDArray, score: NDArray, group: NDArray, recipe: str, bar: float | None) -> Row:
    interval = resampled(group, lambda i: roc_auc(ill[i], score[i]))
    return Row(metric, name.format(len(ill)), roc_auc(ill, score), interval, bar, note=recipe)
