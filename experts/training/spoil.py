"""Photographs to learn from as a noisy sensor and hard compression leave them."""

from __future__ import annotations

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

GRAIN = (2.0, 25.0)
"""Standard deviation of the noise, grey levels of 255."""
QUALITY = (10.0, 70.0)
"""JPEG quality."""
ALIKE = 0.3
"""Probability that the noise is the same in the three colours."""
SPOILT_TOO = 2 / 3
"""Share of the reduced photographs that are grainy or compressed as well."""
REDUCED = (1.0, 3.0)
"""How many times smaller a file may have kept the photograph, along each side."""


def spoilt(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The photograph (height, width, 3), RGB: grainy, compressed hard, or first the one and then the other."""
    how = rng.integers(3)
    out = pixels if how == 1 else _grainy(pixels, rng)
    return out if how == 0 else _compressed(out, rng)


def lessened(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The photograph (height, width, 3), RGB, as a smaller file keeps it (two in three of these spoilt), enlarged again."""
    height, width = pixels.shape[:2]
    factor = _between(REDUCED, rng)
    size = max(1, round(width / factor)), max(1, round(height / factor))
    small = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
    if rng.random() < SPOILT_TOO:
        small = spoilt(small, rng)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BILINEAR))


def _grainy(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    colours = 1 if rng.random() < ALIKE else 3
    grain = rng.normal(0.0, _between(GRAIN, rng), (*pixels.shape[:2], colours))
    return np.clip(np.rint(pixels + grain), 0, 255).astype(np.uint8)


def _compressed(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=round(_between(QUALITY, rng)))
    return np.asarray(Image.open(file))


def _between(ends: tuple[float, float], rng: np.random.Generator) -> float:
    """Log-uniform."""
    return math.exp(rng.uniform(math.log(ends[0]), math.log(ends[1])))
