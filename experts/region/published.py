"""Published segment-anything checkpoints (SAM, MedSAM, MobileSAM) as outliners, where the user has configured one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file

from ...errors import ExpertUnavailable
from .shape import Shape
from .window import Prompt

_BATCH = 16


def _published(name: str) -> Callable[[], Any]:
    def build() -> Any:
        from segment_anything import sam_model_registry

        return sam_model_registry[name](checkpoint=None)

    return build


def _medsam() -> Any:
    """SAM's vit_b on colours from 0 to 1, as MedSAM was trained."""
    sam = _published("vit_b")()
    sam.pixel_mean, sam.pixel_std = torch.zeros(3, 1, 1), torch.full((3, 1, 1), 255.0)
    return sam


def _mobile_sam() -> Any:
    """SAM with the small encoder of MobileSAM, which ultralytics has, in the place of the vision transformer."""
    from segment_anything.modeling import MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

    from ..yolo import quiet_ultralytics

    quiet_ultralytics()
    from ultralytics.models.sam.build import build_mobile_sam

    encoder, width = build_mobile_sam().image_encoder, 256
    grid = encoder.img_size // 16
    transformer = TwoWayTransformer(depth=2, embedding_dim=width, mlp_dim=2048, num_heads=8)
    return Sam(
        encoder,
        PromptEncoder(width, (grid, grid), (encoder.img_size, encoder.img_size), mask_in_chans=16),
        MaskDecoder(transformer_dim=width, transformer=transformer),
    )


BUILDERS: dict[str, Callable[[], Any]] = {
    **{name: _published(name) for name in ("vit_b", "vit_l", "vit_h")},
    "medsam": _medsam,
    "mobile_sam": _mobile_sam,
}
"""Makers of untrained models by type name; a model of another shape is read after its maker is put in here."""


class PublishedSam:
    """Outlines with a SamPredictor, which holds the picture while it works: one call at a time."""

    def __init__(self, predictor: Any) -> None:
        self.predictor = predictor
        self._one_at_a_time = threading.Lock()

    @torch.inference_mode()
    def outlines(self, pixels: NDArray[np.uint8], prompts: Sequence[Prompt], diameter: float) -> list[Shape]:
        """A shape for each prompt in RGB pixels (h, w, 3); of a click's three readings the most trusted one."""
        if not prompts:
            return []
        with self._one_at_a_time:
            self.predictor.set_image(np.ascontiguousarray(pixels))
            shapes: dict[int, Shape] = {}
            for boxed in (True, False):
                chosen = [i for i, p in enumerate(prompts) if p.is_box == boxed]
                for start in range(0, len(chosen), _BATCH):
                    part = chosen[start : start + _BATCH]
                    shapes |= zip(part, self._ask([prompts[i] for i in part], pixels.shape[:2], boxed), strict=True)
            self.predictor.reset_image()
        return [shapes[i] for i in range(len(prompts))]

    def _ask(self, prompts: Sequence[Prompt], size: tuple[int, ...], boxed: bool) -> list[Shape]:
        corners = torch.tensor([[p.left, p.top, p.right, p.bottom] for p in prompts], dtype=torch.float32)
        transform, device = self.predictor.transform, self.predictor.device
        if boxed:
            boxes = transform.apply_boxes_torch(corners, size).to(device)
            found, trust, _ = self.predictor.predict_torch(None, None, boxes=boxes, multimask_output=False)
        else:
            clicks = transform.apply_coords_torch(corners[:, None, :2], size).to(device)
            found, trust, _ = self.predictor.predict_torch(clicks, torch.ones(len(prompts), 1, device=device))
        best = trust.argmax(dim=1)
        rows = torch.arange(len(prompts), device=best.device)
        masks, scores = found[rows, best].cpu().numpy(), trust[rows, best].float().cpu().tolist()
        return [Shape(0, 0, mask, min(1.0, max(0.0, score))) for mask, score in zip(masks, scores, strict=True)]


def load_sam(checkpoint: Path, model: str, device: str = "cpu") -> PublishedSam:
    """An outliner with the weights of a safetensors file. Raises ExpertUnavailable."""
    from segment_anything import SamPredictor

    if model not in BUILDERS:
        raise ExpertUnavailable(f"no segment-anything model type {model!r}; there are {', '.join(BUILDERS)}")
    try:
        state = load_file(checkpoint)
    except (OSError, SafetensorError) as error:
        raise ExpertUnavailable(
            f"the segment-anything checkpoint {checkpoint} is missing or no safetensors file"
        ) from error
    sam = BUILDERS[model]()
    try:
        sam.load_state_dict({k: v.float() for k, v in state.items()})
    except RuntimeError as error:
        raise ExpertUnavailable(f"the checkpoint {checkpoint} does not fit the model type {model}") from error
    return PublishedSam(SamPredictor(sam.eval().to(device)))
