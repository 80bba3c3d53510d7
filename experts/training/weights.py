"""Writing trained weights, mixing them with earlier ones, and the card's pins for them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from ...records.card import WeightsFile

if TYPE_CHECKING:
    import torch


def blended(own: dict[str, torch.Tensor], start: dict[str, torch.Tensor], share: float) -> dict[str, torch.Tensor]:
    """Weights on the straight way from those of `start` (share 0) to a network's `own` (share 1), in single precision.

    What is no floating-point number stays the network's own.
    """
    return {k: start[k].float().lerp(v.float(), share) if v.is_floating_point() else v for k, v in own.items()}


def write_weights(state: dict[str, torch.Tensor], folder: Path, file: str, *, half: bool = True) -> WeightsFile:
    """Write tensors as safetensors (floats in half precision unless told otherwise) and return the card's entry.

    `file` is relative to `folder` (for example `weights/vessels.safetensors`).
    """
    from safetensors.torch import save

    tensors = {
        name: (t.detach().cpu().half() if half and t.is_floating_point() else t.detach().cpu()).contiguous()
        for name, t in state.items()
        if not name.endswith("num_batches_tracked")
    }
    data = save(tensors)
    target = folder / file
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    partial.write_bytes(data)
    partial.replace(target)
    return WeightsFile(file=file, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
