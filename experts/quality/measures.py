"""What can be measured of a photograph's quality without a network: focus, illumination, contrast, field coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

DIAMETER = 448
"""Diameter, in pixels, of the field of view at which quality is measured; a fine vessel is then 1 to 2 pixels wide."""
FINE, MIDDLE, WIDE = 1.0, 3.0, DIAMETER / 28
"""Widths (Gaussian sigma, pixels) of the filters: finest detail, fine vessels, the local mean brightness."""
DARK, BRIGHT = 30.0, 235.0
"""Grey levels of the brightest channel's local mean outside which a region counts as badly lit."""

DEFINITIONS = {
    "focus": "share of the green channel's local variation that is finer than 3 px at a field of view of 448 px",
    "illumination": "share of the field of view whose local mean brightness (brightest channel) lies between 30 and 235 of 255",
    "contrast": "standard deviation of the green channel around its local mean, as a share of the mean brightness",
    "field_coverage": "share of the field of view's circle that shows retina inside the frame",
}


@dataclass(frozen=True)
class Measures:
    """The four measured numbers, each about 0 to 1; see `DEFINITIONS`."""

    focus: float
    illumination: float
    contrast: float
    field_coverage: float

    def as_array(self) -> NDArray[np.float32]:
        """(8,) float32: the four and their logarithms, for the heads."""
        values = np.array([self.focus, self.illumination, self.contrast, self.field_coverage], dtype=np.float32)
        return np.concatenate([values, np.log(np.maximum(values, 1e-3))])


def measure(square: NDArray[np.uint8]) -> Measures:
    """Measure a field-of-view square, RGB uint8 (DIAMETER, DIAMETER, 3)."""
    side = square.shape[0]
    ys, xs = np.ogrid[:side, :side]
    centre = (side - 1) / 2
    circle = (xs - centre) ** 2 + (ys - centre) ** 2 <= (0.47 * side) ** 2
    brightest = square.max(axis=2).astype(np.float32)
    local_brightness = _smooth(brightest, WIDE / 2)
    shown = circle & (local_brightness > 12)
    if shown.sum() < 0.02 * circle.sum():
        return Measures(0.0, 0.0, 0.0, float(shown.sum() / circle.sum()))
    inner = ndimage.binary_erosion(shown, iterations=6)
    inner = inner if inner.any() else shown
    green = square[:, :, 1].astype(np.float32)
    fine, middle = (ndimage.gaussian_filter(green, s, truncate=3.0) for s in (FINE, MIDDLE))
    wide = _smooth(green, WIDE)
    variation = float(((fine - wide)[inner] ** 2).mean())
    detail = float(((fine - middle)[inner] ** 2).mean())
    lit = (local_brightness > DARK) & (local_brightness < BRIGHT)
    return Measures(
        focus=float(np.sqrt(detail / max(variation, 0.05))),
        illumination=float((lit & circle).sum() / circle.sum()),
        contrast=float(np.sqrt(variation) / max(float(green[inner].mean()), 10.0)),
        field_coverage=float(shown.sum() / circle.sum()),
    )


def _smooth(plane: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """A wide Gaussian filter, done at a quarter of the size, where it is indistinguishable and far quicker."""
    size = (plane.shape[1], plane.shape[0])
    small = Image.fromarray(plane).resize((size[0] // 4, size[1] // 4), Image.Resampling.BOX)
    blurred = ndimage.gaussian_filter(np.asarray(small), sigma / 4)
    return np.asarray(Image.fromarray(blurred).resize(size, Image.Resampling.BILINEAR))
