"""From pixels to a vessel probability map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import nn

from ...imaging import FieldOfView, Frame, find_field_of_view
from .contrast import normalise
from .network import MULTIPLE

DIAMETER, LARGEST = 800, 1120
"""Least and greatest diameter of the field of view, in pixels, at which the networks look; chosen on held-out
photographs."""
ENLARGED = 1.5
"""Between the two, photographs are enlarged by this: a finer grid would add nothing to what they show."""
RIM = 0.01
"""Fraction of the radius at the rim of the field of view that is not looked at: its edge is no vessel."""
_MIRRORS: tuple[tuple[int, ...], ...] = ((), (3,), (2,), (2, 3))
"""The picture is read upright and mirrored (dimensions of (n, c, h, w) to flip) and the opinions averaged."""
ALL_LIT, DARK = 0.995, 16
"""A field of view of which less is lit is no circle; of 255, what is darker and reaches its outside is surround."""
WAYS = 2
"""So many of these readings each network for vessels makes: upright and left to right."""


def working_diameter(fov: FieldOfView) -> int:
    """The diameter, in working pixels, at which a photograph with this field of view is read; a multiple of 8."""
    return int(min(max(DIAMETER, round(fov.diameter * ENLARGED / 8) * 8), LARGEST))


def look(pixels: NDArray[np.uint8], fov: FieldOfView) -> tuple[torch.Tensor, Frame]:
    """The photograph as the networks see it, normalised (3, frame.height, frame.width), and its frame."""
    height, width = pixels.shape[:2]
    diameter = working_diameter(fov)
    frame = Frame.around(fov, (height, width), diameter, multiple=MULTIPLE)
    return normalise(frame.look(pixels), field_in_frame(fov, frame), diameter), frame


def mirrored(nets: Sequence[nn.Module], seen: torch.Tensor, ways: int) -> torch.Tensor:
    """Mean probability (h', w') over networks and over upright and mirrored readings of a picture (3, h, w).

    `ways` is 1, 2 or 4.
    """
    device = next(nets[0].parameters()).device
    opinions = []
    with torch.inference_mode():
        for dims in _MIRRORS[:ways]:
            turned = torch.flip(seen[None], dims).to(device).contiguous(memory_format=torch.channels_last)
            opinions += [torch.flip(torch.sigmoid(net(turned)), dims)[0, 0].cpu() for net in nets]
        return torch.stack(opinions).mean(dim=0)


def vessel_probability(nets: Sequence[nn.Module], seen: torch.Tensor, inside: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The vessel probability map (h, w), float32, 0 outside the field of view `inside` (h, w)."""
    plane: NDArray[np.float32] = mirrored(nets, seen, WAYS).numpy() * inside
    return plane.astype(np.float32)


def probability_at_size(nets: Sequence[nn.Module], pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The vessel probability map at the photograph's own size, float32 (height, width), by folded networks."""
    fov = find_field_of_view(pixels)
    seen, frame = look(pixels, fov)
    inside = field_in_frame(fov, frame)
    return frame.restore(carried_to_the_rim(vessel_probability(nets, seen, inside), inside, fov, frame))


def carried_to_the_rim(
    plane: NDArray[np.float32], inside: NDArray[np.bool_], fov: FieldOfView, frame: Frame
) -> NDArray[np.float32]:
    """A map (frame.height, frame.width), 0 but `inside`, in whose rim, which no network looked at, stands what lies just
    inside of it: a vessel that reaches the rim does not end there."""
    rows, columns = np.nonzero(field_in_frame(fov, frame, rim=0.0) & ~inside)
    x, y = frame.left + (columns + 0.5) * frame.scale, frame.top + (rows + 0.5) * frame.scale
    within = RIM * fov.diameter / 2 + frame.scale
    x, y = fov.inward(x, y, within)
    x = _off_the_cuts(x, fov.left, fov.right, frame.photograph_width, within)
    y = _off_the_cuts(y, fov.top, fov.bottom, frame.photograph_height, within)
    out = plane.copy()
    out[rows, columns] = plane[
        ((y - frame.top) / frame.scale).astype(int).clip(0, frame.height - 1),
        ((x - frame.left) / frame.scale).astype(int).clip(0, frame.width - 1),
    ]
    return out


def without_surround(
    plane: NDArray[np.float32], pixels: NDArray[np.uint8], fov: FieldOfView, frame: Frame
) -> NDArray[np.float32]:
    """A map (frame.height, frame.width) without what lies on the dark surround of the photograph's `pixels`, which the circle
    of the field of view takes in where the lit part is no circle, as in photographs that were squeezed."""
    if fov.coverage >= ALL_LIT and fov.reach is None and fov.ellipse is None:
        return plane
    outside = ~field_in_frame(fov, frame, rim=0.0)
    surround = ndimage.binary_propagation(outside, mask=outside | (frame.look(pixels).max(axis=2) < DARK))
    return np.where(surround, np.float32(0), plane)


def _off_the_cuts(
    at: NDArray[np.floating[Any]], low: float, high: float, size: int, within: float
) -> NDArray[np.floating[Any]]:
    """Positions at least `within` away from where the field is cut inside the photograph."""
    return at.clip(low + within if low > 0 else -np.inf, high - within if high < size else np.inf)


def field_in_frame(fov: FieldOfView, frame: Frame, rim: float = RIM) -> NDArray[np.bool_]:
    """Working pixels (frame.height, frame.width) inside the photograph's field of view, its rim (a share of the radius) left out."""
    x = frame.left + (np.arange(frame.width) + 0.5) * frame.scale
    y = frame.top + (np.arange(frame.height) + 0.5) * frame.scale
    radius = fov.diameter / 2
    circle = fov.inside(x[None, :], y[:, None], rim)
    for at, low, high, size in (
        (x[None, :], fov.left, fov.right, frame.photograph_width),
        (y[:, None], fov.top, fov.bottom, frame.photograph_height),
    ):
        # Where the field is cut inside the photograph, the cut has a rim too.
        circle &= at >= (low + rim * radius if low > 0 else 0)
        circle &= at < (high - rim * radius if high < size else size)
    return circle
