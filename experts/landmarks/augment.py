"""Random views of a cached frame with its targets carried along."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch.nn import functional as F

from .network import STRIDE
from .samples import CACHE, Sample
from .sight import DIAMETER, even_out

SIGMA = {"disc": 2.5, "fovea": 3.0}
"""Width of a target's Gaussian, map pixels."""


def _transform(rng: np.random.Generator) -> NDArray[np.float64]:
    """A random 2x3 map from view coordinates (-1..1) to frame coordinates (-1..1)."""
    turn = np.radians(rng.uniform(-20, 20))
    zoom = float(np.exp(rng.normal(0, 0.15)))
    if rng.random() < 0.15:
        zoom *= rng.uniform(0.45, 0.75)
    shift = rng.uniform(-0.15, 0.15, 2) if zoom > 0.75 else rng.uniform(-0.4, 0.4, 2)
    flip = np.array([-1.0 if rng.random() < 0.5 else 1.0, -1.0 if rng.random() < 0.15 else 1.0])
    stretch = np.exp(rng.normal(0, 0.04, 2))
    turn_matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.column_stack([turn_matrix @ np.diag(flip * zoom * stretch), shift])


def warp(plane: NDArray[np.uint8], theta: NDArray[np.float64], side: int) -> NDArray[np.float32]:
    """A square picture (n, n, c) through a 2x3 map from view to picture coordinates (both -1..1): (side, side, c)."""
    source = torch.from_numpy(np.ascontiguousarray(plane.transpose(2, 0, 1)))[None].float()
    grid = F.affine_grid(torch.from_numpy(theta[None]).float(), [1, 1, side, side], align_corners=False)
    view = F.grid_sample(source, grid, mode="bilinear", align_corners=False)
    return view[0].permute(1, 2, 0).numpy()


def colours(view: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Another camera's colours, uneven light, shadows and reflexes, blur and noise: RGB (n, n, 3), 0 to 255."""
    side = view.shape[0]
    view = 255.0 * (np.clip(view, 0, 255) / 255.0) ** np.exp(rng.normal(0, 0.25, 3)).astype(np.float32)
    view = view * np.exp(rng.normal(0, 0.15, 3)).astype(np.float32)
    ys, xs = np.mgrid[:side, :side].astype(np.float32) / side - 0.5
    if rng.random() < 0.6:
        slope = rng.normal(0, 0.6, 2)
        view = view * np.clip(1 + slope[0] * xs + slope[1] * ys, 0.3, 1.8)[:, :, None]
    for _ in range(int(rng.integers(0, 3)) if rng.random() < 0.4 else 0):
        cx, cy = rng.uniform(-0.45, 0.45, 2)
        size = rng.uniform(0.03, 0.18)
        blob = np.exp(-((xs - cx) ** 2 + (ys - cy) ** 2) / (2 * size**2))[:, :, None]
        if rng.random() < 0.5:
            view = view * (1 - rng.uniform(0.3, 0.95) * blob)
        else:
            view = view + rng.uniform(30, 150) * blob * rng.uniform(0.6, 1.0, 3).astype(np.float32)
    if rng.random() < 0.3:
        view = ndimage.gaussian_filter(view, (*(2 * [float(rng.uniform(0.5, 3.0))]), 0))
    if rng.random() < 0.5:
        view = view + rng.normal(0, rng.uniform(1, 8), view.shape).astype(np.float32)
    return np.clip(view, 0, 255).astype(np.float32)


def _gaussian(x: float, y: float, sigma: float, side: int) -> NDArray[np.float32]:
    ys, xs = np.mgrid[:side, :side]
    heat = np.exp(-((xs + 0.5 - x) ** 2 + (ys + 0.5 - y) ** 2) / (2 * sigma**2))
    return heat.astype(np.float32)


def view_of(
    sample: Sample, rng: np.random.Generator | None
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """A view (3, DIAMETER, DIAMETER) for the network, its targets (3, side, side) and their weights (3,).

    Without `rng` the plain view. A target that lies outside the view is an empty map; an unknown one has weight 0.
    """
    theta = _transform(rng) if rng is not None else np.array([[1.0, 0, 0], [0, 1.0, 0]])
    frame = sample.frame if sample.area is None else np.dstack([sample.frame, sample.area])
    warped = warp(frame, theta, DIAMETER)
    view = (
        warped[:, :, :3]
        if rng is None
        else colours(warped[:, :, :3], rng) * (warped[:, :, :3].max(2, keepdims=True) > 3)
    )
    side = DIAMETER // STRIDE
    targets, weights = np.zeros((3, side, side), np.float32), np.zeros(3, np.float32)
    inverse = np.linalg.inv(theta[:, :2])
    for index, (name, position) in enumerate((("disc", sample.disc), ("fovea", sample.fovea))):
        if np.isnan(position[0]):
            continue
        place = inverse @ (np.asarray(position) / CACHE * 2 - 1 - theta[:, 2])
        x, y = (place + 1) / 2 * side
        weights[index] = sample.weight
        if 0 <= x < side and 0 <= y < side:
            targets[index] = _gaussian(x, y, SIGMA[name], side)
    if sample.area is not None:
        small = torch.from_numpy(np.ascontiguousarray(warped[:, :, 3]))[None, None] / 255.0
        targets[2] = F.avg_pool2d(small, STRIDE)[0, 0].numpy()
        weights[2] = sample.weight
    return even_out(view), targets, weights
