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
USUAL_DISC = 0.16
"""Diameter of a disc over that of the field of view in the usual 45 to 50 degree photograph."""
_SIDE_NEAREST_DD = 1.3
"""For the side alone a fovea may lie this near: a disc that is half outlined looks smaller than it is."""
_FAINTEST, _PEAKS = 0.02, 6
"""Peaks of the disc's map below this height, or beyond this many, say nothing about the side."""
_WINDOW = 5
"""Map pixels on each side of a peak over which its centre of mass is taken."""


@dataclass(frozen=True)
class Spot:
    """A position in map pixels (pixel centres at half integers) with the height of its peak, 0 to 1."""

    x: float
    y: float
    confidence: float


@dataclass(frozen=True)
class Side:
    """`rightness` is the share, 0 to 1, of the evidence that speaks for a right eye; `mass` is all of the evidence and
    `disc` the highest peak of a disc it stands on."""

    rightness: float
    mass: float
    disc: float


@dataclass(frozen=True)
class Layout:
    """What the maps show, in map pixels, and the eye's side (see `side_of`)."""

    disc: Spot | None
    disc_diameter: float | None
    fovea: Spot | None
    side: Side


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


def _offsets(shape: tuple[int, ...], x: float, y: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far each map pixel's centre lies from (x, y): distance, and x difference where level enough, else NaN."""
    ys, xs = np.mgrid[: shape[0], : shape[1]]
    dx, dy = xs + 0.5 - x, ys + 0.5 - y
    level = np.abs(np.degrees(np.arctan2(dy, np.abs(dx)))) <= STEEPEST_DEGREES
    return np.hypot(dx, dy), np.where(level, dx, np.nan)


def side_of(maps: NDArray[np.float32]) -> Side:
    """Which eye it is, from every pair of a possible disc and a possible fovea.

    Each peak of the disc's map speaks with the square of its height, times the fovea's heat that lies on either side of
    it at a distance that a disc of its size, or of the usual size, allows. In an unmirrored photograph of a right eye the
    disc lies to the right of the fovea.
    """
    centre, fovea, area = maps
    smooth = ndimage.gaussian_filter(centre, 1.0)
    peaks = np.argwhere((ndimage.maximum_filter(smooth, 9) == smooth) & (smooth > _FAINTEST))
    peaks = peaks[np.argsort([-smooth[row, col] for row, col in peaks])][:_PEAKS] if len(peaks) else peaks
    labels, _ = ndimage.label(area > 0.5)
    sizes = np.bincount(labels.ravel())
    usual = USUAL_DISC * maps.shape[2]
    left = right = highest = 0.0
    for row, col in peaks:
        body = int(labels[row, col])
        diameter = 2.0 * float(np.sqrt(sizes[body] / np.pi)) if body else usual
        away, dx = _offsets(fovea.shape, col + 0.5, row + 0.5)
        near = (_SIDE_NEAREST_DD * min(diameter, usual) <= away) & (away <= FARTHEST_DD * max(diameter, usual))
        weight = float(centre[row, col]) ** 2
        left += weight * float(fovea[near & (dx < 0)].sum())
        right += weight * float(fovea[near & (dx >= 0)].sum())
        highest = max(highest, float(centre[row, col]))
    mass = left + right
    return Side(left / mass if mass > 0 else 0.5, mass, highest)


def lay_out(maps: NDArray[np.float32], *, least_disc: float, least_fovea: float) -> Layout:
    """Positions from probability maps (3, h, w) in the order of `network.CHANNELS`.

    A landmark whose confidence stays below its least value is None. A fovea is looked for where this disc allows it;
    without a disc, or without its diameter, wherever the map is highest.
    """
    centre, heat, area = maps
    disc, diameter = _disc(centre, area, least_disc)
    if disc is not None and diameter is not None:
        away, dx = _offsets(heat.shape, disc.x, disc.y)
        allowed = (away >= NEAREST_DD * diameter) & (away <= FARTHEST_DD * diameter) & ~np.isnan(dx)
        heat = np.where(allowed, heat, np.float32(0))
    fovea = peak(heat)
    return Layout(disc, diameter, fovea if fovea.confidence >= least_fovea else None, side_of(maps))
