"""Training pictures of the disc network: windows around discs with what is known of disc and cup."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from ..landmarks.augment import colours, warp
from ..landmarks.network import STRIDE
from ..landmarks.samples import disc_masks, read_marks
from ..landmarks.sight import even_out
from ..training.datasets import picture, plane
from .window import SIDE, SPREAD, window

CACHE = 192
"""Pixels a side of a cached window, at the network's scale."""


@dataclass
class Sample:
    """A cached window (CACHE, CACHE, 5) uint8: RGB, disc and cup (0 to 255), and the weights of disc and cup."""

    source: str
    planes: NDArray[np.uint8]
    weights: tuple[float, float]


def cut(pixels: NDArray[np.uint8], disc: NDArray[np.uint8], cup: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The window (CACHE, CACHE, 5) around a disc's mask; `disc` and `cup` are (height, width), 0 or 255."""
    ys, xs = np.nonzero(disc)
    diameter = 2 * float(np.sqrt(xs.size / np.pi))
    frame = window(pixels.shape[:2], float(xs.mean()) + 0.5, float(ys.mean()) + 0.5, diameter, side=CACHE)
    return np.dstack([frame.look(pixels), frame.look(disc), frame.look(cup)])


def load_samples(data: Path, fold: int | None) -> list[Sample]:
    """IDRiD's training split (disc), Drishti but those of `fold`, if one is named (disc and cup), and discs marked by eye (as ellipses)."""
    samples = []
    for file, mask_file in sorted(disc_masks(data, fold).items()):
        mask, pixels = plane(mask_file), picture(data / file)
        has_cup = file.startswith("drishti_gs1/")
        disc = ((mask > 0) * 255).astype(np.uint8)
        cup = ((mask == 2) * 255).astype(np.uint8) if has_cup else np.zeros_like(disc)
        samples.append(Sample(file.split("/")[0], cut(pixels, disc, cup), (1.0, 1.0 if has_cup else 0.0)))
    for mark in read_marks():
        if mark["split"] == "train" and mark["disc_width"]:
            pixels = picture(data / mark["dataset"] / mark["file"])
            ys, xs = np.ogrid[: pixels.shape[0], : pixels.shape[1]]
            dx = (xs + 0.5 - float(mark["disc_x"])) / (float(mark["disc_width"]) / 2)
            dy = (ys + 0.5 - float(mark["disc_y"])) / (float(mark["disc_height"]) / 2)
            disc = ((dx**2 + dy**2 <= 1) * 255).astype(np.uint8)
            samples.append(Sample("marks", cut(pixels, disc, np.zeros_like(disc)), (0.3, 0.0)))
    return samples


def _transform(rng: np.random.Generator) -> NDArray[np.float64]:
    turn = np.radians(rng.uniform(-15, 15))
    zoom = float(np.clip(np.exp(rng.normal(0, 0.12)), 0.75, 1.3)) * SIDE / CACHE
    shift = np.clip(rng.normal(0, 0.06, 2), -0.18, 0.18)
    flip = np.array([-1.0 if rng.random() < 0.5 else 1.0, -1.0 if rng.random() < 0.3 else 1.0])
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.column_stack([matrix @ np.diag(flip * zoom * np.exp(rng.normal(0, 0.04, 2))), shift])


def view_of(
    sample: Sample, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """A random view (3, SIDE, SIDE), its targets disc and cup (2, SIDE / 2, SIDE / 2) and their weights (2,)."""
    warped = warp(sample.planes, _transform(rng), SIDE)
    rgb = colours(warped[:, :, :3], rng) * (warped[:, :, :3].max(axis=2, keepdims=True) > 3)
    small = torch.from_numpy(np.ascontiguousarray(warped[:, :, 3:].transpose(2, 0, 1)))[None] / 255.0
    return even_out(rgb, SPREAD), F.avg_pool2d(small, STRIDE)[0].numpy(), np.asarray(sample.weights, dtype=np.float32)
