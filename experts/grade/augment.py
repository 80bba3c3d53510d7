"""One training view of a field-of-view square: another framing, another camera's colour, sharpness and noise."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from .preprocess import SIGMA, flatten


def view(square: NDArray[np.uint8], side: int, rng: np.random.Generator, *, natural: bool = True) -> NDArray[np.uint8]:
    """A random view, flattened: uint8 (side, side, 3). `natural` is false for pictures whose colour is already gone."""
    image = _frame(Image.fromarray(square), side, rng, 0 if natural else 128)
    image = _sharpness(image, rng, natural)
    pixels = np.asarray(image)
    if natural:
        pixels = _colour(pixels, rng)
    if rng.random() < 0.3:
        pixels = _bars(pixels, rng, 0 if natural else 128)
    flat = flatten(pixels, SIGMA * float(np.exp(rng.uniform(-0.5, 0.4))))
    return _contrast(flat, rng)


def _frame(image: Image.Image, side: int, rng: np.random.Generator, fill: int) -> Image.Image:
    source = image.size[0]
    angle = rng.uniform(-np.pi, np.pi) if rng.random() < 0.3 else rng.normal(0, 0.2)
    zoom = float(np.exp(rng.uniform(-0.20, 0.16))) * source / side
    stretch = float(np.exp(rng.normal(0, 0.03)))
    flip = -1.0 if rng.random() < 0.5 else 1.0
    turn = -1.0 if rng.random() < 0.5 else 1.0
    a, b = zoom * stretch * np.cos(angle) * flip, -zoom * np.sin(angle) * turn
    d, e = zoom * stretch * np.sin(angle) * flip, zoom * np.cos(angle) * turn
    shift = rng.normal(0, 0.02 * source, 2)
    half, centre = side / 2, source / 2
    matrix = (a, b, centre + shift[0] - a * half - b * half, d, e, centre + shift[1] - d * half - e * half)
    colour = (fill, fill, fill)
    return image.transform((side, side), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=colour)


def _sharpness(image: Image.Image, rng: np.random.Generator, natural: bool) -> Image.Image:
    chance = rng.random()
    if chance < 0.3:
        smaller = round(image.size[0] * rng.uniform(0.35, 0.95))
        image = image.resize((smaller, smaller), Image.Resampling.BILINEAR).resize(
            image.size, Image.Resampling.BILINEAR
        )
    elif chance < 0.55 and natural:
        image = image.filter(ImageFilter.UnsharpMask(rng.uniform(0.8, 2.5), int(rng.uniform(40, 160)), 0))
    if rng.random() < 0.25:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=int(rng.uniform(35, 90)))
        image = Image.open(buffer).convert("RGB")
    return image


def _colour(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    ramp = np.arange(256, dtype=np.float32) / 255
    gamma = np.exp(rng.normal(0, 0.25) + rng.normal(0, 0.12, 3))
    gain = np.exp(rng.normal(0, 0.12) + rng.normal(0, 0.10, 3))
    table = np.stack([np.clip(255 * gain[c] * ramp ** gamma[c], 0, 255) for c in range(3)])
    out = np.stack([table[c][pixels[:, :, c]] for c in range(3)], axis=2)
    if rng.random() < 0.3:
        out = out @ (np.eye(3) + rng.normal(0, 0.08, (3, 3)))
    if rng.random() < 0.3:
        out = out * _uneven_light(pixels.shape[0], rng)
    if rng.random() < 0.3:
        veil = rng.uniform(0.05, 0.4)
        out = np.where(pixels.max(axis=2, keepdims=True) > 8, out * (1 - veil) + veil * rng.uniform(60, 190, 3), out)
    if rng.random() < 0.3:
        out = out + rng.normal(0, rng.uniform(1, 5), out.shape) * (pixels.max(axis=2, keepdims=True) > 8)
    return np.clip(out, 0, 255).astype(np.uint8)


def _uneven_light(side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A slow change of brightness over the field, float (side, side, 1), as of a badly centred flash."""
    coarse = rng.normal(0, 0.25, (3, 3)).astype(np.float32)
    field = np.asarray(Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC))
    return np.exp(field)[:, :, None]


def _bars(pixels: NDArray[np.uint8], rng: np.random.Generator, fill: int) -> NDArray[np.uint8]:
    """Top and bottom cut as by cameras whose frame is wider than high."""
    out = pixels.copy()
    bar = int(rng.uniform(0.03, 0.15) * pixels.shape[0])
    out[:bar] = fill
    out[-bar:] = fill
    return out


def _contrast(flat: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    gain = np.exp(rng.normal(0, 0.2) + rng.normal(0, 0.15, 3)).astype(np.float32)
    detail = (flat.astype(np.float32) - 128) * gain
    if rng.random() < 0.15:
        detail = np.repeat(detail.mean(axis=2, keepdims=True), 3, axis=2)
    return np.clip(128 + detail, 0, 255).astype(np.uint8)
