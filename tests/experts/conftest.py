"""A segment-anything model small enough for a test."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from fundoscope.experts.region import published
from safetensors.torch import save_file


def tiny_sam() -> torch.nn.Module:
    """A Sam of segment-anything's own parts with random weights."""
    from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

    size, dim = 64, 16
    encoder = ImageEncoderViT(img_size=size, patch_size=16, embed_dim=dim, depth=1, num_heads=2, out_chans=dim)
    prompts = PromptEncoder(dim, (size // 16, size // 16), (size, size), mask_in_chans=4)
    transformer = TwoWayTransformer(depth=1, embedding_dim=dim, num_heads=2, mlp_dim=32)
    decoder = MaskDecoder(transformer_dim=dim, transformer=transformer, iou_head_hidden_dim=16)
    return Sam(encoder, prompts, decoder)


@pytest.fixture
def tiny_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its weights as safetensors; the type `tiny` is known while the test runs."""
    monkeypatch.setitem(published.BUILDERS, "tiny", tiny_sam)
    torch.manual_seed(0)
    path = tmp_path / "tiny.safetensors"
    save_file({k: v.contiguous() for k, v in tiny_sam().state_dict().items()}, path)
    return path
