"""From the network's three maps to positions: where the disc lies, how large it is, where the fovea lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

NEAREST_DD, FARTHEST_DD = 1.5, 4.0
"""Disc-to-fovea distances, in disc diameters, outside which the two cannot both be right."""
STEEPEST_DEGREES = 45.0
"""The line from disc to fovea is never steeper than this in an upright photograph."""
_WINDOW = 5
"""Map pixels on each side of a peak over which its centre of mass is taken."""


@dataclass(frozen=True)
class Spot:
    """A position in map pixels (pixel centres at half integers) with the height of its peak, 0 to 1."""

    x: float
    y: float
    confidence: float


@dataclass(frozen=True)
class Layout:
    """What the maps show, in map pixels. `rightness` is the share, 0 to 1, of the plausible fovea mass left of the disc
    (which makes a right eye); `mass` its sum. Both are None without a disc."""

    disc: Spot | None
    disc_diameter: float | None
    fovea: Spot | None
    rightness: float | None
    mass: float | None


def peak(heat: NDArray[np.float32]) -> Spot:
    """The highest place of a map and the centre of mass around it."""
    smooth = ndimage.gaussian_filter(heat, 1.0)
    row, col = np.unravel_index(int(smooth.argmax()), heat.shape)
    top, left = max(0, int(row) - _WINDOW), max(0, int(col) - _WINDOW)
    patch = heat[top : int(row) + _WINDOW + 1, left : int(col) + _WINDOW + 1].astype(np.float64) + 1e-9
    ys, xs = np.mgrid[: patch.shape[0], : patch.shape[1]]
    total = float(patch.sum())
    x, y = left + float((patch * xs).sum()) / total + 0.5, top + float((patch * ys).sum()) / total + 0.5
    return Spot(x, y, float(heat[row, col]))


def _disc(centre: NDArray[np.float32], area: NDArray[np.float32], least: float) -> tuple[Spot | None, float | None]:
    spot = peak(centre)
    labels, count = ndimage.label(area > 0.5)
    if count:
        sizes = ndimage.sum_labels(area, labels, np.arange(1, count + 1))
        heights = ndimage.maximum(centre, labels, np.arange(1, count + 1))
        best = int(np.argmax(np.asarray(heights) + 1e-4 * np.asarray(sizes))) + 1
        body = labels == best
        near = ndimage.binary_dilation(body, iterations=2) & ~((labels > 0) & ~body)
        weight = np.where(near, area, 0.0).astype(np.float64)
        diameter = 2.0 * float(np.sqrt(weight.sum() / np.pi))
        cy, cx = ndimage.center_of_mass(weight)
        if np.hypot(cx + 0.5 - spot.x, cy + 0.5 - spot.y) < 0.4 * diameter:
            confidence = float(np.sqrt(spot.confidence * float(area[body].max())))
            if confidence >= least:
                return Spot((cx + 0.5 + spot.x) / 2, (cy + 0.5 + spot.y) / 2, confidence), diameter
    return (spot, None) if spot.confidence >= least else (None, None)


def plausible(
    shape: tuple[int, int], disc: Spot, diameter: float, *, margin: float = 0.0
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Where a fovea can lie for this disc (boolean map), and each place's x distance from the disc."""
    ys, xs = np.mgrid[: shape[0], : shape[1]]
    dx, dy = xs + 0.5 - disc.x, ys + 0.5 - disc.y
    away = np.hypot(dx, dy) / diameter
    level = np.abs(np.degrees(np.arctan2(dy, np.abs(dx)))) <= STEEPEST_DEGREES
    where: NDArray[np.bool_] = (away >= NEAREST_DD - margin) & (away <= FARTHEST_DD + margin) & level
    return where, dx


def lay_out(maps: NDArray[np.float32], *, least_disc: float, least_fovea: float) -> Layout:
    """Positions from probability maps (3, h, w) in the order of `network.CHANNELS`.

    A landmark whose confidence stays below its least value is None. A fovea is looked for where this disc allows it;
    without a disc, or without its diameter, wherever the map is highest.
    """
    centre, fovea_heat, area = maps
    disc, diameter = _disc(centre, area, least_disc)
    if disc is None or diameter is None:
        fovea = peak(fovea_heat)
        return Layout(disc, diameter, fovea if fovea.confidence >= least_fovea else None, None, None)
    where, dx = plausible(fovea_heat.shape, disc, diameter)
    heat = np.where(where, fovea_heat, 0.0).astype(np.float32)
    fovea = peak(heat)
    left, right = float(heat[dx < 0].sum()), float(heat[dx >= 0].sum())
    mass = left + right
    share = left / mass if mass > 0 else 0.5
    return Layout(disc, diameter, fovea if fovea.confidence >= least_fovea else None, share, mass)
