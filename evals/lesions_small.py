"""Single lesions in small photographs: IDRiD's test photographs, each read anew as a smaller file would hold it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.lesions.matching import boxes_of_mask, hits
from ..experts.lesions.measure import LEAST_FIELD
from ..experts.lesions.network import KINDS
from ..experts.training.datasets import picture
from ..records import Photograph
from .lesions_labelled import LABELLED, SET, boxes_of, labelled, lesion_test
from .table import Row, bootstrap

FIELDS = (800, 512, LEAST_FIELD + 20)
"""Diameters of the field of view, photograph pixels; the last is measured anew on the smaller file, and must not fall below."""


def small_rows(data: Path) -> list[Row]:
    """F1 of the lesions that a report counts, by type and size of the field of view."""
    expert, rows = load_expert("lesions"), lesion_test(data)
    tallies = np.zeros((len(rows), len(FIELDS), len(KINDS), 3))
    for index, row in enumerate(rows):
        pixels = picture(data / SET / row["image"])
        truth = [boxes_of_mask(labelled(data, row, kind, pixels.shape[:2]), LABELLED) for kind in KINDS]
        for place, field in enumerate(FIELDS):
            for channel, boxes in enumerate(_counted(expert, pixels, field)):
                right = hits(boxes, truth[channel])
                tallies[index, place, channel] = right.sum(), len(boxes), len(truth[channel])
    made = []
    for place, field in enumerate(FIELDS):
        for channel, kind in enumerate(KINDS):
            own = tallies[:, place, channel]
            metric = f"F1 of single lesions, the field of view {field} px wide, {kind}"
            interval = bootstrap(len(own), lambda i, own=own: _f1(own[i]))  # type: ignore[misc]
            made.append(Row(metric, f"IDRiD test ({len(rows)}), made smaller", _f1(own), interval))
    return made


def _f1(tallies: NDArray[np.float64]) -> float:
    found, counted, labelled = tallies.sum(axis=0)
    return float(2 * found / max(1.0, counted + labelled))


def _counted(expert: Expert, pixels: NDArray[np.uint8], field: int) -> list[NDArray[np.float64]]:
    """By type the boxes (n, 4), in the pixels given, of what is counted once the field of view is so wide."""
    factor = Photograph.from_pixels(pixels).field_of_view.diameter / field
    height, width = pixels.shape[:2]
    size = (round(width / factor), round(height / factor))
    small = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
    found = expert.read(Photograph.from_pixels(small)).regions
    return [boxes_of(found, kind) * (width / size[0]) for kind in KINDS]
