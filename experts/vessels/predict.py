"""From pixels to a vessel probability map."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ...imaging import FieldOfView, Frame, find_field_of_view
from .contrast import normalise
from .network import MULTIPLE, VesselNet

DIAMETER, LARGEST = 672, 896
"""Least and greatest diameter of the field of view, in pixels, at which the network looks."""
ENLARGED = 1.25
"""Between the two, photographs are enlarged by this: a finer grid would add nothing to what they show."""
RIM = 0.01
"""Fraction of the radius at the rim of the field of view that is left out: its edge is no vessel."""
_MIRRORS: tuple[tuple[int, ...], ...] = ((), (3,), (2,), (2, 3))
"""The picture is read upright and mirrored (dimensions to flip) and the opinions averaged: all four ways where it is
small, upright and left to right where it is large, so that both take about the same time."""
_LARGE = 800
"""Working diameter from which a picture counts as large."""


def working_diameter(fov: FieldOfView) -> int:
    """The diameter, in working pixels, at which a photograph with this field of view is read; a multiple of 8."""
    return int(min(max(DIAMETER, round(fov.diameter * ENLARGED / 8) * 8), LARGEST))


def probability(net: VesselNet, pixels: NDArray[np.uint8], fov: FieldOfView) -> tuple[NDArray[np.float32], Frame]:
    """The vessel probability map at working scale, float32 (frame.height, frame.width), 0 to 1, and its frame.

    `net` is folded; `pixels` is RGB uint8 (height, width, 3). Outside the field of view the map is 0.
    """
    height, width = pixels.shape[:2]
    diameter = working_diameter(fov)
    frame = Frame.around(fov, (height, width), diameter, multiple=MULTIPLE)
    inside = field_in_frame(fov, frame)
    seen = normalise(frame.look(pixels), inside, diameter)[None]
    mirrors = _MIRRORS if diameter < _LARGE else _MIRRORS[:2]
    device = next(net.parameters()).device
    total = torch.zeros(1, 1, frame.height, frame.width)
    with torch.inference_mode():
        for dims in mirrors:
            turned = torch.flip(seen, dims).contiguous(memory_format=torch.channels_last)
            total += torch.flip(torch.sigmoid(net(turned.to(device))[1]), dims).cpu()
    plane = (total[0, 0] / len(mirrors)).numpy() * inside
    return plane.astype(np.float32), frame


def field_in_frame(fov: FieldOfView, frame: Frame) -> NDArray[np.bool_]:
    """Working pixels (frame.height, frame.width) inside the photograph's field of view, its rim left out."""
    x = frame.left + (np.arange(frame.width) + 0.5) * frame.scale
    y = frame.top + (np.arange(frame.height) + 0.5) * frame.scale
    radius = fov.diameter / 2 * (1 - RIM)
    circle: NDArray[np.bool_] = (x[None, :] - fov.x) ** 2 + (y[:, None] - fov.y) ** 2 <= radius**2
    for at, low, high, size in (
        (x[None, :], fov.left, fov.right, frame.photograph_width),
        (y[:, None], fov.top, fov.bottom, frame.photograph_height),
    ):
        # Where the field is cut inside the photograph, the cut has a rim too.
        circle &= at >= (low + RIM * fov.diameter / 2 if low > 0 else 0)
        circle &= at < (high - RIM * fov.diameter / 2 if high < size else size)
    return circle


def probability_at_size(net: VesselNet, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The vessel probability map at the photograph's own size, float32 (height, width)."""
    plane, frame = probability(net, pixels, find_field_of_view(pixels))
    return frame.restore(plane)
