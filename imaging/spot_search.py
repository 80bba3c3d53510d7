"""Finding the dark spots that a camera shows at the same place in photograph after photograph: dust on its optics, marks on its sensor.

Eyes differ and average out; what belongs to the camera stays. Dust comes and is wiped off, so that often only some of a camera's
photographs show it: these are told by how well the spots fit them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.cluster.vq import ClusterError, kmeans2

from .fixed_spots import SHOWN, STEPS, shown

SURE, SURE_ON_EACH_SIDE = 5.0, 2.5
"""A place is a spot where the mean contrast is this many standard errors under none: over all photographs, and over those with the
disc on the left and on the right each by themselves, since what belongs to an eye is mirrored in the other."""
SURE_ON_ONE_SIDE = 8.0
"""The same over all where the disc hides a place in most photographs of one side, which then says nothing of it."""
_SEEN = 1 / 3
"""The fraction of photographs that show a place at the least."""
TRACE, DEEP = 0.25, 1.0
"""And where it is at least the first, in local standard deviations, by which photographs that show the spots are told. Spots that
reach the second nowhere are faint and in the end no spots: half of the area of IDRiD's, under which lesions would be left out by
chance, and under few of the haemorrhages that dust was taken for on its training and validation photographs.
"""
_LEAST_PIXELS = 6
LEAST_PHOTOGRAPHS, LEAST_ON_A_SIDE = 30, 8
"""Photographs without which no spots are looked for, and those of each side without which none are found."""
BRIGHT, _BESIDE = 8.0, 8
"""What lies within so many working pixels of a place that is bright in all photographs, by this many standard errors and DEEP, is the
dark edge of printed text or of a reflex, and no dust."""
MOST = 0.15
"""Of what is looked at, the fraction that spots can take up: more is no dust, as where one photograph is there many times."""
_SAME = 0.5
"""Spots are the same where at least this fraction of the smaller ones' area is theirs both."""
_ROUNDS = 4


@dataclass(frozen=True)
class Pattern:
    """Spots (h, w), the mean contrast of the photographs that show them in standard errors (h, w), and which these are."""

    spots: NDArray[np.bool_]
    sureness: NDArray[np.float64]
    photographs: NDArray[np.intp]


def patterns(contrasts: NDArray[np.int8], disc_on_right: NDArray[np.bool_]) -> list[Pattern]:
    """The spots of a camera's photographs, most shown first; several where dust was wiped off and other dust came.

    `contrasts` (n, h, w) of `fixed_spots.contrast` in steps of 1 / STEPS, disc and fovea blotted out; `disc_on_right` (n,).
    """
    search, found, left = _Search(contrasts, disc_on_right), list[Pattern](), np.arange(len(contrasts))
    while len(left) >= LEAST_PHOTOGRAPHS and (one := search.settled(left)) is not None:
        parts = search.parts(one)
        found += [deep for part in parts if (deep := search.deep(part)) is not None]
        left = np.setdiff1d(left, np.concatenate([part.photographs for part in parts]))
    return sorted(found, key=lambda pattern: -len(pattern.photographs))


class _Search:
    """The photographs of one camera, and what is made of some of them."""

    def __init__(self, contrasts: NDArray[np.int8], disc_on_right: NDArray[np.bool_]) -> None:
        self.contrasts, self.on_right = contrasts, disc_on_right

    def settled(self, among: NDArray[np.intp]) -> _Settled | None:
        """Spots, then the photographs that show them, then the spots of these, until both stay as they are or _ROUNDS times."""
        showing = among
        for _ in range(_ROUNDS):
            sides = [_Sums(self.contrasts[showing[self.on_right[showing] == side]]) for side in (False, True)]
            spots = _spots(sides)
            before, showing = showing, self._showing(spots, among)
            if self._too_few(showing):
                return None
            if np.array_equal(before, showing):
                break
        return _Settled(spots, sides[0] + sides[1], showing)

    def parts(self, whole: _Settled) -> list[_Settled]:
        """Two where the photographs fall into two by which of the spots they show: dust of two times is found as one at first."""
        labels, count = ndimage.label(whole.spots)
        dark = np.array([ndimage.mean(self.contrasts[i], labels, np.arange(1, count + 1)) for i in whole.photographs])
        right = self.on_right[whole.photographs]
        if count < 2:
            return [whole]
        for side in (False, True):
            dark[right == side] -= dark[right == side].mean(axis=0)
        if float(np.ptp(dark, axis=0).max()) < 1:
            return [whole]
        try:
            group = kmeans2(dark, 2, minit="++", seed=0, missing="raise")[1]
        except ClusterError:
            return [whole]
        halves = [self.settled(whole.photographs[group == which]) for which in (0, 1)]
        one, other = halves
        if one is None or other is None:
            return [whole]
        common = (one.spots & other.spots).sum() / max(1, min(one.spots.sum(), other.spots.sum()))
        return [one, other] if common < _SAME else [whole]

    def deep(self, settled: _Settled) -> Pattern | None:
        """Without the faint spots and those beside something bright, and without the photographs that show none of the others."""
        sums, (labels, count) = settled.sums, ndimage.label(settled.spots)
        bright = (sums.sureness >= BRIGHT) & (sums.mean >= DEEP)
        # Without a bright place there is no distance to one.
        beside = ndimage.distance_transform_edt(~bright) <= _BESIDE if bright.any() else bright
        kept = np.zeros(count + 1, dtype=bool)
        for label in range(1, count + 1):
            own = labels == label
            kept[label] = sums.mean[own].min() <= -DEEP and not (own & beside).any()
        spots = kept[labels]
        showing = self._showing(spots, settled.photographs)
        if self._too_few(showing) or spots.sum() > MOST * sums.told.sum():
            return None
        return Pattern(spots, sums.sureness, showing)

    def _showing(self, spots: NDArray[np.bool_], among: NDArray[np.intp]) -> NDArray[np.intp]:
        return among[[shown(spots, self.contrasts[i]) >= SHOWN for i in among]]

    def _too_few(self, photographs: NDArray[np.intp]) -> bool:
        right = int(self.on_right[photographs].sum())
        return min(right, len(photographs) - right) < LEAST_ON_A_SIDE


@dataclass(frozen=True)
class _Settled:
    spots: NDArray[np.bool_]
    sums: _Sums
    photographs: NDArray[np.intp]


class _Sums:
    """What contrasts (n, h, w) add up to."""

    def __init__(self, contrasts: NDArray[np.int8]) -> None:
        self.photographs = len(contrasts)
        self.total, self.squares, self.seen = (np.zeros(contrasts.shape[1:]) for _ in range(3))
        for values in contrasts:
            plane = values.astype(np.float64) / STEPS
            self.total += plane
            self.squares += plane * plane
            self.seen += values != 0

    def __add__(self, other: _Sums) -> _Sums:
        both = _Sums(np.zeros((0, *self.total.shape), dtype=np.int8))
        both.photographs = self.photographs + other.photographs
        both.total, both.squares = self.total + other.total, self.squares + other.squares
        both.seen = self.seen + other.seen
        return both

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean contrast; 0 where it is not `told`."""
        return np.where(self.told, self.total / np.maximum(self.seen, 1), 0.0)

    @property
    def told(self) -> NDArray[np.bool_]:
        """Where enough of the photographs show anything."""
        told: NDArray[np.bool_] = self.seen >= max(2, self.photographs * _SEEN)
        return told

    @property
    def sureness(self) -> NDArray[np.float64]:
        """The mean in standard errors."""
        n = np.maximum(self.seen, 2)
        variance = np.maximum(self.squares / n - (self.total / n) ** 2, 1e-4) * n / (n - 1)
        return self.mean / np.sqrt(variance / n)


def _spots(sides: Sequence[_Sums]) -> NDArray[np.bool_]:
    both = sides[0] + sides[1]
    found = (both.sureness <= -SURE) & (both.mean <= -TRACE)
    for side in sides:
        found &= np.where(side.told, side.sureness <= -SURE_ON_EACH_SIDE, both.sureness <= -SURE_ON_ONE_SIDE)
    labels, count = ndimage.label(found)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[0] = 0
    kept: NDArray[np.bool_] = ndimage.binary_dilation((sizes >= _LEAST_PIXELS)[labels])
    return kept
