"""Crops of training samples: turned, scaled, mirrored, and seen by another camera."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .samples import Sample


def crop(
    sample: Sample, row: float, column: float, side: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """A crop of `side` pixels around (row, column): standardised colours (3, side, side) and masks (4, side, side)."""
    angle = rng.uniform(0, 2 * np.pi)
    scale = float(np.exp(rng.uniform(np.log(0.8), np.log(1.25))))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    linear = np.array([[cos * mirror, -sin], [sin * mirror, cos]])
    centre = np.array([column, row]) - linear @ np.array([side / 2 - 0.5, side / 2 - 0.5])
    matrix = np.column_stack([linear, centre])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    pixels = cv2.warpAffine(sample.pixels, matrix, (side, side), flags=how)
    masks = cv2.warpAffine(np.moveaxis(sample.masks, 0, 2), matrix, (side, side), flags=how)
    inside = cv2.warpAffine(sample.inside.astype(np.uint8), matrix, (side, side), flags=how) > 0
    values = (pixels.astype(np.float32) / 127.5 - 1) * sample.gain + sample.offset
    values = _another_camera(values, side, rng)
    values[~inside] = -1.0
    return np.ascontiguousarray(values.transpose(2, 0, 1)), np.ascontiguousarray(masks.transpose(2, 0, 1))


def _another_camera(values: NDArray[np.float32], side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Contrast, tint, uneven light, softness and noise, each by a random amount; `values` (side, side, 3)."""
    middle = values.mean(axis=(0, 1), keepdims=True)
    gain = np.exp(rng.normal(0, 0.18) + rng.normal(0, 0.08, 3)).astype(np.float32)
    shift = (rng.normal(0, 0.10) + rng.normal(0, 0.06, 3)).astype(np.float32)
    values = (values - middle) * gain + middle + shift
    if rng.random() < 0.5:
        ramp = np.linspace(-1, 1, side, dtype=np.float32)
        tilt = rng.normal(0, 0.12, 2)
        values = values + np.float32(tilt[0]) * ramp[:, None, None] + np.float32(tilt[1]) * ramp[None, :, None]
    if rng.random() < 0.15:
        soft = cv2.GaussianBlur(np.ascontiguousarray(values), (0, 0), float(rng.uniform(0.5, 1.4)))
        values = soft.astype(np.float32)
    if rng.random() < 0.2:
        values = values + rng.standard_normal(values.shape, dtype=np.float32) * np.float32(rng.uniform(0.01, 0.04))
    return np.clip(values, -1.5, 1.5).astype(np.float32)
