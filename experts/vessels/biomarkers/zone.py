"""Zone B around the optic disc, and the vessels that pass through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..tree import Segment, VesselTree
from .base import NO_DISC, Curve

REFERENCE = "knudtson2003"
NEAR_DD, FAR_DD = 0.5, 1.0
"""Zone B reaches from half a disc diameter to one from the disc's margin (knudtson2003)."""
LEAST_VISIBLE = 0.8
"""Share of zone B that must lie inside the field of view."""
LEAST_SPAN = 0.3
"""A vessel is measured where it crosses at least this share of the zone's breadth between two junctions."""
LEAST_SURE = 0.7
"""Mean probability of artery (or of vein) along a vessel under which it counts as neither."""


@dataclass(frozen=True)
class Crossing:
    """A vessel's passage through zone B: its centreline `path` (n, 2), `widths` (n,) and their median, in map pixels.

    `artery` is True or False, None where it cannot be told.
    """

    path: Curve
    widths: NDArray[np.float64]
    width: float
    artery: bool | None


def visible(tree: VesselTree) -> str | None:
    """None where enough of zone B is seen, else the reason why not."""
    if tree.disc is None:
        return NO_DISC
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    radii = (0.5 + np.linspace(NEAR_DD, FAR_DD, 11)) * tree.disc.diameter
    xs = tree.disc.x + radii[:, None] * np.cos(angles)
    ys = tree.disc.y + radii[:, None] * np.sin(angles)
    height, width = tree.field.shape
    columns, rows = np.floor(xs).astype(int), np.floor(ys).astype(int)
    within = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    seen = within & tree.field[rows.clip(0, height - 1), columns.clip(0, width - 1)]
    # Rings grow with their radius, and so does their weight.
    share = float((seen.mean(axis=1) * radii).sum() / radii.sum())
    return None if share >= LEAST_VISIBLE else "too much of zone B lies outside the field of view"


def crossings(tree: VesselTree) -> list[Crossing]:
    """The vessels in zone B, the widest first; none without a disc.

    A vessel that branches inside the zone counts once, by its stem where that is long enough, else by its branches.
    """
    if tree.disc is None:
        return []
    ends = {arm: number for number, junction in enumerate(tree.junctions) for arm in junction.arms}
    candidates: list[tuple[float, Crossing, int | None, int | None]] = []
    for number, segment in enumerate(tree.segments):
        away = np.hypot(segment.path[:, 1] + 0.5 - tree.disc.x, segment.path[:, 0] + 0.5 - tree.disc.y)
        away = away / tree.disc.diameter - 0.5
        inside = np.flatnonzero((away >= NEAR_DD) & (away <= FAR_DD))
        outwards = bool(away[-1] > away[0])
        inner, outer = ends.get((number, outwards)), ends.get((number, not outwards))
        for run in np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1):
            widths = segment.widths[run]
            if np.isfinite(widths).any() and np.ptp(away[run]) >= LEAST_SPAN * (FAR_DD - NEAR_DD):
                crossing = Crossing(segment.path[run], widths, float(np.nanmedian(widths)), _kind(segment))
                candidates.append((float(away[run].min()), crossing, inner, outer))
    stems: set[tuple[int | None, bool | None]] = set()
    found = []
    for _away, crossing, inner, outer in sorted(candidates, key=lambda c: c[0]):
        goes_on = inner is not None and (inner, crossing.artery) in stems
        if not goes_on:
            found.append(crossing)
        # What grows from a stem's branch belongs to that stem too.
        stems.add((outer, crossing.artery))
    return sorted(found, key=lambda crossing: -crossing.width)


def _kind(segment: Segment) -> bool | None:
    if segment.artery is None or max(segment.artery, 1 - segment.artery) < LEAST_SURE:
        return None
    return segment.artery > 0.5
