"""The detector: an ultralytics YOLO built from `yolo-lesions.yaml`, read tile by tile, boxes thinned by torchvision."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..yolo import detection_model
from .network import KINDS, Encoder, fill

YAML = Path(__file__).with_name("yolo-lesions.yaml")
TILE = 640
OVERLAP = 128
PAD = 2
"""Boxes are drawn this many working pixels wider on each side than the lesion, so that the smallest can be matched."""
_NMS_IOU = 0.4


@dataclass(frozen=True)
class Box:
    """A detected lesion in working pixels: left, top, right, bottom, its kind and score."""

    left: float
    top: float
    right: float
    bottom: float
    kind: str
    score: float


def build(home: Path | None = None) -> torch.nn.Module:
    """The untrained detector, its backbone the segmenter's encoder."""
    network: Any = detection_model(str(YAML), len(KINDS), home)
    features = Encoder().features
    network.model[0].m = nn.Sequential(nn.Sequential(features[0], nn.ReLU6()), *features[1:])
    return network


_BLOCKS = "model.0.m."
"""What the names of the encoder's weights begin with in a detector."""


def take_encoder(network: Any, state: dict[str, Tensor]) -> None:
    """Begin with a segmenter's encoder (its weights as `state`): both read the same blocks."""
    encoder = Encoder()
    prefix = "encoder."
    encoder.load_state_dict({k.removeprefix(prefix): v.float() for k, v in state.items() if k.startswith(prefix)})
    network.model[0].m = nn.Sequential(nn.Sequential(encoder.features[0], nn.ReLU6()), *encoder.features[1:])


def encoder_of(state: dict[str, Tensor]) -> dict[str, Tensor] | None:
    """The encoder's weights of a trained detector, as the segmenter names them less their prefix; None of other weights."""
    own = {k.removeprefix(_BLOCKS): v.float() for k, v in state.items() if k.startswith(_BLOCKS)}
    return {f"features.{k.replace('0.0.', '0.', 1) if k.startswith('0.0.') else k}": v for k, v in own.items()} or None


def load(state: dict[str, Tensor], home: Path | None = None) -> torch.nn.Module:
    """A detector with these weights, convolutions and batch norms fused, ready to read. Raises ExpertUnavailable."""
    network: Any = build(home)
    fill(network, state, "the detector's weights")
    return network.eval().fuse(verbose=False)


def tile_starts(length: int) -> list[int]:
    """Where tiles of TILE pixels start along a side: the first at 0, the last ending with the side, OVERLAP or more."""
    if length <= TILE:
        return [0]
    count = int(np.ceil((length - OVERLAP) / (TILE - OVERLAP)))
    return [round(i * (length - TILE) / (count - 1)) for i in range(count)]


@torch.inference_mode()
def detect(network: torch.nn.Module, values: NDArray[np.float32], floor: float = 0.01) -> list[Box]:
    """Boxes with scores of at least `floor` in standardised working colours (3, h, w), highest score first."""
    from torchvision.ops import batched_nms

    height, width = values.shape[1:]
    device = next(network.parameters()).device
    found: list[Tensor] = []
    for top in tile_starts(height):
        for left in tile_starts(width):
            tile = np.full((1, 3, TILE, TILE), -1.0, dtype=np.float32)
            piece = values[:, top : top + TILE, left : left + TILE]
            tile[0, :, : piece.shape[1], : piece.shape[2]] = piece
            output = network(torch.from_numpy(tile).to(device))
            rows = (output[0] if isinstance(output, tuple) else output)[0].T.float().cpu()
            scores, kinds = rows[:, 4:].max(dim=1)
            keep = scores >= floor
            centre, size = rows[keep, :2], rows[keep, 2:4]
            corner = torch.tensor([left, top], dtype=torch.float32)
            boxes = torch.cat([centre - size / 2 + corner, centre + size / 2 + corner], 1)
            found.append(torch.cat([boxes, scores[keep, None], kinds[keep, None].float()], 1))
    rows = torch.cat(found)
    rows = rows[batched_nms(rows[:, :4], rows[:, 4], rows[:, 5].long(), _NMS_IOU)]
    boxes_out = []
    for x0, y0, x1, y1, score, kind in rows.tolist():
        x0, y0, x1, y1 = x0 + PAD, y0 + PAD, max(x1 - PAD, x0 + PAD + 1), max(y1 - PAD, y0 + PAD + 1)
        box = (max(0.0, x0), max(0.0, y0), min(float(width), x1), min(float(height), y1))
        if box[2] > box[0] and box[3] > box[1]:
            boxes_out.append(Box(*box, kind=KINDS[int(kind)], score=score))
    return boxes_out
