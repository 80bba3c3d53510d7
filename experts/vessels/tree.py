"""The vessel tree of one photograph, taken apart into segments and junctions: what the biomarkers read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.morphology import skeletonize

from .cuts import cut, join
from .paths import arc_length, smoothed
from .widths import widths_along

SPUR = 0.012
"""Side branches that end freely and are shorter than this fraction of the field of view's diameter are no vessels but
corners of one; they are left out before the tree is taken apart."""


@dataclass(frozen=True)
class Disc:
    """The optic disc in map coordinates: centre `x`, `y` and `diameter`."""

    x: float
    y: float
    diameter: float


@dataclass(frozen=True)
class Segment:
    """A stretch of vessel between junctions or ends.

    `path` (n, 2) of (row, column) along the centreline, smoothed; `widths` (n,) across it, NaN where they cannot be
    told; `arc` its length; all in map pixels. `artery` is the mean probability of artery along it, None where arteries
    and veins are not told apart.
    """

    path: NDArray[np.float64]
    widths: NDArray[np.float64]
    arc: float
    artery: float | None = None


@dataclass(frozen=True)
class Junction:
    """A place where segments meet: `arms` are (segment's number, whether its path begins here)."""

    row: float
    column: float
    arms: tuple[tuple[int, bool], ...]


@dataclass(frozen=True)
class VesselTree:
    """A vessel map (h, w) and what is known beside it.

    `probability` of vessel, float32; `level` at which it counts as vessel; `vessels`, boolean, is `probability` at that
    level without specks; `field` of view, boolean; `scale` in photograph pixels a map pixel; `field_diameter` in map
    pixels; `pixel_spacing_mm` of the photograph (row, column); `artery` probability that a vessel pixel is artery.
    """

    probability: NDArray[np.float32]
    vessels: NDArray[np.bool_]
    field: NDArray[np.bool_]
    level: float
    scale: float
    field_diameter: float
    disc: Disc | None = None
    pixel_spacing_mm: tuple[float, float] | None = None
    artery: NDArray[np.float32] | None = None

    @cached_property
    def line(self) -> NDArray[np.bool_]:
        """The one-pixel centreline (h, w) of the vessels inside the field of view."""
        line: NDArray[np.bool_] = skeletonize(self.vessels & self.field)
        return line

    @cached_property
    def length(self) -> float:
        """Length of all segments, in diameters of the field of view."""
        return sum(segment.arc for segment in self.segments) / self.field_diameter

    @property
    def paths(self) -> list[NDArray[np.float64]]:
        """The centrelines of all segments."""
        return [segment.path for segment in self.segments]

    @property
    def spacing(self) -> float | None:
        """Millimetres a pixel of the photograph, where they are known and the same both ways."""
        if self.pixel_spacing_mm is None or self.pixel_spacing_mm[0] != self.pixel_spacing_mm[1]:
            return None
        return self.pixel_spacing_mm[0]

    @property
    def segments(self) -> list[Segment]:
        """The vessels between their junctions and ends."""
        return self._parts[0]

    @property
    def junctions(self) -> list[Junction]:
        """Where segments meet."""
        return self._parts[1]

    @cached_property
    def _parts(self) -> tuple[list[Segment], list[Junction]]:
        half = ndimage.distance_transform_edt(self.vessels)
        paths, ends, hubs = cut(self.line, half)
        for number, path in list(paths.items()):
            if bool(ends[number][0]) != bool(ends[number][1]) and len(path) < SPUR * self.field_diameter:
                del paths[number], ends[number]
        join(paths, ends, hubs)
        order = {number: at for at, number in enumerate(paths)}
        met: dict[int, list[tuple[int, bool]]] = {hub: [] for hub in hubs}
        for number, at in order.items():
            for hub, begins in zip(ends[number], (True, False), strict=True):
                if hub:
                    met[hub].append((at, begins))
        junctions = [Junction(*hubs[hub], tuple(arms)) for hub, arms in met.items() if len(arms) > 1]
        return [self._segment(path) for path in paths.values()], junctions

    def _segment(self, pixels: NDArray[np.float64]) -> Segment:
        path = smoothed(pixels, self.field_diameter)
        widths = widths_along(path, self.probability, self.level, self.field_diameter)
        rows, columns = pixels.astype(int).T
        artery = None if self.artery is None else float(self.artery[rows, columns].mean())
        return Segment(path, widths, arc_length(path), artery)
