"""Disc outlines against IDRiD's test masks; cup-disc ratios out of fold against Drishti's experts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.training.datasets import labels, plane
from ..records import Finding, Photograph
from . import disc_elsewhere
from .disc_folds import cut, dice, mean_row, out_of_fold
from .phantom import draw_phantom
from .table import Row

DISC_DICE_BAR = 0.94
DRAWN_CUPS = (0.35, 0.55, 0.75)
"""Vertical cup-disc ratios that phantoms are drawn with."""
PHANTOMS = 12


def evaluate(data: Path) -> list[Row]:
    """Dice at the photograph's own size; absolute error of the vertical cup-disc ratio against the experts' mean, of networks
    trained without the photographs that they are judged on; what the shipped network reads of drawn cups and of eyes of another camera."""
    return [*_idrid_rows(data), *out_of_fold(data), *disc_elsewhere.rows(data, _finding), *_phantom_rows()]


@lru_cache(maxsize=2)
def _expert(name: str) -> Expert:
    return load_expert(name)


def _finding(photograph: Photograph) -> Finding:
    return _expert("disc").read(photograph, {"landmarks": _expert("landmarks").read(photograph)})


def disc_mask(file: Path) -> NDArray[np.bool_]:
    """The disc expert's disc at the photograph's own size (height, width)."""
    photograph = Photograph.from_file(file)
    return cut(_finding(photograph), "disc", (photograph.height, photograph.width))


def _idrid_rows(data: Path) -> list[Row]:
    scores = []
    for row in labels(data, "idrid_seg"):
        if row["split"] == "test" and row["OD"]:
            truth = plane(data / "idrid_seg" / row["OD"]) > 0
            scores.append(dice(disc_mask(data / "idrid_seg" / row["image"]), truth))
    return [mean_row("disc Dice", f"IDRiD test ({len(scores)})", scores, DISC_DICE_BAR)]


def _phantom_rows() -> list[Row]:
    rows = []
    for drawn in DRAWN_CUPS:
        phantoms = [draw_phantom(seed, size=(1068, 1608), vertical_cdr=drawn) for seed in range(PHANTOMS)]
        ratios = [_finding(Photograph.from_pixels(p.pixels)).number("vertical_cdr") for p in phantoms]
        read = [float(ratio) for ratio in ratios if ratio is not None]
        rows.append(mean_row(f"ratio read where {drawn} is drawn, mean", f"phantoms ({len(read)})", read))
    return rows
