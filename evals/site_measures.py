"""Experts that find, outline or measure, on a site's own labels: masks, positions, sides and signs.

| task | columns of the CSV |
|---|---|
| vessels | `vessels`: a mask's file |
| lesions | `MA`, `HE`, `EX`, `SE`: a mask's file each; all black where there is none |
| disc | `disc`, `cup`: a mask's file each; `vertical_cdr`: a number |
| landmarks | `eye`: right or left (R, L, OD, OS); `disc_x`, `disc_y`, `fovea_x`, `fovea_y`: pixels of the photograph |
| conditions | `glaucoma_suspect`, `cataract_or_haze`, `age_related_macular_degeneration`, `pathological_myopia`: 1, 0, yes or no |

Masks lie relative to the CSV, have the photograph's size, and are true where they are not black. An empty cell is no label.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..errors import BadSetting
from ..experts import load_card
from ..experts.conditions.samples import WORDS
from ..experts.lesions.network import KINDS
from ..experts.lesions.scores import average_precision, histograms
from ..experts.training.metrics import roc_auc
from ..experts.vessels.scores import auc, dice, histogram
from ..records import Finding, Photograph
from ..records.side import eye_named
from .own_labels import truth

BINS = 1024
Cells = Mapping[str, str]
Values = dict[str, NDArray[np.float64]]
"""What one photograph adds to each metric."""
Figure = Callable[[NDArray[np.float64]], float]
"""A metric's figure of the values (n, ...) of n photographs."""


@dataclass(frozen=True)
class Measure:
    """How an expert is held against own labels: their columns, the values of one photograph, the figures of them.

    `pairs`: the values are (class, score), and figures hold the two classes against each other. `misses`: the values tell
    what was not found, so that a photograph on which nothing was assessed counts too.
    """

    columns: tuple[str, ...]
    values: Callable[[Finding, Photograph, Cells, Path], Values]
    figure: Callable[[str], Figure]
    pairs: bool = False
    misses: bool = False

    def classes(self, values: NDArray[np.float64]) -> NDArray[np.bool_] | None:
        """Which of the n photographs are of the one class where figures hold two against each other, else None."""
        return values[:, 0] == 1 if self.pairs else None


def mean(values: NDArray[np.float64]) -> float:
    """The mean over photographs."""
    return float(values.mean())


def _one(value: float) -> NDArray[np.float64]:
    return np.asarray(value, dtype=np.float64)


def mask(photograph: Photograph, folder: Path, file: str) -> NDArray[np.bool_]:
    """A mask of the photograph's size (height, width), true where any channel is above 0. Raises BadSetting."""
    try:
        with Image.open(folder / file) as image:
            drawn = np.asarray(image.convert("RGB")).any(axis=2)
    except (OSError, ValueError) as error:
        raise BadSetting(f"the mask {file!r} cannot be read") from error
    if drawn.shape != (photograph.height, photograph.width):
        size = f"{drawn.shape[1]}x{drawn.shape[0]}"
        raise BadSetting(f"the mask {file!r} is {size}, its photograph {photograph.width}x{photograph.height}")
    return drawn


def _number(cells: Cells, column: str, most: float) -> float:
    """The number of a column, 0 to `most`. Raises BadSetting."""
    try:
        number = float(cells[column])
    except ValueError as error:
        raise BadSetting(f"{column} is {cells[column]!r}, not a number") from error
    if not 0 <= number <= most:
        raise BadSetting(f"{column} is {cells[column]!r}, not within 0 to {most:g}")
    return number


def _vessels(finding: Finding, photograph: Photograph, cells: Cells, folder: Path) -> Values:
    drawn = mask(photograph, folder, cells["vessels"])
    field = photograph.field_of_view.mask(photograph.height, photograph.width)
    found = finding.array("vessels")
    level = load_card("vessels").thresholds["vessel"]
    return {
        "Dice": _one(dice(found >= level, drawn, field)),
        "AUC": histogram(found, drawn, field).astype(np.float64),
    }


def _lesions(finding: Finding, photograph: Photograph, cells: Cells, folder: Path) -> Values:
    return {
        f"AUPR {kind}": histograms(finding.array(kind), mask(photograph, folder, cells[kind]), BINS).astype(np.float64)
        for kind in KINDS
        if kind in cells
    }


def _disc(finding: Finding, photograph: Photograph, cells: Cells, folder: Path) -> Values:
    everywhere = np.ones((photograph.height, photograph.width), dtype=bool)
    values: Values = {}
    for name in ("disc", "cup"):
        if name in cells:
            known = name in finding.array_names
            found = finding.array(name) >= load_card("disc").thresholds[name] if known else ~everywhere
            overlap = dice(found, mask(photograph, folder, cells[name]), everywhere)
            values[f"{name} Dice"] = _one(overlap)
    ratio = finding.number("vertical_cdr")
    if "vertical_cdr" in cells and ratio is not None:
        values["vertical cup-disc ratio, mean absolute error"] = _one(abs(ratio - _number(cells, "vertical_cdr", 1.0)))
    return values


def _landmarks(finding: Finding, photograph: Photograph, cells: Cells, folder: Path) -> Values:
    values: Values = {}
    if "eye" in cells:
        side = eye_named(cells["eye"])
        decided = finding.label in ("right", "left")
        values["laterality, undecided"] = _one(not decided)
        if decided:
            values["laterality, right of decided"] = _one(finding.label == side)
    for name in ("disc", "fovea"):
        if {f"{name}_x", f"{name}_y"} <= set(cells):
            x = _number(cells, f"{name}_x", photograph.width)
            y = _number(cells, f"{name}_y", photograph.height)
            point, diameter = finding.points.get(name), finding.number("disc_diameter")
            values[f"{name} not found"] = _one(point is None)
            if point is not None and diameter is not None:
                off = float(np.hypot(point.x - x, point.y - y)) / diameter
                values[f"{name} error, median, DD"] = _one(off)
    return values


def _conditions(finding: Finding, photograph: Photograph, cells: Cells, folder: Path) -> Values:
    values: Values = {}
    for name in (n for n in WORDS if n in cells):
        present, given = truth(cells[name]), finding.number(name)
        if present is None:
            raise BadSetting(f"{name} is {cells[name]!r}, not 1, 0, yes or no")
        if given is not None:
            values[f"AUC {name.replace('_', ' ')}"] = np.array([present, given], dtype=np.float64)
    return values


def _pooled_auc(counts: NDArray[np.float64]) -> float:
    return auc(counts.sum(axis=0).astype(np.int64))


def _pooled_precision(counts: NDArray[np.float64]) -> float:
    return average_precision(counts.sum(axis=0).astype(np.int64))


def _pairs_auc(pairs: NDArray[np.float64]) -> float:
    return roc_auc(pairs[:, 0] == 1, pairs[:, 1])


def _median(values: NDArray[np.float64]) -> float:
    return float(np.median(values))


MEASURES = {
    "vessels": Measure(("vessels",), _vessels, lambda metric: _pooled_auc if metric == "AUC" else mean),
    "lesions": Measure(tuple(KINDS), _lesions, lambda metric: _pooled_precision),
    "disc": Measure(("disc", "cup", "vertical_cdr"), _disc, lambda metric: mean),
    "landmarks": Measure(
        ("eye", "disc_x", "disc_y", "fovea_x", "fovea_y"),
        _landmarks,
        lambda metric: _median if "median" in metric else mean,
        misses=True,
    ),
    "conditions": Measure(tuple(WORDS), _conditions, lambda metric: _pairs_auc, pairs=True),
}
