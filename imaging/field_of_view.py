"""The lit disc of a fundus photograph: where it lies and how large it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage.filters import threshold_otsu

_SEARCH_SIDE = 384
"""Longest side, in pixels, of the reduced picture on which the field of view is searched."""
_EVEN = 12
"""Steps of 255 between the darkest and the brightest place, under which a picture shows nothing."""


@dataclass(frozen=True)
class FieldOfView:
    """The lit disc, in photograph pixels.

    `x`, `y`: centre of the circle; `diameter`: of the circle, also where the frame cuts it.
    `left`, `top`, `right`, `bottom`: the box of its lit part inside the photograph (right and bottom exclusive).
    `coverage`: lit fraction of that circle's area inside the frame, 0 to 1.
    `beyond`: fraction of the lit part that lies outside the circle, where the frame cuts a disc so that none can be fitted.
    `blank`: the picture is of one even tone, black or white or any other.
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

    def why_unreadable(self, least: float) -> str | None:
        """Why nothing can be read that takes a field of view of `least` photograph pixels, or None."""
        if self.blank:
            return "the photograph is of one even tone"
        return f"the field of view is only {self.diameter:.0f} pixels wide" if self.diameter < least else None

    def mask(self, height: int, width: int, margin: float = 0.0) -> NDArray[np.bool_]:
        """Boolean (height, width), true inside the circle shrunk by `margin` (fraction of the radius)."""
        ys, xs = np.ogrid[:height, :width]
        radius = self.diameter / 2 * (1 - margin)
        inside: NDArray[np.bool_] = (xs + 0.5 - self.x) ** 2 + (ys + 0.5 - self.y) ** 2 <= radius**2
        return inside


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


def find_field_of_view(pixels: NDArray[np.uint8]) -> FieldOfView:
    """Find the lit disc of an RGB uint8 picture (height, width, 3).

    A circle is fitted to the rim that does not touch the frame; where too little rim is visible the box of
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
    cx, cy = (left + right) / 2, (top + bottom) / 2
    diameter = float(max(right - left, bottom - top))
    rim = lit & ~ndimage.binary_erosion(lit)
    rim[:2] = rim[-2:] = False
    rim[:, :2] = rim[:, -2:] = False
    ys, xs = np.nonzero(rim)
    if xs.size >= 0.2 * np.pi * diameter:
        fx, fy, radius = _fit_circle(xs.astype(np.float64) + 0.5, ys.astype(np.float64) + 0.5)
        box = max(right - left, bottom - top) / 2
        if 0.85 * box <= radius <= 1.6 * box and abs(fx - cx) < 0.5 * box and abs(fy - cy) < 0.5 * box:
            cx, cy, diameter = fx, fy, 2 * radius
    gy, gx = np.ogrid[: size[1], : size[0]]
    circle = (gx + 0.5 - cx) ** 2 + (gy + 0.5 - cy) ** 2 <= (diameter / 2) ** 2
    coverage = float((lit & circle).sum() / max(1, int(circle.sum())))
    return FieldOfView(
        x=cx * sx,
        y=cy * sy,
        diameter=diameter * (sx + sy) / 2,
        left=max(0, round(left * sx)),
        top=max(0, round(top * sy)),
        right=min(width, round(right * sx)),
        bottom=min(height, round(bottom * sy)),
        coverage=coverage,
        beyond=0.0 if blank else float((lit & ~circle).sum() / lit.sum()),
        blank=blank,
    )
