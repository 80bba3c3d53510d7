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
from .table import Row, bootstrap

DISC_DICE_BAR, CDR_BAR = 0.94, 0.08
UNMEASURED_CDR = 0.5
"""The error that a photograph counts with when its ratio was not measured."""


def evaluate(data: Path) -> list[Row]:
    """Dice at the photograph's own size; absolute error of the vertical cup-disc ratio against the experts' mean."""
    return [*_idrid_rows(data), *_drishti_rows(data)]


@lru_cache(maxsize=2)
def _expert(name: str) -> Expert:
    return load_expert(name)


def _read(file: Path) -> Finding:
    photograph = Photograph.from_file(file)
    return _expert("disc").read(photograph, {"landmarks": _expert("landmarks").read(photograph)})


def _map(finding: Finding, name: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    if name not in finding.array_names:
        return np.zeros(shape, dtype=bool)
    threshold = _expert("disc").card.thresholds[name]
    cut: NDArray[np.bool_] = finding.array(name) >= threshold
    return cut


def disc_mask(file: Path) -> NDArray[np.bool_]:
    """The disc expert's disc at the photograph's own size (height, width)."""
    finding, photograph = _read(file), Photograph.from_file(file)
    return _map(finding, "disc", (photograph.height, photograph.width))


def dice(predicted: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Overlap of two masks, 0 to 1; 1 when both are empty."""
    total = int(predicted.sum()) + int(truth.sum())
    return 1.0 if total == 0 else 2 * float((predicted & truth).sum()) / total


def _mean_row(
    metric: str, data: str, values: list[float], bar: float | None, *, lower: bool = False, note: str = ""
) -> Row:
    every = np.asarray(values)
    interval = bootstrap(len(every), lambda i: float(every[i].mean()))
    return Row(metric, data, float(every.mean()), interval, bar, lower_is_better=lower, note=note)


def _idrid_rows(data: Path) -> list[Row]:
    scores = []
    for row in labels(data, "idrid_seg"):
        if row["split"] == "test" and row["OD"]:
            truth = plane(data / "idrid_seg" / row["OD"]) > 0
            scores.append(dice(_map(_read(data / "idrid_seg" / row["image"]), "disc", truth.shape), truth))
    return [_mean_row("disc Dice", f"IDRiD test ({len(scores)})", scores, DISC_DICE_BAR)]


def _drishti_rows(data: Path) -> list[Row]:
    held = held_out_drishti(data)
    discs, cups, errors, spread, means = [], [], [], [], []
    for row in labels(data, "drishti_gs1"):
        if row["image"] not in held:
            continue
        finding = _read(data / "drishti_gs1" / row["image"])
        truth = plane(data / "drishti_gs1" / row["od_oc"])
        discs.append(dice(_map(finding, "disc", truth.shape), truth > 0))
        cups.append(dice(_map(finding, "cup", truth.shape), truth == 2))
        experts = np.array([float(v) for v in row["expert_cdr"].split()])
        ratio = finding.number("vertical_cdr")
        errors.append(UNMEASURED_CDR if ratio is None else abs(float(ratio) - float(experts.mean())))
        others = [abs(experts[i] - np.delete(experts, i).mean()) for i in range(len(experts))]
        spread.append(float(np.mean(others)))
        means.append(float(experts.mean()))
    name = f"Drishti held out ({len(errors)})"
    guess = float(np.mean(_training_means(data)))
    return [
        _mean_row("vertical cup-disc ratio, mean absolute error", name, errors, CDR_BAR, lower=True),
        _mean_row("the same, one expert against the others", name, spread, None, lower=True, note="for comparison"),
        _mean_row(
            "the same, always the training mean",
            name,
            [abs(m - guess) for m in means],
            None,
            lower=True,
            note="for comparison",
        ),
        _mean_row("disc Dice", name, discs, None),
        _mean_row("cup Dice", name, cups, None),
    ]


def _training_means(data: Path) -> list[float]:
    held = held_out_drishti(data)
    rows = [row for row in labels(data, "drishti_gs1") if row["image"] not in held]
    return [float(np.mean([float(v) for v in row["expert_cdr"].split()])) for row in rows]
