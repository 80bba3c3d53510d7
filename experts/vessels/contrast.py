"""Local contrast normalisation: cameras, exposures and vignettes look alike afterwards."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

WINDOW = 24
"""The Gaussian window's sigma is the field of view's diameter divided by this: wider than the widest vessel."""
NOISE = 2.0
"""Grey levels (of 255) of spread that are taken for noise and not amplified."""
LIMIT = 4.0
"""Normalised values are cut off here, in local standard deviations."""
_REDUCE = 4
"""Local means are slow functions of place: they are computed at this reduction."""


def _gaussian(x: torch.Tensor, sigma: float) -> torch.Tensor:
    """(1, c, h, w) smoothed, zeros outside."""
    reach = max(1, round(3 * sigma))
    taps = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=torch.float32) / sigma) ** 2)
    taps = (taps / taps.sum()).repeat(x.shape[1], 1)
    x = functional.conv2d(x, taps[:, None, :, None], padding=(reach, 0), groups=x.shape[1])
    return functional.conv2d(x, taps[:, None, None, :], padding=(0, reach), groups=x.shape[1])


def normalise(pixels: NDArray[np.uint8], inside: NDArray[np.bool_], diameter: float) -> torch.Tensor:
    """RGB uint8 (h, w, 3) as local standard deviations from the local mean, float32 (3, h, w), within +-LIMIT.

    `inside` (h, w) is the field of view; outside it the result is 0 and pixels there count in no mean.
    `diameter` is the field of view's, in these pixels.
    """
    height, width = inside.shape
    seen = torch.from_numpy(inside.astype(np.float32))[None, None]
    values = torch.from_numpy(pixels.astype(np.float32).transpose(2, 0, 1))[None] * seen
    stack = torch.cat([values, values * values, seen], dim=1)
    padded = functional.pad(stack, (0, -width % _REDUCE, 0, -height % _REDUCE))
    smooth = _gaussian(functional.avg_pool2d(padded, _REDUCE), max(0.5, diameter / WINDOW / _REDUCE))
    smooth = functional.interpolate(smooth, scale_factor=_REDUCE, mode="bilinear")[:, :, :height, :width]
    weight = smooth[:, 6:].clamp_min(1e-3)
    mean = smooth[:, :3] / weight
    spread = (smooth[:, 3:6] / weight - mean * mean).clamp_min(0) + NOISE**2
    return (((values - mean) / spread.sqrt()).clamp(-LIMIT, LIMIT) * seen)[0]
