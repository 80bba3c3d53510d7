"""Spoiling good photographs in known ways, so that the reason why one is not gradable can be learnt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

REASONS = ("focus", "illumination", "contrast", "field")


def degrade(square: NDArray[np.uint8], reason: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A field-of-view square, RGB uint8 (side, side, 3), spoilt beyond grading for one of `REASONS`."""
    spoil = {"focus": _defocus, "illumination": _exposure, "contrast": _haze, "field": _field}[reason]
    surround = square.max(axis=2, keepdims=True) < 10
    out = spoil(square.astype(np.float32), rng)
    return np.clip(np.where(surround, square, out), 0, 255).astype(np.uint8)


def _defocus(pixels: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    sigma = rng.uniform(0.007, 0.02) * pixels.shape[0]
    blurred = ndimage.gaussian_filter(pixels, (sigma, sigma, 0))
    out: NDArray[np.float32] = blurred + rng.normal(0, rng.uniform(0, 2.0), pixels.shape)
    return out


def _exposure(pixels: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    kind = rng.integers(3)
    if kind == 0:
        return pixels * rng.uniform(0.1, 0.25)
    if kind == 1:
        return pixels * rng.uniform(1.7, 2.6) + rng.uniform(10, 50)
    side = pixels.shape[0]
    ys, xs = np.mgrid[:side, :side].astype(np.float32) / side - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    ramp = xs * np.cos(angle) + ys * np.sin(angle) + rng.uniform(0.0, 0.2)
    shade = 0.04 + 0.96 / (1 + np.exp(-ramp * rng.uniform(10, 25)))
    return pixels * shade[:, :, None]


def _haze(pixels: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    veil = rng.uniform(0.72, 0.92)
    lit = pixels[pixels.max(axis=2) > 10]
    colour = lit.mean(axis=0) * rng.uniform(0.8, 1.5) + rng.uniform(0, 40, 3)
    sigma = rng.uniform(0, 0.008) * pixels.shape[0]
    out: NDArray[np.float32] = (1 - veil) * ndimage.gaussian_filter(pixels, (sigma, sigma, 0)) + veil * colour
    return out


def _field(pixels: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Half or more of the field hidden: a lid or lash shadow, or a pupil too small."""
    side = pixels.shape[0]
    ys, xs = np.mgrid[:side, :side].astype(np.float32) / side - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    if rng.random() < 0.5:
        edge = xs * np.cos(angle) + ys * np.sin(angle) - rng.uniform(0.0, 0.2)
    else:
        shift = rng.uniform(-0.18, 0.18, 2)
        edge = rng.uniform(0.16, 0.3) - np.hypot(xs - shift[0], ys - shift[1])
    keep = 1 / (1 + np.exp(-edge * rng.uniform(30, 150)))
    return pixels * keep[:, :, None] + rng.uniform(0, 8)
