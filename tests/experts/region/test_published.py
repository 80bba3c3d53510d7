"""A configured segment-anything checkpoint takes the small network's place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from fundoscope.experts import load_expert
from fundoscope.experts.region.published import PublishedSam, load_sam
from fundoscope.experts.region.window import Prompt
from fundoscope.experts.yolo import quiet_ultralytics
from fundoscope.records import Photograph
from fundoscope.settings import default_settings
from safetensors.torch import save_file


def test_boxes_and_clicks_come_back_in_their_order(tiny_checkpoint: Path):
    outliner = load_sam(tiny_checkpoint, "tiny")
    pixels = np.random.default_rng(0).integers(0, 255, (48, 80, 3), dtype=np.uint8)
    prompts = [Prompt(40, 20, 40, 20), Prompt(10, 10, 30, 25), Prompt(60, 30, 60, 30)]
    together = outliner.outlines(pixels, prompts, 80)
    assert [s.mask.shape for s in together] == [(48, 80)] * 3
    alone = [outliner.outlines(pixels, [prompt], 80)[0] for prompt in prompts]
    assert all(np.array_equal(a.mask, b.mask) for a, b in zip(together, alone, strict=True))


def test_mobile_sam_s_own_tensors_fit_and_outline_as_ultralytics_encodes(tmp_path: Path):
    quiet_ultralytics(tmp_path)
    from ultralytics.models.sam.build import build_mobile_sam

    torch.manual_seed(0)
    theirs = build_mobile_sam()
    save_file(theirs.state_dict(), tmp_path / "mobile.safetensors")
    outliner = load_sam(tmp_path / "mobile.safetensors", "mobile_sam")
    pixels = np.random.default_rng(0).integers(0, 255, (48, 80, 3), dtype=np.uint8)
    shapes = outliner.outlines(pixels, [Prompt(10, 10, 30, 25), Prompt(40, 20, 40, 20)], 80)
    assert [s.mask.shape for s in shapes] == [(48, 80)] * 2
    x = torch.randn(1, 3, 1024, 1024, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        torch.testing.assert_close(outliner.predictor.model.image_encoder(x), theirs.image_encoder(x))


def test_the_expert_outlines_with_it_and_says_so(tiny_checkpoint: Path):
    update = {"sam_checkpoint": tiny_checkpoint, "sam_model": "tiny"}
    expert = load_expert("region", default_settings().model_copy(update=update))
    assert isinstance(expert.outliner, PublishedSam)
    pixels = np.random.default_rng(0).integers(90, 160, (200, 300, 3), dtype=np.uint8)
    finding = expert.outline(Photograph.from_pixels(pixels), Prompt(100, 80, 160, 120))
    assert any("checkpoint (tiny)" in note for note in finding.notes)
    for region in finding.regions:
        assert region.x >= 0 and region.x + region.width <= 300
