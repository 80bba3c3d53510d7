"""Training pictures of the lesion networks: photographs at the working scale and masks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ...imaging import FieldOfView, Frame, find_field_of_view
from ..training.datasets import labels, picture, plane
from ..training.spoil import lessened
from .appearance import colour_transform, frame_of, inside_mask
from .network import KINDS

VALIDATION = tuple(f"IDRiD_{n:02d}" for n in (4, 10, 15, 21, 25, 30, 37, 42, 48, 52))
"""Held out of the 54 official training photographs: checkpoint and thresholds are chosen on these ten."""
HEALTHY_CHECK = tuple(f"{n:02d}_h" for n in range(11, 16))
"""HRF's healthy photographs kept back to count false positives; the other ten are trained on as lesion-free."""


@dataclass
class Sample:
    """One photograph at the working scale.

    `pixels` (h, w, 3) uint8 RGB; `masks` (4, h, w) uint8, covered fraction of each pixel times 255, in the order of
    KINDS; `inside` (h, w) the field of view; `gain`, `offset` its colour transform; `spots` per kind the (row,
    column) centres of its lesions and their areas; `disc` the optic disc's centre or None; `mistaken` (n, 2) the (row,
    column) of what earlier weights took for lesions where there are none.
    """

    name: str
    pixels: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    inside: NDArray[np.bool_]
    gain: NDArray[np.float32]
    offset: NDArray[np.float32]
    spots: list[NDArray[np.float64]]
    disc: tuple[float, float] | None
    frame: Frame
    fov: FieldOfView
    mistaken: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))


def _spots(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    found, count = ndimage.label(mask)
    if count == 0:
        return np.zeros((0, 3))
    centres = np.asarray(ndimage.center_of_mass(mask, found, range(1, count + 1)), dtype=np.float64).reshape(-1, 2)
    return np.column_stack([centres, np.bincount(found.ravel())[1:]])


def load_sample(folder: Path, row: dict[str, str]) -> Sample:
    """A row of `idrid_seg` (masks by kind) or of `hrf` (no lesions) as a Sample."""
    pixels = picture(folder / row["image"])
    height, width = pixels.shape[:2]
    fov = find_field_of_view(pixels)
    frame = frame_of(fov, height, width)
    inside = inside_mask(fov, frame)
    small = frame.look(pixels)
    masks = np.zeros((len(KINDS), frame.height, frame.width), dtype=np.uint8)
    for channel, kind in enumerate(KINDS):
        if row.get(kind):
            masks[channel] = area_look(
                frame.left, frame.top, frame.scale, plane(folder / row[kind]) > 0, masks[0].shape
            )
    disc = None
    if row.get("OD"):
        at = ndimage.center_of_mass(plane(folder / row["OD"]) > 0)
        u, v = frame.from_photograph(at[1], at[0])
        disc = (v, u)
    gain, offset = colour_transform(small, inside)
    spots = [_spots(m > 127) for m in masks]
    return Sample(Path(row["image"]).stem, small, masks, inside, gain, offset, spots, disc, frame, fov)


def area_look(
    left: float, top: float, scale: float, mask: NDArray[np.bool_], shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    """Covered fraction (times 255) of each working pixel: `mask` seen in a frame at `left`, `top` with this `scale`."""
    from PIL import Image

    height, width = shape[-2:]
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    x1, y1 = left + width * scale, top + height * scale
    w, h = int(np.ceil(max(x1, mask.shape[1]))), int(np.ceil(max(y1, mask.shape[0])))
    x0, y0 = min(0, int(np.floor(left))), min(0, int(np.floor(top)))
    if (w, h) != image.size or x0 < 0 or y0 < 0:
        image = image.crop((x0, y0, w, h))
    box = (left - x0, top - y0, x1 - x0, y1 - y0)
    how = Image.Resampling.BOX if scale >= 1 else Image.Resampling.BILINEAR
    return np.asarray(image.resize((width, height), how, box=box))


def idrid_samples(data: Path, names: set[str] | None = None, *, split: str = "train") -> list[Sample]:
    """IDRiD's photographs of one official split, all or those named."""
    folder = data / "idrid_seg"
    rows = [r for r in labels(data, "idrid_seg") if r["split"] == split]
    return [load_sample(folder, r) for r in rows if names is None or Path(r["image"]).stem in names]


def training_rows(data: Path) -> tuple[set[str], set[str]]:
    """Names of the official training photographs that are trained on, and of those held out for validation."""
    everyone = {Path(r["image"]).stem for r in labels(data, "idrid_seg") if r["split"] == "train"}
    return everyone - set(VALIDATION), set(VALIDATION)


def poorer(sample: Sample, rng: np.random.Generator) -> Sample:
    """The photograph as a smaller, grainy or hard compressed file keeps it, its colours brought to one look anew."""
    pixels = lessened(sample.pixels, rng)
    gain, offset = colour_transform(pixels, sample.inside)
    return replace(sample, pixels=pixels, gain=gain, offset=offset)
