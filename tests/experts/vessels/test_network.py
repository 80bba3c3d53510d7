from __future__ import annotations

import numpy as np
import pytest
import torch
from fundoscope.experts.vessels.contrast import LIMIT, normalise
from fundoscope.experts.vessels.network import VesselNet
from fundoscope.experts.vessels.samples import crop
from fundoscope.experts.vessels.train import rate_at


def textured(height: int = 120, width: int = 160) -> np.ndarray:
    rng = np.random.default_rng(5)
    return rng.integers(60, 120, (height, width, 3)).astype(np.uint8)


def test_folding_the_normalisations_changes_no_result():
    torch.manual_seed(1)
    net = VesselNet()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
    net.eval()
    x = torch.randn(1, 3, 40, 64)
    with torch.inference_mode():
        before = net(x)[1]
        after = net.fold()(x)[1]
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in net.modules())
    torch.testing.assert_close(before, after, atol=1e-4, rtol=1e-4)


def test_the_network_is_compact():
    assert sum(p.numel() for p in VesselNet().parameters()) < 400_000


def test_exposure_and_gain_leave_no_trace_after_normalisation():
    picture = textured()
    inside = np.ones(picture.shape[:2], dtype=bool)
    brighter = (picture * 1.5 + 40).astype(np.uint8)
    difference = (normalise(picture, inside, 160) - normalise(brighter, inside, 160)).abs()
    assert float(difference.mean()) < 0.05


def test_normalisation_is_zero_outside_and_blind_to_what_lies_there():
    picture, inside = textured(), np.zeros((120, 160), dtype=bool)
    inside[:, :80] = True
    other = picture.copy()
    other[:, 80:] = 255
    first, second = normalise(picture, inside, 160), normalise(other, inside, 160)
    assert torch.equal(first, second)
    assert not first[:, :, 80:].any()
    assert float(first.abs().max()) <= LIMIT
    assert float(first[:, :, :80].mean().abs()) < 0.1


def test_a_flat_picture_is_not_amplified():
    flat = np.full((64, 64, 3), 128, dtype=np.uint8)
    assert float(normalise(flat, np.ones((64, 64), dtype=bool), 64).abs().max()) < 1e-2


def test_crops_are_repeatable_and_move_picture_and_vessels_together():
    one = torch.zeros(5, 672, 672)
    one[4] = 1
    for offset in range(8):
        one[:3, :, offset::40], one[3, :, offset::40] = 2.0, 1.0
    first = crop(one.half(), "drive", 96, np.random.default_rng(9))
    second = crop(one.half(), "drive", 96, np.random.default_rng(9))
    assert torch.equal(first, second)
    green, vessels = first[1].flatten(), first[3].flatten()
    assert float(torch.corrcoef(torch.stack([green, vessels]))[0, 1]) > 0.8


def test_the_learning_rate_rises_and_falls():
    rates = [rate_at(step, 200, 1.0) for step in range(200)]
    assert max(rates) == pytest.approx(1.0)
    assert rates.index(max(rates)) in (9, 10)
    assert rates[-1] < 0.01
