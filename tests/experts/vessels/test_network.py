from __future__ import annotations

import numpy as np
import pytest
import torch
from fundoscope.experts.vessels.contrast import LIMIT, normalise
from fundoscope.experts.vessels.network import MULTIPLE, ArteryNet, VesselNet
from fundoscope.experts.vessels.predict import carried_to_the_rim, field_in_frame, without_surround
from fundoscope.experts.vessels.samples import Labelled, crop, prepare
from fundoscope.experts.vessels.train import loss_of
from fundoscope.imaging import Frame, find_field_of_view


def textured(height: int = 120, width: int = 160) -> np.ndarray:
    rng = np.random.default_rng(5)
    return rng.integers(60, 120, (height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize("kind", [VesselNet, ArteryNet])
def test_folding_the_normalisations_changes_no_result(kind: type[VesselNet | ArteryNet]):
    torch.manual_seed(1)
    net = kind()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
    net.eval()
    x = torch.randn(1, 3, MULTIPLE, 2 * MULTIPLE)
    with torch.inference_mode():
        before = net(x)
        after = net.fold()(x)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in net.modules())
    torch.testing.assert_close(before, after, atol=1e-4, rtol=1e-4)


def test_vessels_have_a_logit_a_pixel_and_arteries_one_a_square():
    x = torch.randn(2, 3, MULTIPLE, 2 * MULTIPLE)
    assert VesselNet()(x).shape == (2, 1, MULTIPLE, 2 * MULTIPLE)
    assert ArteryNet()(x).shape == (2, 1, MULTIPLE // 2, MULTIPLE)


def test_the_networks_are_compact():
    assert sum(p.numel() for p in VesselNet().parameters()) < 1_000_000
    assert sum(p.numel() for p in ArteryNet().parameters()) < 2_000_000


def test_weights_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        VesselNet().load(ArteryNet().state_dict())


def test_the_network_for_arteries_begins_with_what_the_one_for_vessels_has_learnt():
    vessel, artery = VesselNet(), ArteryNet()
    artery.begin_as(vessel)
    assert torch.equal(artery.down[1].conv1.weight, vessel.down[1].conv1.weight)
    assert torch.equal(artery.merge[-1].conv2.weight, vessel.merge[-1].conv2.weight)


def test_only_pixels_inside_the_field_count_in_the_loss():
    batch = torch.zeros(1, 5, MULTIPLE, MULTIPLE)
    batch[:, 4, :, : MULTIPLE // 2] = 1
    right = torch.full((1, 1, MULTIPLE, MULTIPLE), -20.0)
    right[..., MULTIPLE // 2 :] = 20.0
    assert float(loss_of(lambda _x: right, batch)) < 1e-6
    assert float(loss_of(lambda _x: -right, batch)) == pytest.approx(20, abs=1e-3)


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


def test_a_calm_crop_keeps_its_own_cameras_colours_and_a_usual_one_does_not():
    one = torch.ones(5, 672, 672)
    one[:3] = torch.tensor([0.5, 1.0, -0.5])[:, None, None]

    def balance(calm: float) -> list[float]:
        drawn = [crop(one.half(), "drive", 32, np.random.default_rng(i), calm)[:3].mean(dim=(1, 2)) for i in range(6)]
        return [float(c[0] / c[1]) for c in drawn]

    assert balance(1.0) == pytest.approx([0.5] * 6, abs=1e-3)
    assert balance(0.0) != pytest.approx([0.5] * 6, abs=0.05)


def test_other_label_planes_take_the_vessels_place_and_move_with_the_picture():
    pixels = np.random.default_rng(0).integers(60, 120, (584, 565, 3)).astype(np.uint8)
    mask = np.zeros((584, 565), dtype=bool)
    mask[:, 200:300] = True
    one = Labelled("drive", "a.png", "train", pixels, mask, np.ones_like(mask))
    ready = prepare(one, mask, ~mask)
    assert ready.shape[0] == 6
    out = crop(ready, "drive", 64, np.random.default_rng(4))
    inside = out[5] > 0.99
    assert float((out[3] + out[4])[inside].mean()) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("height", [400, 300], ids=["round", "cut above and below"])
def test_a_vessel_that_reaches_the_rim_does_not_end_where_the_networks_stop_looking(height: int):
    ys, xs = np.mgrid[:height, :400]
    lit = (xs + 0.5 - 200) ** 2 + (ys + 0.5 - height / 2) ** 2 <= 190**2
    lit &= (ys >= 8) & (ys < height - 8)
    fov = find_field_of_view(np.where(lit[..., None], (150, 90, 40), 0).astype(np.uint8))
    frame = Frame.around(fov, (height, 400), 800, multiple=MULTIPLE)
    read, whole = field_in_frame(fov, frame), field_in_frame(fov, frame, rim=0.0)
    rows, columns = np.indices(read.shape)
    cross = (abs(rows - frame.height // 2) < 6) | (abs(columns - frame.width // 2) < 6)
    shown = carried_to_the_rim((cross & read).astype(np.float32), read, fov, frame)
    assert (shown[read] == cross[read]).all() and not shown[~whole].any()
    rim = whole & ~read
    assert rim.sum() > 1000 and (shown[rim] == cross[rim]).mean() > 0.98
    for row, column in ((frame.height // 2, slice(None)), (slice(None), frame.width // 2)):
        line = shown[row, column]
        assert (line == whole[row, column]).all()


def test_nothing_is_shown_on_the_surround_that_the_circle_of_a_squeezed_photograph_takes_in():
    ys, xs = np.mgrid[:400, :400]
    lit = ((xs + 0.5 - 200) / 176) ** 2 + ((ys + 0.5 - 200) / 192) ** 2 <= 1
    pixels = np.where(lit[..., None], (150, 90, 40), (3, 2, 2)).astype(np.uint8)
    pixels[195:205, 150:250] = 5  # as dark as the surround, within the fundus
    fov = find_field_of_view(pixels)
    frame = Frame.around(fov, (400, 400), 800, multiple=MULTIPLE)
    everywhere = field_in_frame(fov, frame, rim=0.0).astype(np.float32)
    shown = without_surround(everywhere, pixels, fov, frame)
    seen = frame.look(pixels)
    assert everywhere[seen.max(axis=2) < 10].mean() > 0.05
    assert (
        not shown[(seen.max(axis=2) < 10) & ~within_the_bar(frame, 20)].any() and shown[within_the_bar(frame, -2)].all()
    )
    assert (shown[seen.max(axis=2) > 100] == everywhere[seen.max(axis=2) > 100]).all()


def within_the_bar(frame: Frame, reach: int) -> np.ndarray:
    """The photograph's dark bar, so many pixels wider, in the frame."""
    x = frame.left + (np.arange(frame.width) + 0.5) * frame.scale
    y = frame.top + (np.arange(frame.height) + 0.5) * frame.scale
    return (abs(x[None] - 200) < 50 + reach) & (abs(y[:, None] - 200) < 5 + reach)
