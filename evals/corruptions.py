"""Ways in which a photograph is spoilt, each at five strengths that stand for mild to severe."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

Pixels = NDArray[np.uint8]
STRENGTHS = (1, 2, 3, 4, 5)
BLUR = (0.001, 0.002, 0.003, 0.005, 0.008)
"""Standard deviation of the blur as a share of the photograph's width."""
NOISE = (4.0, 8.0, 14.0, 22.0, 32.0)
"""Standard deviation of the noise, grey levels of 255."""
EXPOSURE = (0.7, 0.5, 1.5, 0.35, 2.0)
"""Factor on the light: too little and too much in turn, farther from 1 each time."""
QUALITY = (50, 30, 18, 10, 5)
"""JPEG quality."""
CAST = (0.06, 0.12, 0.2, 0.3, 0.4)
"""How far red gains and blue loses, as a share."""


def blur(pixels: Pixels, strength: int) -> Pixels:
    """Out of focus."""
    sigma = BLUR[strength - 1] * pixels.shape[1]
    return _whole(gaussian_filter(pixels.astype(np.float32), (sigma, sigma, 0)))


def noise(pixels: Pixels, strength: int) -> Pixels:
    """Sensor noise, the same for the same picture size."""
    grain = np.random.default_rng(strength).normal(0.0, NOISE[strength - 1], pixels.shape)
    return _whole(pixels + grain)


def exposure(pixels: Pixels, strength: int) -> Pixels:
    """Too little or too much light."""
    return _whole(pixels.astype(np.float32) * EXPOSURE[strength - 1])


def jpeg(pixels: Pixels, strength: int) -> Pixels:
    """Compressed hard."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY[strength - 1])
    return np.asarray(Image.open(file))


def colour_cast(pixels: Pixels, strength: int) -> Pixels:
    """Another lamp or sensor: redder, less blue."""
    share = CAST[strength - 1]
    return _whole(pixels.astype(np.float32) * np.array([1 + share, 1.0, 1 - share], dtype=np.float32))


CORRUPTIONS: dict[str, Callable[[Pixels, int], Pixels]] = {
    "blur": blur,
    "noise": noise,
    "exposure": exposure,
    "JPEG": jpeg,
    "colour cast": colour_cast,
}


def _whole(values: NDArray) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
