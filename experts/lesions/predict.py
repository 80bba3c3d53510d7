"""From pixels to the four lesion probability maps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ...imaging import FieldOfView, Frame
from .appearance import RIM, frame_of, inside_mask, standardise
from .network import KINDS, STRIDE, LesionNet, fill


@dataclass(frozen=True)
class View:
    """A photograph as the lesion networks see it.

    `pixels` (h, w, 3) uint8 at the working scale; `values` (3, h, w) standardised colours; `inside` (h, w) the field
    of view without its rim.
    """

    frame: Frame
    pixels: NDArray[np.uint8]
    values: NDArray[np.float32]
    inside: NDArray[np.bool_]


def view_of(pixels: NDArray[np.uint8], fov: FieldOfView) -> View:
    """The view of a photograph (height, width, 3), RGB uint8."""
    height, width = pixels.shape[:2]
    frame = frame_of(fov, height, width, STRIDE)
    small = frame.look(pixels)
    return View(frame, small, standardise(small, inside_mask(fov, frame)), inside_mask(fov, frame, RIM))


def load_segmenter(state: dict[str, torch.Tensor]) -> LesionNet:
    """The segmenter with these weights, ready to read. Raises ExpertUnavailable when they do not fit."""
    network = LesionNet()
    fill(network, state, "the segmenter's weights")
    return network.fold().to(memory_format=torch.channels_last)


ORIENTATIONS: tuple[tuple[int, ...], ...] = ((), (3,), (2,), (2, 3))
"""Axes along which the picture is turned over for each reading: upright, mirrored, upside down, and both."""


@torch.inference_mode()
def probabilities(network: nn.Module, view: View) -> NDArray[np.float32]:
    """Maps (4, h, w), 0 to 1, in the order of KINDS: the mean over ORIENTATIONS; 0 outside the field.

    Reads in full precision everywhere: in bfloat16 a lesion at its threshold is counted on one machine and not on another.
    """
    device = next(network.parameters()).device
    x = torch.from_numpy(view.values)[None].to(device).contiguous(memory_format=torch.channels_last)
    total = torch.zeros((1, len(KINDS), *x.shape[2:]), device=device)
    for axes in ORIENTATIONS:
        turned = x.flip(axes).contiguous(memory_format=torch.channels_last)
        total += network(turned).sigmoid().flip(axes) / len(ORIENTATIONS)
    maps: NDArray[np.float32] = total[0].cpu().numpy()
    return maps * view.inside
