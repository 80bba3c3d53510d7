"""Outlines from boxes with segment-anything, where the user has configured a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file

from ...errors import ExpertUnavailable
from .detector import Box
from .outline import Outline, box_slices

_MARGIN = 3
"""An outline may leave its box by this many working pixels."""
_BATCH = 16


def _published(name: str) -> Callable[[], Any]:
    def build() -> Any:
        from segment_anything import sam_model_registry

        return sam_model_registry[name](checkpoint=None)

    return build


BUILDERS: dict[str, Callable[[], Any]] = {name: _published(name) for name in ("vit_b", "vit_l", "vit_h")}
"""Makers of untrained models by type name; a model of another shape is read after its maker is put in here."""


def load_sam(checkpoint: Path, model: str, device: str = "cpu") -> Any:
    """A SamPredictor with the weights of a safetensors file. Raises ExpertUnavailable."""
    from segment_anything import SamPredictor

    if model not in BUILDERS:
        raise ExpertUnavailable(f"lesions: no segment-anything model type {model!r}; there are {', '.join(BUILDERS)}")
    try:
        state = load_file(checkpoint)
    except (OSError, SafetensorError) as error:
        raise ExpertUnavailable(
            f"lesions: the segment-anything checkpoint {checkpoint} is missing or no safetensors file"
        ) from error
    sam = BUILDERS[model]()
    try:
        sam.load_state_dict({k: v.float() for k, v in state.items()})
    except RuntimeError as error:
        raise ExpertUnavailable(f"lesions: the checkpoint {checkpoint} does not fit the model type {model}") from error
    return SamPredictor(sam.eval().to(device))


@torch.inference_mode()
def outlines(predictor: Any, pixels: NDArray[np.uint8], boxes: Sequence[Box]) -> list[Outline]:
    """What each box outlines, within the box and a small margin. `pixels` (h, w, 3) RGB uint8, working scale.

    The predictor holds the picture while it works: one call at a time.
    """
    if not boxes:
        return []
    height, width = pixels.shape[:2]
    predictor.set_image(np.ascontiguousarray(pixels))
    corners = torch.tensor([[b.left, b.top, b.right, b.bottom] for b in boxes], dtype=torch.float32)
    prompts = predictor.transform.apply_boxes_torch(corners, (height, width)).to(predictor.device)
    made: list[Outline] = []
    for start in range(0, len(boxes), _BATCH):
        found, _, _ = predictor.predict_torch(None, None, boxes=prompts[start : start + _BATCH], multimask_output=False)
        for box, mask in zip(boxes[start : start + _BATCH], found[:, 0].cpu().numpy(), strict=True):
            rows, columns = box_slices(box, height, width, _MARGIN)
            made.append(Outline(box, rows, columns, mask[rows, columns].copy()))
    predictor.reset_image()
    return made
