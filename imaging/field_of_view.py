"""The lit disc of a fundus photograph: where it lies and how large it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage.filters import threshold_otsu

from .ellipse import Ellipse, fitted_ellipse

_SEARCH_SIDE = 384
"""Longest side, in pixels, of the reduced picture on which the field of view is searched."""
_EVEN = 12
"""Steps of 255 between the darkest and the brightest place, under which a picture shows nothing."""
_CUT, _LINES = 1.5, 3
"""So many lines of pixels with this many times the rim that a circle of the picture's size has at its top are no arc but a
cut."""
_SPILLS, _FILLED = 0.03, 0.985
"""Where at least this share of what is lit lies outside the circle, and the light fills this much of the wider circle that
takes it in, the frame cut the field of view on all sides and the circle stands in for a rim that is not seen."""


@dataclass(frozen=True)
class FieldOfView:
    """The lit disc, in photograph pixels.

    `x`, `y`: centre of the circle; `diameter`: of the circle, also where the frame cuts it.
    `left`, `top`, `right`, `bottom`: the box of its lit part inside the photograph (right and bottom exclusive).
    `coverage`: lit fraction of that circle's area inside the frame, 0 to 1.
    `beyond`: fraction of the lit part that lies outside the circle, where the frame cuts a disc so that none can be fitted.
    `blank`: the picture is of one even tone, black or white or any other.
    `reach`: diameter of the circle about the same centre that takes in all that is lit, where the frame cut the field of view on
    all sides; None where that is `diameter`.
    `ellipse`: centre x, y, width and height of the field of view where it is an ellipse, since the picture was squeezed.
    """

    x: float
    y: float
    diameter: float
    left: int
    top: int
    right: int
    bottom: int
    coverage: float
    beyond: float = 0.0
    blank: bool = False
    reach: float | None = None
    ellipse: Ellipse | None = None

    @property
    def squeezed(self) -> float:
        """Height of the field of view over its width; 1 where it is not known to be an ellipse."""
        return 1.0 if self.ellipse is None else self.ellipse[3] / self.ellipse[2]

    def why_unreadable(self, least: float) -> str | None:
        """Why nothing can be read that takes a field of view of `least` photograph pixels, or None."""
        if self.blank:
            return "the photograph is of one even tone"
        return f"the field of view is only {self.diameter:.0f} pixels wide" if self.diameter < least else None

    def inside(
        self, x: NDArray[np.floating[Any]], y: NDArray[np.floating[Any]], margin: float = 0.0
    ) -> NDArray[np.bool_]:
        """Whether places (photograph pixels, of one shape or such that broadcast) are in the field of view.

        That is its circle, its `reach` or its `ellipse`, shrunk by `margin` (a fraction of the circle's radius).
        """
        return self._outwards(x, y) <= 1 - margin * self.diameter / self._narrowest

    def inward(
        self, x: NDArray[np.floating[Any]], y: NDArray[np.floating[Any]], within: float
    ) -> tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
        """Places moved towards the middle of the field of view until they lie `within` photograph pixels inside its rim."""
        cx, cy, *_size = self._shape
        shorter = np.minimum(1.0, (1 - 2 * within / self._narrowest) / np.maximum(self._outwards(x, y), 1e-6))
        return cx + (x - cx) * shorter, cy + (y - cy) * shorter

    @property
    def _shape(self) -> Ellipse:
        """Centre, width and height of what is read."""
        return self.ellipse or (self.x, self.y, self.reach or self.diameter, self.reach or self.diameter)

    @property
    def _narrowest(self) -> float:
        return min(self._shape[2:])

    def _outwards(self, x: NDArray[np.floating[Any]], y: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """How far places lie from the middle to the rim: 0 to 1, beyond it above 1."""
        cx, cy, width, height = self._shape
        return np.asarray(np.hypot((x - cx) / width, (y - cy) / height) * 2, dtype=np.float64)

    def shows(
        self, x: NDArray[np.floating[Any]], y: NDArray[np.floating[Any]], beyond: float = 0.0
    ) -> NDArray[np.bool_]:
        """Whether places are in the circle or the ellipse, each wider by `beyond` (a fraction): nothing is burned into a picture there."""
        shown: NDArray[np.bool_] = np.hypot(x - self.x, y - self.y) <= self.diameter / 2 * (1 + beyond)
        if self.ellipse is not None:
            cx, cy, width, height = self.ellipse
            shown = shown | (np.hypot((x - cx) / width, (y - cy) / height) <= (1 + beyond) / 2)
        return shown

    def mask(self, height: int, width: int, margin: float = 0.0) -> NDArray[np.bool_]:
        """Boolean (height, width), true `inside` the field of view."""
        ys, xs = np.ogrid[:height, :width]
        return self.inside(xs + 0.5, ys + 0.5, margin)


def _lit_mask(brightness: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Largest lit component of a smoothed brightness, holes filled; all true where nothing is dark."""
    # Otsu on the square root separates the black surround from a dim periphery; half of it keeps vignetted rims.
    level = float(threshold_otsu(np.sqrt(np.maximum(brightness, 0)))) ** 2
    surround = float(np.percentile(brightness, 1))
    threshold = min(0.5 * level, surround + 0.35 * (level - surround)) if surround < 0.6 * level else surround - 1
    lit = brightness > max(threshold, surround + 4 if surround < 0.6 * level else 0)
    lit = ndimage.binary_opening(lit, iterations=2)
    labels, count = ndimage.label(lit)
    if count == 0:
        return np.ones(brightness.shape, dtype=bool)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    filled: NDArray[np.bool_] = ndimage.binary_fill_holes(labels == int(sizes.argmax()))
    return filled


def _fit_circle(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> tuple[float, float, float]:
    """Least-squares circle (centre x, y, radius) through points, refitted twice on the nearest four fifths."""
    keep = np.ones(xs.size, dtype=bool)
    cx = cy = radius = 0.0
    for _ in range(3):
        a = np.column_stack([2 * xs[keep], 2 * ys[keep], np.ones(int(keep.sum()))])
        b = xs[keep] ** 2 + ys[keep] ** 2
        (cx, cy, c), *_rest = np.linalg.lstsq(a, b, rcond=None)
        radius = float(np.sqrt(max(c + cx**2 + cy**2, 1e-6)))
        residual = np.abs(np.hypot(xs - cx, ys - cy) - radius)
        keep = residual <= np.quantile(residual, 0.8)
    return float(cx), float(cy), radius


def _rims(lit: NDArray[np.bool_], diameter: float) -> list[NDArray[np.bool_]]:
    """The outline of the lit part without the frame: without what is straight, where there is such, and whole."""
    rim = lit & ~ndimage.binary_erosion(lit)
    rim[:2] = rim[-2:] = False
    rim[:, :2] = rim[:, -2:] = False
    most = _CUT * 2 * np.sqrt(_LINES * diameter)
    rows, columns = (
        ndimage.binary_dilation(np.convolve(rim.sum(axis=axis), np.ones(_LINES), mode="same") > most) for axis in (1, 0)
    )
    curved = rim & ~rows[:, None] & ~columns[None, :]
    return [curved, rim] if rows.any() or columns.any() else [rim]


_Circle = tuple[float, float, float]
"""Centre x, y and diameter, in pixels of the reduced picture."""


def _circle_of(lit: NDArray[np.bool_], box: tuple[int, int, int, int]) -> tuple[_Circle, Ellipse | None]:
    """Circle of the lit part with this box (left, top, right, bottom), which stands in where too little rim is seen, and the
    ellipse that it is instead."""
    left, top, right, bottom = box
    longest = max(right - left, bottom - top)
    cx, cy = (left + right) / 2, (top + bottom) / 2
    fitted: list[_Circle] = []
    rims = _rims(lit, longest)
    for rim in rims:
        ys, xs = np.nonzero(rim)
        if xs.size >= 0.2 * np.pi * longest:
            x, y, radius = _fit_circle(xs.astype(np.float64) + 0.5, ys.astype(np.float64) + 0.5)
            half = longest / 2
            if 0.85 * half <= radius <= 1.6 * half and abs(x - cx) < 0.5 * half and abs(y - cy) < 0.5 * half:
                fitted.append((x, y, 2 * radius))
    stands_in = (cx, cy, float(longest))
    ys, xs = np.nonzero(rims[0])
    ellipse = fitted_ellipse(xs + 0.5, ys + 0.5, fitted[0] if fitted else stands_in)
    # Of a squeezed field of view, an ellipse, the sides alone would make too small a circle.
    best = min(fitted, key=lambda c: _outside(lit, _distance(lit, c), c[2]), default=stands_in)
    return best, ellipse


def _distance(lit: NDArray[np.bool_], circle: _Circle) -> NDArray[np.float64]:
    """Of every pixel, from the circle's centre."""
    ys, xs = np.ogrid[: lit.shape[0], : lit.shape[1]]
    return np.asarray(np.hypot(xs + 0.5 - circle[0], ys + 0.5 - circle[1]), dtype=np.float64)


def _outside(lit: NDArray[np.bool_], distance: NDArray[np.float64], diameter: float) -> float:
    """Fraction of the lit part that is not within a circle."""
    return float((lit & (distance > diameter / 2)).sum() / lit.sum())


def _reach(lit: NDArray[np.bool_], distance: NDArray[np.float64], beyond: float) -> float | None:
    """Diameter of the circle that takes in all that is lit, where that is wider than the circle and all of it is lit."""
    if beyond < _SPILLS:
        return None
    radius = float(distance[lit].max())
    return 2 * radius if lit[distance <= radius].mean() >= _FILLED else None


def find_field_of_view(pixels: NDArray[np.uint8]) -> FieldOfView:
    """Find the lit disc of an RGB uint8 picture (height, width, 3).

    A circle is fitted to the rim that is neither at the frame nor straight; where too little rim is visible the box of
    the lit part stands in. A picture without any dark surround is its own field of view.
    """
    height, width = pixels.shape[:2]
    step = max(1.0, max(height, width) / _SEARCH_SIDE)
    size = (max(1, round(width / step)), max(1, round(height / step)))
    small = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX, reducing_gap=2.0))
    sx, sy = width / size[0], height / size[1]
    brightness = ndimage.gaussian_filter(small.max(axis=2).astype(np.float32), 1.5)
    blank = float(np.ptp(brightness)) < _EVEN
    lit = np.ones(brightness.shape, dtype=bool) if blank else _lit_mask(brightness)
    rows, cols = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    left, right = int(cols[0]), int(cols[-1]) + 1
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    circle, ellipse = _circle_of(lit, (left, top, right, bottom))
    cx, cy, diameter = circle
    distance = _distance(lit, circle)
    beyond = 0.0 if blank else _outside(lit, distance, diameter)
    reach = _reach(lit, distance, beyond)
    return FieldOfView(
        x=cx * sx,
        y=cy * sy,
        diameter=diameter * (sx + sy) / 2,
        left=max(0, round(left * sx)),
        top=max(0, round(top * sy)),
        right=min(width, round(right * sx)),
        bottom=min(height, round(bottom * sy)),
        coverage=float(lit[distance <= diameter / 2].mean()),
        beyond=beyond,
        blank=blank,
        reach=None if reach is None else reach * (sx + sy) / 2,
        ellipse=None if ellipse is None else (ellipse[0] * sx, ellipse[1] * sy, ellipse[2] * sx, ellipse[3] * sy),
    )
