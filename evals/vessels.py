"""Vessels against DRIVE's observers and, by the model that saw no other camera than DRIVE's, against HRF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.training.datasets import labels, plane
from ..experts.vessels.expert import Vessels
from ..experts.vessels.samples import Labelled, fold_of, photographs
from ..experts.vessels.scores import auc, dice, histogram
from ..records import Photograph
from .table import Row, bootstrap

DICE_BAR, AUC_BAR = 0.828, 0.981
"""On DRIVE's official test photographs, against the first observer."""
ELSEWHERE_DICE_BAR, ELSEWHERE_AUC_BAR = 0.75, 0.965
"""On HRF, by a model that never saw it."""
FOLDS, HELD = 7, 0
"""The fold of HRF's photographs that the shipped model was not trained on."""


def evaluate(data: Path) -> list[Row]:
    """Dice (mean over photographs) and area under the ROC curve (pixels of all photographs) inside the field of view."""
    shipped = load_expert("vessels")
    narrow = Vessels(shipped.card, shipped.folder, shipped.settings, "weights/vessels_drive_only.safetensors")
    threshold, narrow_threshold = (shipped.card.thresholds[k] for k in ("vessel", "vessel_drive_only"))
    drive, hrf = photographs(data, "drive", "test"), photographs(data, "hrf")
    held = [one for rank, one in enumerate(hrf) if fold_of(rank, FOLDS) == HELD]
    return [
        *_rows(shipped, threshold, drive, "DRIVE test (20)", (DICE_BAR, AUC_BAR), "shipped model"),
        _second_observer(data, drive),
        *_rows(narrow, narrow_threshold, drive, "DRIVE test (20)", (None, None), "model of DRIVE alone"),
        *_rows(
            narrow, narrow_threshold, hrf, "HRF (45)", (ELSEWHERE_DICE_BAR, ELSEWHERE_AUC_BAR), "model of DRIVE alone"
        ),
        *_rows(
            shipped,
            threshold,
            held,
            f"HRF held-out fold ({len(held)})",
            (None, None),
            "shipped model; its threshold was chosen on these and three photographs of DRIVE",
        ),
    ]


def _rows(
    expert: Expert,
    threshold: float,
    test: Sequence[Labelled],
    name: str,
    bars: tuple[float | None, float | None],
    note: str,
) -> list[Row]:
    scores: list[float] = []
    counts: list[NDArray[np.int64]] = []
    for one in test:
        probability = expert.read(Photograph.from_pixels(one.pixels)).array("vessels")
        scores.append(dice(probability >= threshold, one.vessels, one.field))
        counts.append(histogram(probability, one.vessels, one.field))
    every, stack = np.asarray(scores), np.stack(counts)
    return [
        Row(
            "Dice",
            name,
            float(every.mean()),
            bootstrap(len(every), lambda i: float(every[i].mean())),
            bars[0],
            note=f"{note}, threshold {threshold:g}",
        ),
        Row(
            "AUC",
            name,
            auc(stack.sum(axis=0)),
            bootstrap(len(stack), lambda i: auc(stack[i].sum(axis=0))),
            bars[1],
            note=note,
        ),
    ]


def _second_observer(data: Path, test: Sequence[Labelled]) -> Row:
    seconds = {row["image"]: row["vessel_manual2"] for row in labels(data, "drive")}
    scores = np.asarray([dice(plane(data / "drive" / seconds[one.file]) > 0, one.vessels, one.field) for one in test])
    return Row(
        "Dice",
        "DRIVE test (20)",
        float(scores.mean()),
        bootstrap(len(scores), lambda i: float(scores[i].mean())),
        note="the second human observer",
    )
