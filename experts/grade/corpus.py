"""Training pictures as one uint8 array in memory, decoded once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...records import Photograph
from ..training.datasets import picture
from .preprocess import square
from .split import Example


def load_squares(data: Path, rows: list[Example], cache: Path, side: int) -> NDArray[np.uint8]:
    """Field-of-view squares of `rows`, uint8 (len(rows), side, side, 3), kept in `cache` between runs."""
    file = cache / f"squares_{len(rows)}_{side}.npy"
    if file.exists():
        stored: NDArray[np.uint8] = np.load(file, mmap_mode="r")
        return stored
    out = np.zeros((len(rows), side, side, 3), dtype=np.uint8)
    for i, row in enumerate(rows):
        pixels = picture(data / row.dataset / row.image)
        if row.dataset == "aptos_gauss224":
            out[i] = unsquash(pixels, side)
        else:
            out[i] = square(Photograph.from_pixels(pixels), side)[0]
    cache.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial.npy")
    np.save(partial, out)
    partial.replace(file)
    return out


def unsquash(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """An APTOS picture (local mean subtracted on grey, squeezed to a square) with its field of view round again."""
    structure = np.abs(pixels.astype(np.int16) - 128).max(axis=2) > 12
    columns, lines = structure.mean(axis=0) > 0.02, structure.mean(axis=1) > 0.02
    if not columns.any() or not lines.any():
        box = (0, 0, pixels.shape[1], pixels.shape[0])
    else:
        xs, ys = np.flatnonzero(columns), np.flatnonzero(lines)
        box = (int(xs[0]), int(ys[0]), int(xs[-1]) + 1, int(ys[-1]) + 1)
    # Photographs were 3:2 or 4:3 before they were squeezed; a field that ends in a wide edge was cut there.
    edge = structure[box[1] : box[1] + 3, box[0] : box[2]].any(axis=0).mean()
    tall = side
    if edge > 0.45:
        tall = min(side, round(side * (box[3] - box[1]) / max(box[2] - box[0], 1) / 1.4))
    patch = Image.fromarray(pixels).crop(box).resize((side, tall), Image.Resampling.BICUBIC)
    out = np.full((side, side, 3), 128, dtype=np.uint8)
    top = (side - tall) // 2
    out[top : top + tall] = np.asarray(patch)
    return out
