"""Disc outlines against IDRiD's test masks; cup-disc ratios against the experts of Drishti's held-out photographs."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.landmarks.samples import held_out_drishti
from ..experts.training.datasets import labels, plane
from ..records import Finding, Photograph
from .disc_folds import CDR_BAR, cut, dice, expert_ratios, mean_row, out_of_fold, ratio_error
from .table import Row

DISC_DICE_BAR = 0.94


def evaluate(data: Path) -> list[Row]:
    """Dice at the photograph's own size; absolute error of the vertical cup-disc ratio against the experts' mean, of the shipped
    network on the fifth of Drishti it did not learn from, and of networks retrained for all five."""
    return [*_idrid_rows(data), *_drishti_rows(data), *out_of_fold(data)]


@lru_cache(maxsize=2)
def _expert(name: str) -> Expert:
    return load_expert(name)


def _read(file: Path) -> Finding:
    photograph = Photograph.from_file(file)
    return _expert("disc").read(photograph, {"landmarks": _expert("landmarks").read(photograph)})


def disc_mask(file: Path) -> NDArray[np.bool_]:
    """The disc expert's disc at the photograph's own size (height, width)."""
    finding, photograph = _read(file), Photograph.from_file(file)
    return cut(finding, "disc", (photograph.height, photograph.width))


def _idrid_rows(data: Path) -> list[Row]:
    scores = []
    for row in labels(data, "idrid_seg"):
        if row["split"] == "test" and row["OD"]:
            truth = plane(data / "idrid_seg" / row["OD"]) > 0
            scores.append(dice(cut(_read(data / "idrid_seg" / row["image"]), "disc", truth.shape), truth))
    return [mean_row("disc Dice", f"IDRiD test ({len(scores)})", scores, DISC_DICE_BAR)]


def _drishti_rows(data: Path) -> list[Row]:
    held = held_out_drishti(data)
    discs, cups, errors, spread, means = [], [], [], [], []
    for row in labels(data, "drishti_gs1"):
        if row["image"] not in held:
            continue
        finding = _read(data / "drishti_gs1" / row["image"])
        truth = plane(data / "drishti_gs1" / row["od_oc"])
        discs.append(dice(cut(finding, "disc", truth.shape), truth > 0))
        cups.append(dice(cut(finding, "cup", truth.shape), truth == 2))
        experts = expert_ratios(row)
        errors.append(ratio_error(finding.number("vertical_cdr"), float(experts.mean())))
        others = [abs(experts[i] - np.delete(experts, i).mean()) for i in range(len(experts))]
        spread.append(float(np.mean(others)))
        means.append(float(experts.mean()))
    name = f"Drishti held out ({len(errors)})"
    guess = float(np.mean(_training_means(data)))
    return [
        mean_row("vertical cup-disc ratio, mean absolute error", name, errors, CDR_BAR, lower=True),
        mean_row("the same, one expert against the others", name, spread, None, lower=True, note="for comparison"),
        mean_row(
            "the same, always the training mean",
            name,
            [abs(m - guess) for m in means],
            None,
            lower=True,
            note="for comparison",
        ),
        mean_row("disc Dice", name, discs, None),
        mean_row("cup Dice", name, cups, None),
    ]


def _training_means(data: Path) -> list[float]:
    held = held_out_drishti(data)
    rows = [row for row in labels(data, "drishti_gs1") if row["image"] not in held]
    return [float(expert_ratios(row).mean()) for row in rows]
