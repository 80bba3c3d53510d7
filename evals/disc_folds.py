"""The disc expert's recipe cross-validated on Drishti: what networks said of the fifth that they did not learn from.

The shipped network has learnt from all of Drishti by the same recipe.

`fundoscope eval disc --retrain FOLDER` trains the five and writes FOLDER/disc.csv, which is committed as PREDICTIONS and
rescored by `fundoscope eval disc`. Where the disc lies is told by the shipped landmarks expert, whose network has seen the
discs, not the cups, of four fifths of these photographs.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_card, load_expert
from ..experts.disc.expert import Disc
from ..experts.landmarks.samples import held_out_drishti
from ..experts.training.datasets import labels, plane
from ..records import Finding, Photograph
from ..records.card import WeightsFile
from ..records.files import write_whole
from ..settings import default_settings
from .table import Row, bootstrap

PREDICTIONS = Path(__file__).parent / "predictions" / "disc.csv"
"""image, fold, vertical_cdr (empty where not measured), disc_dice, cup_dice."""
WEIGHTS = "weights/disc.safetensors"
CDR_BAR = 0.08
UNMEASURED_CDR = 0.5
"""The error that a photograph counts with when its ratio was not measured."""
SMALL_CUP = 0.6
"""Ratios by the experts' mean under this are told apart: they are rare here."""


def write_predictions(data: Path, folders: Sequence[Path], out: Path) -> None:
    """Read each fold by the network in its folder."""
    landmarks = load_expert("landmarks")
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["image", "fold", "vertical_cdr", "disc_dice", "cup_dice"])
    for fold, folder in enumerate(folders):
        expert = _expert(folder)
        held = held_out_drishti(data, fold)
        for row in (row for row in labels(data, "drishti_gs1") if row["image"] in held):
            photograph = Photograph.from_file(data / "drishti_gs1" / row["image"])
            finding = expert.read(photograph, {"landmarks": landmarks.read(photograph)})
            truth, ratio = plane(data / "drishti_gs1" / row["od_oc"]), finding.number("vertical_cdr")
            discs = dice(cut(finding, "disc", truth.shape), truth > 0)
            cups = dice(cut(finding, "cup", truth.shape), truth == 2)
            writer.writerow([row["image"], fold, "" if ratio is None else ratio, f"{discs:.4f}", f"{cups:.4f}"])
    write_whole(out, written.getvalue().encode())


def out_of_fold(data: Path, predictions: Path = PREDICTIONS) -> list[Row]:
    """Error of the vertical cup-disc ratio against the experts' mean, and Dice of disc and cup, all out of fold."""
    with predictions.open(newline="", encoding="utf-8") as file:
        said = {row["image"]: row for row in csv.DictReader(file)}
    rows = labels(data, "drishti_gs1")
    ratios = np.array([expert_ratios(row) for row in rows])
    means, found = ratios.mean(axis=1), [said[row["image"]] for row in rows]
    errors = np.array([ratio_error(f["vertical_cdr"], mean) for f, mean in zip(found, means, strict=True)])
    signed = np.array([float(f["vertical_cdr"] or "nan") for f in found]) - means
    folds = np.array([int(f["fold"]) for f in found])
    guesses = np.array([means[folds != fold].mean() for fold in folds])
    name = f"Drishti, out of fold ({len(rows)})"
    sizes = [(f"under {SMALL_CUP}", means < SMALL_CUP), (f"from {SMALL_CUP}", means >= SMALL_CUP)]

    def error(metric: str, values: NDArray[np.float64], note: str = "for comparison") -> Row:
        return mean_row(metric, name, values, lower=True, note=note)

    return [
        mean_row("vertical cup-disc ratio, mean absolute error", name, errors, CDR_BAR, lower=True, note="retrained"),
        *(error(f"the same, ratio {size} ({one.sum()})", errors[one], "retrained") for size, one in sizes),
        *(
            mean_row(
                f"ratio {size}: read minus the experts' mean", name, signed[one & ~np.isnan(signed)], note="retrained"
            )
            for size, one in sizes
        ),
        error("one expert against the others, mean absolute difference", _between_experts(ratios)),
        error("always the other folds' mean, mean absolute error", np.abs(means - guesses)),
        *(
            mean_row(f"{what} Dice", name, np.array([float(f[f"{what}_dice"]) for f in found]), note="retrained")
            for what in ("disc", "cup")
        ),
    ]


def _between_experts(ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each expert (second axis) is from the mean of the others, a mean for each photograph."""
    others = (ratios.sum(axis=1, keepdims=True) - ratios) / (ratios.shape[1] - 1)
    return np.asarray(np.abs(ratios - others).mean(axis=1))


def expert_ratios(row: dict[str, str]) -> NDArray[np.float64]:
    """The four experts' ratios of a photograph of Drishti."""
    return np.array([float(value) for value in row["expert_cdr"].split()])


def ratio_error(said: float | str | None, mean: float) -> float:
    """How far a ratio is from the experts' mean."""
    return UNMEASURED_CDR if said in (None, "") else abs(float(said) - mean)


def cut(finding: Finding, name: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where a map of disc or cup is above the shipped threshold; nowhere when it was not drawn."""
    if name not in finding.array_names:
        return np.zeros(shape, dtype=bool)
    above: NDArray[np.bool_] = finding.array(name) >= load_card("disc").thresholds[name]
    return above


def dice(predicted: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Overlap of two masks, 0 to 1; 1 when both are empty."""
    total = int(predicted.sum()) + int(truth.sum())
    return 1.0 if total == 0 else 2 * float((predicted & truth).sum()) / total


def mean_row(
    metric: str,
    data: str,
    values: Sequence[float] | NDArray[np.float64],
    bar: float | None = None,
    *,
    lower: bool = False,
    note: str = "",
) -> Row:
    """A mean with its interval by photograph."""
    every = np.asarray(values)
    interval = bootstrap(len(every), lambda i: float(every[i].mean()))
    return Row(metric, data, float(every.mean()), interval, bar, lower_is_better=lower, note=note)


def _expert(folder: Path) -> Disc:
    """The shipped expert with the weights that a training left in a folder."""
    data = (folder / WEIGHTS).read_bytes()
    pinned = WeightsFile(file=WEIGHTS, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
    return Disc(load_card("disc").model_copy(update={"weights": [pinned]}), folder, default_settings())
