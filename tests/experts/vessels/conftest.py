"""Drawn vessels of known course and width."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from fundoscope.experts.vessels.tree import Disc, VesselTree
from scipy.spatial import cKDTree

FIELD = 672.0
Draw = Callable[..., VesselTree]


def draw_tree(
    paths: Sequence[np.ndarray],
    widths: Sequence[float],
    *,
    shape: tuple[int, int] = (700, 700),
    artery: Sequence[float] | None = None,
    disc: Disc | None = None,
    field: np.ndarray | None = None,
    scale: float = 1.0,
    pixel_spacing_mm: tuple[float, float] | None = None,
    field_diameter: float = FIELD,
) -> VesselTree:
    """A tree whose map is the share of each pixel that the vessels cover: dense paths (n, 2) of (row, column), widths.

    `artery` gives each vessel its probability of being one.
    """
    covered, kind = np.zeros(shape), np.full(shape, 0.5)
    for number, (path, width) in enumerate(zip(paths, widths, strict=True)):
        top, left = np.maximum(0, np.floor(path.min(axis=0) - width).astype(int))
        bottom, right = np.ceil(path.max(axis=0) + width).astype(int) + 1
        box = (slice(top, min(bottom, shape[0])), slice(left, min(right, shape[1])))
        ys, xs = np.mgrid[box]
        distance, _nearest = cKDTree(path).query(np.stack([ys, xs], axis=-1), distance_upper_bound=width + 2)
        share = np.clip(width / 2 - distance + 0.5, 0, 1)
        if artery is not None:
            kind[box] = np.where(share > covered[box], artery[number], kind[box])
        covered[box] = np.maximum(covered[box], share)
    probability = covered.astype(np.float32)
    return VesselTree(
        probability=probability,
        vessels=probability >= 0.5,
        field=np.ones(shape, dtype=bool) if field is None else field,
        level=0.5,
        scale=scale,
        field_diameter=field_diameter,
        disc=disc,
        pixel_spacing_mm=pixel_spacing_mm,
        artery=None if artery is None else kind.astype(np.float32),
    )


@pytest.fixture
def draw() -> Draw:
    return draw_tree
