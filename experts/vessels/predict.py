"""From pixels to a vessel probability map."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ...imaging import FieldOfView, Frame, find_field_of_view
from .contrast import normalise
from .network import MULTIPLE, VesselNet

DIAMETER = 672
"""The field of view's diameter, in pixels, at which the network looks."""
RIM = 0.01
"""Fraction of the radius at the rim of the field of view that is left out: its edge is no vessel."""
_MIRRORS: tuple[tuple[int, ...], ...] = ((), (2,), (3,), (2, 3))
"""The picture is read upright and mirrored (dimensions to flip); the four opinions are averaged."""


def probability(net: VesselNet, pixels: NDArray[np.uint8], fov: FieldOfView) -> tuple[NDArray[np.float32], Frame]:
    """The vessel probability map at working scale, float32 (frame.height, frame.width), 0 to 1, and its frame.

    `net` is folded; `pixels` is RGB uint8 (height, width, 3). Outside the field of view the map is 0.
    """
    height, width = pixels.shape[:2]
    frame = Frame.around(fov, (height, width), DIAMETER, multiple=MULTIPLE)
    inside = field_in_frame(fov, frame)
    seen = normalise(frame.look(pixels), inside, DIAMETER)[None]
    device = next(net.parameters()).device
    total = torch.zeros(1, 1, frame.height, frame.width)
    with torch.inference_mode():
        for dims in _MIRRORS:
            turned = torch.flip(seen, dims).contiguous(memory_format=torch.channels_last)
            total += torch.flip(torch.sigmoid(net(turned.to(device))[1]), dims).cpu()
    plane = (total[0, 0] / len(_MIRRORS)).numpy() * inside
    return plane.astype(np.float32), frame


def field_in_frame(fov: FieldOfView, frame: Frame) -> NDArray[np.bool_]:
    """Working pixels (frame.height, frame.width) inside the photograph's field of view, its rim left out."""
    x = frame.left + (np.arange(frame.width) + 0.5) * frame.scale
    y = frame.top + (np.arange(frame.height) + 0.5) * frame.scale
    radius = fov.diameter / 2 * (1 - RIM)
    circle: NDArray[np.bool_] = (x[None, :] - fov.x) ** 2 + (y[:, None] - fov.y) ** 2 <= radius**2
    circle &= ((x >= 0) & (x < frame.photograph_width))[None, :]
    circle &= ((y >= 0) & (y < frame.photograph_height))[:, None]
    return circle


def probability_at_size(net: VesselNet, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The vessel probability map at the photograph's own size, float32 (height, width)."""
    plane, frame = probability(net, pixels, find_field_of_view(pixels))
    return frame.restore(plane)
