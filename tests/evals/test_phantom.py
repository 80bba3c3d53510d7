"""The phantom: its truth is exact, its drawing repeatable."""

from __future__ import annotations

import json

import numpy as np
import pytest
from fundoscope.errors import BadSetting
from fundoscope.evals.phantom import draw_phantom, write_phantom
from fundoscope.imaging import decode, find_field_of_view
from scipy import ndimage

SMALL = (512, 640)
LESIONS = {"MA": 12, "HE": 6, "EX": 9, "SE": 1}


@pytest.fixture(scope="module")
def phantom():
    return draw_phantom(3, size=(712, 1072), lesions=LESIONS)


def test_the_same_seed_draws_the_same_photograph_and_another_seed_another():
    first, again, other = (draw_phantom(seed, size=SMALL, lesions={"MA": 3}) for seed in (5, 5, 6))
    assert np.array_equal(first.pixels, again.pixels)
    assert first.truth.summary() == again.truth.summary()
    assert not np.array_equal(first.pixels, other.pixels)


def test_lesions_leave_the_rest_of_the_photograph_as_it_was():
    without, with_one = draw_phantom(2, size=SMALL), draw_phantom(2, size=SMALL, lesions={"HE": 1})
    lesion = with_one.truth.lesions[0]
    ys, xs = np.mgrid[: SMALL[0], : SMALL[1]]
    far = np.hypot(xs - lesion.x, ys - lesion.y) > 3 * lesion.diameter + 10
    assert np.array_equal(without.pixels[far], with_one.pixels[far])
    core = np.hypot(xs - lesion.x, ys - lesion.y) < 2
    assert with_one.pixels[core][:, 1].mean() < without.pixels[core][:, 1].mean() - 10


@pytest.mark.parametrize("size", [(1424, 2144), (1024, 1280), (600, 600)])
def test_the_size_is_the_one_asked_for_and_the_anatomy_scales_with_the_field(size):
    phantom = draw_phantom(1, size=size)
    assert phantom.pixels.shape == (*size, 3)
    assert phantom.pixels.dtype == np.uint8
    truth = phantom.truth
    assert truth.field_of_view.diameter / size[1] == pytest.approx(0.84, abs=0.05)
    assert truth.field_of_view.diameter / truth.disc.diameter == pytest.approx(6.7, abs=0.01)
    assert 2.4 <= truth.fovea_distance_dd <= 2.62
    assert 0.2 <= (truth.fovea.y - truth.disc.y) / truth.disc.diameter <= 0.3


def test_the_field_of_view_is_found_where_it_was_drawn(phantom):
    found, drawn = find_field_of_view(phantom.pixels), phantom.truth.field_of_view
    assert found.diameter == pytest.approx(drawn.diameter, rel=0.015)
    assert found.x == pytest.approx(drawn.x, abs=6)
    assert found.y == pytest.approx(drawn.y, abs=6)


def test_the_right_eye_has_its_disc_on_the_viewers_right_and_the_left_eye_mirrors_it():
    right, left = (draw_phantom(4, size=SMALL, eye=eye, lesions=LESIONS) for eye in ("right", "left"))
    assert right.truth.disc.x > right.truth.fovea.x
    assert left.truth.disc.x < left.truth.fovea.x
    assert np.array_equal(left.pixels, right.pixels[:, ::-1])
    assert left.truth.fovea.x == pytest.approx(SMALL[1] - right.truth.fovea.x)
    for name, mask in right.truth.masks.items():
        assert np.array_equal(left.truth.masks[name], mask[:, ::-1]), name
    assert left.truth.counts == right.truth.counts
    assert {round(lesion.x, 6) for lesion in left.truth.lesions} == {
        round(SMALL[1] - lesion.x, 6) for lesion in right.truth.lesions
    }


def test_every_lesion_is_one_component_of_its_mask_at_its_place(phantom):
    truth = phantom.truth
    assert truth.counts == LESIONS
    for kind, wanted in LESIONS.items():
        labels, count = ndimage.label(truth.masks[kind], np.ones((3, 3)))
        assert count == wanted
        centres = ndimage.center_of_mass(labels > 0, labels, range(1, count + 1))
        areas = np.bincount(labels.ravel())[1:]
        for lesion in (lesion for lesion in truth.lesions if lesion.kind == kind):
            near = int(np.argmin([np.hypot(x + 0.5 - lesion.x, y + 0.5 - lesion.y) for y, x in centres]))
            y, x = centres[near]
            assert (x + 0.5, y + 0.5) == pytest.approx((lesion.x, lesion.y), abs=0.01)
            assert lesion.diameter == pytest.approx(2 * np.sqrt(areas[near] / np.pi))


def test_no_lesions_are_drawn_unless_asked_for():
    truth = draw_phantom(0, size=SMALL).truth
    assert truth.counts == {"MA": 0, "HE": 0, "EX": 0, "SE": 0}
    assert not any(truth.masks[kind].any() for kind in truth.counts)


def test_lesions_keep_off_the_disc_and_off_each_other(phantom):
    masks = phantom.truth.masks
    total = sum(masks[kind].astype(int) for kind in LESIONS)
    assert total.max() == 1
    assert not (masks["disc"] & (total > 0)).any()


def test_microaneurysms_are_small_and_darker_than_around_while_exudates_are_brighter(phantom):
    green, truth = phantom.pixels[..., 1].astype(float), phantom.truth
    for kind, sign in (("MA", -1), ("HE", -1), ("EX", 1), ("SE", 1)):
        ring = ndimage.binary_dilation(truth.masks[kind], iterations=8) & ~ndimage.binary_dilation(
            truth.masks[kind] | truth.masks["vessels"], iterations=4
        )
        assert sign * (green[truth.masks[kind]].mean() - green[ring].mean()) > 5
    widest = max(lesion.diameter for lesion in truth.lesions if lesion.kind == "MA")
    assert widest < truth.disc.diameter / 12


def test_masks_of_disc_and_cup_have_the_diameters_of_the_truth(phantom):
    truth = phantom.truth
    for name in ("disc", "cup"):
        ellipse, (ys, xs) = getattr(truth, name), np.nonzero(truth.masks[name])
        assert np.ptp(ys) + 1 == pytest.approx(ellipse.height, abs=2)
        assert np.ptp(xs) + 1 == pytest.approx(ellipse.width, abs=2)
        assert xs.mean() + 0.5 == pytest.approx(ellipse.x, abs=0.5)
    assert truth.vertical_cdr == pytest.approx(truth.cup.height / truth.disc.height)


def test_a_cup_disc_ratio_that_was_asked_for_is_drawn():
    truth = draw_phantom(0, size=SMALL, vertical_cdr=0.75).truth
    assert truth.vertical_cdr == pytest.approx(0.75)
    assert not (truth.masks["cup"] & ~truth.masks["disc"]).any()


def test_vessels_are_darker_than_the_fundus_wider_as_veins_and_leave_the_fovea_free(phantom):
    green, truth = phantom.pixels[..., 1].astype(float), phantom.truth
    masks = truth.masks
    around = ndimage.binary_dilation(masks["vessels"], iterations=6) & ~ndimage.binary_dilation(masks["vessels"])
    away = ~ndimage.binary_dilation(masks["disc"], iterations=10) & masks["field_of_view"]
    assert green[masks["vessels"] & away].mean() < 0.9 * green[around & away].mean()
    assert np.array_equal(masks["vessels"], masks["artery"] | masks["vein"])
    assert 0.05 < masks["vessels"].sum() / masks["field_of_view"].sum() < 0.16
    widths = {kind: ndimage.distance_transform_edt(masks[kind] & ~masks["disc"]).max() for kind in ("artery", "vein")}
    assert widths["artery"] < 0.95 * widths["vein"]
    ys, xs = np.nonzero(masks["vessels"])
    assert np.hypot(xs + 0.5 - truth.fovea.x, ys + 0.5 - truth.fovea.y).min() > 0.25 * truth.disc.diameter


def test_blur_softens_and_a_short_exposure_darkens(phantom):
    def sharpness(pixels: np.ndarray) -> float:
        return float(ndimage.laplace(ndimage.gaussian_filter(pixels[..., 1].astype(float), 2)).std())

    sharp = draw_phantom(3, size=(712, 1072))
    blurred = draw_phantom(3, size=(712, 1072), blur=0.08)
    dark = draw_phantom(3, size=(712, 1072), exposure=0.3)
    assert sharpness(blurred.pixels) < 0.7 * sharpness(sharp.pixels)
    assert dark.pixels.mean() < 0.4 * sharp.pixels.mean()


@pytest.mark.parametrize(
    "wrong",
    [
        {"eye": "both"},
        {"lesions": {"XX": 1}},
        {"lesions": {"MA": -1}},
        {"blur": -1.0},
        {"vertical_cdr": 1.5},
        {"size": (32, 32)},
        {"lesions": {"SE": 400}, "size": (256, 256)},
    ],
)
def test_values_out_of_range_are_refused_with_one_line(wrong):
    with pytest.raises(BadSetting) as caught:
        draw_phantom(0, **wrong)
    assert "\n" not in str(caught.value)


def test_a_written_phantom_decodes_to_its_pixels_with_its_truth_beside_it(tmp_path):
    phantom = write_phantom(tmp_path / "eye.png", truth=tmp_path / "eye.json", seed=7, size=SMALL, lesions={"EX": 2})
    assert np.array_equal(decode(tmp_path / "eye.png").pixels, phantom.pixels)
    facts = json.loads((tmp_path / "eye.json").read_text())
    assert facts["counts"] == {"MA": 0, "HE": 0, "EX": 2, "SE": 0}
    assert facts["fovea"]["x"] == phantom.truth.fovea.x
