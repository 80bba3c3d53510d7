"""From pixels to the four lesion probability maps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ...errors import ExpertUnavailable
from ...imaging import FieldOfView, Frame
from .appearance import RIM, frame_of, inside_mask, standardise
from .network import STRIDE, LesionNet


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


def load_segmenter(state: dict[str, torch.Tensor], name: str = "lesions") -> LesionNet:
    """The segmenter with these weights, ready to read. Raises ExpertUnavailable when they do not fit."""
    network = LesionNet()
    missing, unexpected = network.load_state_dict({k: v.float() for k, v in state.items()}, strict=False)
    if unexpected or any(not key.endswith("num_batches_tracked") for key in missing):
        raise ExpertUnavailable(f"{name}: the segmenter's weights do not fit the network; reinstall fundoscope")
    return network.fold().to(memory_format=torch.channels_last)


@torch.inference_mode()
def probabilities(network: LesionNet, view: View, *, mirrored: bool = True) -> NDArray[np.float32]:
    """Maps (4, h, w), 0 to 1, in the order of KINDS: upright and, with `mirrored`, left to right, averaged; 0 outside."""
    device = next(network.parameters()).device
    x = torch.from_numpy(view.values)[None].to(device).contiguous(memory_format=torch.channels_last)
    total = network(x).sigmoid()
    if mirrored:
        total = (total + network(x.flip(3)).sigmoid().flip(3)) / 2
    maps: NDArray[np.float32] = total[0].float().cpu().numpy()
    return maps * view.inside
