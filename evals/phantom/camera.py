"""The camera: blood absorbs, the optics soften, the sensor adds noise, the aperture cuts."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .anatomy import Layout

ABSORBED = {"vein": (0.12, 0.47, 0.2), "artery": (0.04, 0.4, 0.1)}
"""Red, green and blue light lost over the middle of the widest vessel, after real photographs with labelled vessels."""
OPTICS_SIGMA = 0.00095
"""Softness of a sharp photograph: standard deviation as a fraction of the field's diameter."""
NOISE = (1.7, 1.7, 1.9)
"""Standard deviation of the sensor's noise in display steps, red, green and blue."""


def absorb(picture: np.ndarray, kind: str, depth: np.ndarray, reflex: np.ndarray, shade: np.ndarray) -> None:
    """Lay the vessels of one kind over the picture, in place. `shade` (height, width) weakens them where under 1."""
    for channel, share in enumerate(ABSORBED[kind]):
        plane = picture[..., channel]
        plane *= 1 - share * depth * shade
        shine = (0.07, 0.24, 0.1)[channel] if kind == "artery" else (0.015, 0.06, 0.03)[channel]
        plane *= 1 + shine * reflex


def expose(
    rng: np.random.Generator, layout: Layout, picture: np.ndarray, *, blur: float, exposure: float
) -> np.ndarray:
    """A photograph, uint8 (height, width, 3), of a painted fundus.

    `blur` is the standard deviation of defocus in disc diameters, `exposure` multiplies the light.
    """
    soft = np.hypot(OPTICS_SIGMA * layout.field_diameter, blur * layout.unit)
    ys = (np.arange(layout.height, dtype=np.float32) + 0.5 - layout.field_y)[:, None]
    xs = (np.arange(layout.width, dtype=np.float32) + 0.5 - layout.field_x)[None, :]
    radius = np.sqrt(xs**2 + ys**2)
    aperture = np.clip((layout.field_diameter / 2 - radius) / 1.5 + 0.5, 0, 1)
    rim = 1 - 0.25 * np.exp(-np.maximum(layout.field_diameter / 2 - radius, 0) / (0.012 * layout.field_diameter))
    photograph = np.empty(picture.shape, dtype=np.uint8)
    grain = max(0.3, 0.35 * layout.field_diameter / 1700)
    for channel in range(3):
        plane = ndimage.gaussian_filter(picture[..., channel], soft, mode="nearest", truncate=3.0)
        plane = _shoulder(plane * (exposure * rim)) * aperture
        noise = rng.standard_normal(plane.shape, dtype=np.float32)
        if grain > 0.32:
            noise = ndimage.gaussian_filter(noise, grain, truncate=2.0) * 1.12
        plane += noise * (NOISE[channel] * (0.25 + 0.75 * aperture)) + (1 - aperture) * 2.0
        photograph[..., channel] = np.clip(np.rint(plane), 0, 255)
    return photograph


def _shoulder(plane: np.ndarray) -> np.ndarray:
    """Bright light runs gently into white, as cameras render it."""
    knee = 225.0
    over = np.maximum(plane - knee, 0)
    return np.asarray(np.minimum(plane, knee) + 30 * (1 - np.exp(-over / 30)), dtype=np.float32)
