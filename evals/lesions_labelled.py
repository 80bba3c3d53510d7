"""IDRiD's lesion test photographs, what is labelled in them, and counted lesions in the same form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts.training.datasets import labels, plane
from ..records import Region

SET = "idrid_seg"
LABELLED = 5
"""Labelled components under this many photograph pixels are not asked for."""


def lesion_test(data: Path) -> list[dict[str, str]]:
    """The rows of the official test photographs."""
    return [row for row in labels(data, SET) if row["split"] == "test"]


def labelled(data: Path, row: dict[str, str], kind: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where a kind is labelled in a photograph of `shape` (height, width); nowhere if it has no mask."""
    return plane(data / SET / row[kind]) > 0 if row[kind] else np.zeros(shape, dtype=bool)


def boxes_of(regions: Sequence[Region], kind: str) -> NDArray[np.float64]:
    """Boxes (n, 4) of one kind's regions, photograph px, highest score first."""
    own = sorted((r for r in regions if r.kind == kind), key=lambda r: -r.score)
    rows = [(r.x, r.y, r.x + r.width, r.y + r.height) for r in own]
    return np.asarray(rows, dtype=np.float64).reshape(-1, 4)
