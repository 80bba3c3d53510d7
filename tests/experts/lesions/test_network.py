"""The segmenter's network and what it is shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from fundoscope.errors import ExpertUnavailable
from fundoscope.experts.lesions.appearance import DIAMETER, MEAN, frame_of, inside_mask, standardise
from fundoscope.experts.lesions.network import LesionNet, SameConv, fill
from fundoscope.experts.lesions.predict import View, probabilities, view_of
from fundoscope.imaging import FieldOfView


def field(width: int, height: int) -> FieldOfView:
    return FieldOfView(width / 2, height / 2, float(min(width, height)), 0, 0, width, height, 1.0)


def test_stride_two_pads_right_and_bottom_only():
    layer = SameConv(1, 1, 3, stride=2)
    with torch.no_grad():
        layer.conv.weight.fill_(1)
        layer.conv.bias.zero_()
        out = layer(torch.ones(1, 1, 4, 4))
    assert out[0, 0].tolist() == [[9, 6], [6, 4]]


@pytest.mark.parametrize("shape", [(1, 3, 32, 48), (2, 3, 64, 32), (1, 3, 160, 96)])
def test_reading_in_strips_gives_what_reading_at_once_gives(shape):
    network = LesionNet().fold()
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        in_strips = network(x)
        torch.testing.assert_close(in_strips, network.train()(x), atol=1e-5, rtol=1e-5)


def test_four_maps_come_back_at_the_size_of_the_picture():
    with torch.inference_mode():
        assert LesionNet().eval()(torch.zeros(1, 3, 64, 96)).shape == (1, 4, 64, 96)


def test_folding_changes_no_map():
    torch.manual_seed(0)
    network = LesionNet().eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
    picture = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        before = network(picture)
        after = network.fold()(picture)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("gain", "shift"), [((1.0, 1.0, 1.0), 0), ((0.7, 0.8, 0.9), 25)])
def test_two_cameras_look_alike(gain: tuple[float, ...], shift: int):
    rng = np.random.default_rng(0)
    pixels = np.clip(rng.normal((160, 80, 40), (20, 15, 8), (200, 200, 3)), 0, 255)
    seen = (pixels * gain + shift).astype(np.uint8)
    inside = np.ones((200, 200), dtype=bool)
    inside[:40] = False
    values = standardise(seen, inside)
    assert values.shape == (3, 200, 200)
    np.testing.assert_allclose(values[:, inside].mean(axis=1), MEAN, atol=0.03)
    assert (values[:, ~inside] == -1).all()


def test_the_field_of_view_sets_the_scale():
    for width, height in ((640, 480), (4288, 2848)):
        fov = field(width, height)
        frame = frame_of(fov, height, width)
        assert frame.scale == pytest.approx(height / DIAMETER)
        assert frame.width % 16 == frame.height % 16 == 0
        across = inside_mask(fov, frame)[frame.height // 2].sum()
        assert across == pytest.approx(DIAMETER, abs=3)


def test_a_tiny_photograph_is_not_blown_up_beyond_four_times():
    frame = frame_of(field(64, 64), 64, 64)
    assert (frame.scale, frame.width, frame.height) == (0.25, 256, 256)


def test_a_view_leaves_the_rim_out():
    view = view_of(np.full((330, 330, 3), 90, dtype=np.uint8), field(330, 330))
    assert not view.inside[DIAMETER // 2, 2]
    assert view.inside[DIAMETER // 2, 20]


def test_weights_of_another_network_are_refused():
    state = LesionNet().state_dict()
    fill(LesionNet(), {k: v.half() for k, v in state.items() if not k.endswith("num_batches_tracked")}, "the weights")
    with pytest.raises(ExpertUnavailable, match="the weights do not fit"):
        fill(LesionNet(), {k: v for k, v in state.items() if k != "head.bias"}, "the weights")


def test_maps_do_not_depend_on_which_way_up_the_picture_is():
    torch.manual_seed(0)
    network = LesionNet().eval()
    values = np.random.default_rng(0).uniform(-1, 1, (3, 64, 96)).astype(np.float32)
    frame = frame_of(field(96, 64), 64, 96)
    inside = np.ones((64, 96), dtype=bool)
    inside[:5] = False
    view = View(frame, np.zeros((64, 96, 3), dtype=np.uint8), values, inside)
    turned = View(frame, view.pixels, np.ascontiguousarray(values[:, ::-1]), np.ascontiguousarray(inside[::-1]))
    maps = probabilities(network, view)
    assert maps.shape == (4, 64, 96)
    assert maps[:, :5].max() == 0 < maps.min(axis=(0, 1, 2), where=inside, initial=1)
    np.testing.assert_allclose(probabilities(network, turned)[:, ::-1], maps, atol=1e-6)


@pytest.mark.realdata
def test_published_weights_fit_the_encoder(data_dir: Path):
    network = LesionNet()
    network.encoder.load_imagenet(data_dir / "pretrained" / "mobilenet_v2_imagenet_fp16.npz")
    with torch.inference_mode():
        features = network.encoder(torch.zeros(1, 3, 64, 64))
    assert [f.shape[1:] for f in features] == [(16, 32, 32), (24, 16, 16), (32, 8, 8), (96, 4, 4)]
