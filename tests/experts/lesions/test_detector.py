"""The detector and the outlines of its boxes."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from fundoscope.errors import ExpertUnavailable
from fundoscope.experts.lesions import detector
from fundoscope.experts.lesions.detector import Box, build, detect, encoder_of, load, take_encoder, tile_starts
from fundoscope.experts.lesions.network import LesionNet
from fundoscope.experts.lesions.outline import outline_from_map, outlined_by, painted
from fundoscope.experts.lesions.train import begin
from fundoscope.experts.region.published import load_sam
from safetensors.torch import save_file


@pytest.mark.parametrize("length", [64, 640, 641, 1072, 1312, 4000])
def test_tiles_cover_a_side_and_overlap(length: int):
    starts = tile_starts(length)
    assert starts[0] == 0
    assert starts[-1] + detector.TILE >= length
    assert all(b - a <= detector.TILE - detector.OVERLAP for a, b in pairwise(starts))


def test_weights_make_the_round_trip_and_boxes_stay_in_the_picture():
    torch.manual_seed(0)
    state = {k: v.clone() for k, v in build().state_dict().items()}
    last = [k for k in state if ".cv3." in k and k.endswith(".2.bias")]
    for key in last:
        state[key] += 8
    network = load({k: v.half() if v.is_floating_point() else v for k, v in state.items()})
    boxes = detect(network, np.zeros((3, 300, 700), dtype=np.float32), 0.3)
    assert boxes
    assert {b.kind for b in boxes} <= {"MA", "HE", "EX", "SE"}
    assert all(0 <= b.left < b.right <= 700 and 0 <= b.top < b.bottom <= 300 for b in boxes)
    assert [b.score for b in boxes] == sorted((b.score for b in boxes), reverse=True)


def test_the_detector_begins_with_the_segmenters_encoder():
    torch.manual_seed(0)
    segmenter, network = LesionNet(), build()
    take_encoder(network, segmenter.state_dict())
    x = torch.rand(1, 3, 64, 96) * 2 - 1
    with torch.inference_mode():
        outputs = network.eval().model[0](x)
        for index, expected in zip((2, 4, 7, 14), segmenter.encoder(x), strict=True):
            torch.testing.assert_close(outputs[index], expected)


def test_a_segmenter_can_begin_with_the_detectors_encoder():
    torch.manual_seed(0)
    segmenter, network, other = LesionNet(), build(), LesionNet()
    take_encoder(network, segmenter.state_dict())
    stem = other.stem[0][0].weight.clone()
    begin(other, network.state_dict(), "weights")
    encoder = segmenter.encoder.state_dict()
    assert all(torch.equal(value, encoder[name]) for name, value in other.encoder.state_dict().items())
    assert torch.equal(other.stem[0][0].weight, stem)
    assert encoder_of(segmenter.state_dict()) is None
    begin(other, segmenter.state_dict(), "weights")
    assert torch.equal(other.stem[0][0].weight, segmenter.stem[0][0].weight)


def test_ultralytics_keeps_to_our_folder_and_says_nothing(tmp_path: Path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("YOLO_")}
    environment |= {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    script = (
        "import sys; from pathlib import Path; from fundoscope.experts.lesions.detector import build; "
        "build(Path(sys.argv[1])); from ultralytics import settings; assert settings['sync'] is False"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "ours")], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert list((tmp_path / "ours").rglob("settings.json"))
    assert not (tmp_path / "home").exists()
    assert not (tmp_path / "config").exists()


def test_boxes_become_outlines_near_the_box(tiny_checkpoint: Path):
    outliner = load_sam(tiny_checkpoint, "tiny")
    pixels = np.random.default_rng(0).integers(0, 255, (48, 80, 3), dtype=np.uint8)
    boxes = [Box(10, 10, 30, 25, "HE", 0.9), Box(50, 20, 70, 40, "EX", 0.5)]
    made = outlined_by(outliner, pixels, boxes, 80)
    assert [o.box for o in made] == boxes
    assert [o.mask.shape for o in made] == [(21, 26), (26, 26)]
    assert made[0].area(np.zeros((48, 80), dtype=bool)) == 0
    assert outlined_by(outliner, pixels, [], 80) == []


def test_a_box_without_a_mask_outlines_the_ellipse_in_it():
    box = Box(10, 10, 30, 20, "HE", 0.9)
    plane = np.zeros((48, 80), dtype=np.float32)
    assert outline_from_map(box, plane, 0.5).mask.sum() == pytest.approx(np.pi / 4 * 20 * 10, rel=0.05)
    plane[12:14, 12:20] = 0.7
    outline = outline_from_map(box, plane, 0.5)
    assert outline.mask.sum() == 16
    drawn = painted([outline], "HE", np.ones((48, 80), dtype=bool))
    assert drawn.max() == pytest.approx(0.9)
    assert (drawn > 0).sum() == 16
    assert not painted([outline], "EX", np.ones((48, 80), dtype=bool)).any()


def test_an_unusable_checkpoint_is_one_line(tiny_checkpoint: Path, tmp_path: Path):
    with pytest.raises(ExpertUnavailable, match="model type"):
        load_sam(tiny_checkpoint, "enormous")
    with pytest.raises(ExpertUnavailable, match="missing or no safetensors"):
        load_sam(tmp_path / "absent.safetensors", "tiny")
    (tmp_path / "text.safetensors").write_text("not weights at all")
    with pytest.raises(ExpertUnavailable, match="missing or no safetensors"):
        load_sam(tmp_path / "text.safetensors", "tiny")
    save_file({"x": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(ExpertUnavailable, match="does not fit"):
        load_sam(tmp_path / "other.safetensors", "tiny")


def test_building_the_detector_leaves_pillow_as_it_was(tmp_path: Path) -> None:
    import io

    from PIL import Image, UnidentifiedImageError

    detector.build(tmp_path)
    assert Image.open.__module__ == "PIL.Image"
    with pytest.raises(UnidentifiedImageError):
        Image.open(io.BytesIO(b"not a picture"))
