"""What the quality expert lets through and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts import load_expert
from fundoscope.experts.quality.negatives import draw, in_other_light, on_canvas, round_field
from fundoscope.experts.training.datasets import labels, picture
from fundoscope.records import Photograph

NO_FUNDUS = "not_a_fundus_photograph"


@pytest.fixture(scope="module")
def expert():
    return load_expert("quality")


@pytest.fixture(scope="module")
def read(expert):
    return lambda pixels: expert.read(Photograph.from_pixels(np.ascontiguousarray(pixels)))


def test_a_photograph_of_a_cat_is_not_a_fundus_photograph(read):
    cat = skimage.data.chelsea()
    views = [cat, round_field(cat), on_canvas(cat, np.random.default_rng(0)), cat[:, ::-1], cat[50:250, 120:330]]
    assert {read(v).label for v in views} == {NO_FUNDUS}


def test_other_light_changes_the_balance_of_colours_and_nothing_else():
    grey = np.full((8, 8, 3), 100, dtype=np.uint8)
    grey[:4] = 50
    lit = in_other_light(grey, np.random.default_rng(1)).astype(float)
    assert len(set(lit[0, 0])) > 1 and lit[7, 7] == pytest.approx(2 * lit[0, 0], abs=2)


@pytest.mark.parametrize("kind", ["screenshot", "uniform_noise", "flat", "stripes"])
def test_drawn_things_are_not_fundus_photographs(read, kind):
    rng = np.random.default_rng(3)
    assert {read(draw(kind, rng)).label for _ in range(3)} == {NO_FUNDUS}


def test_a_fundus_photograph_that_was_never_trained_on_passes(read):
    finding = read(skimage.data.retina())
    assert finding.label == "gradable"
    assert finding.value == 1
    assert finding.number("quality_score") > 0.5
    assert finding.number("fundus_probability") > 0.9
    assert not finding.flags


@pytest.mark.parametrize("seed", [0, 5])
def test_a_sharp_phantom_is_gradable(read, seed):
    assert read(draw_phantom(seed, size=(712, 1072)).pixels).label == "gradable"


def test_a_defocused_phantom_is_refused_for_its_focus_with_advice(read):
    finding = read(draw_phantom(0, size=(712, 1072), blur=0.12).pixels)
    assert finding.label == "not_gradable"
    assert finding.value == 0
    assert "focus" in finding.flags
    assert len(finding.notes) == len(finding.flags)
    assert any("refocus" in note for note in finding.notes)


def test_a_dark_photograph_is_refused_for_its_illumination(read):
    finding = read((skimage.data.retina() * 0.12).astype(np.uint8))
    assert finding.label == "not_gradable"
    assert "illumination" in finding.flags


def test_measured_numbers_come_with_their_definitions(read):
    finding = read(skimage.data.retina())
    for name in ("focus", "illumination", "contrast", "field_coverage"):
        assert finding.measurement(name).definition
        assert 0 <= finding.number(name) <= 1.5


@pytest.mark.parametrize("shape", [(64, 64), (64, 300), (777, 90)])
def test_any_picture_is_judged_without_an_error(read, shape):
    rng = np.random.default_rng(0)
    for pixels in (np.zeros((*shape, 3), np.uint8), rng.integers(0, 256, (*shape, 3)).astype(np.uint8)):
        assert read(pixels).label in (NO_FUNDUS, "not_gradable")


def test_the_same_picture_gets_the_same_finding(read):
    assert read(skimage.data.retina()).model_dump_json() == read(skimage.data.retina()).model_dump_json()


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["drive", "hrf", "idrid_grading", "drishti_gs1", "odir5k_subset", "unam_dme_dr"])
def test_no_camera_s_photographs_are_taken_for_something_else(read, data_dir, name):
    rows = labels(data_dir, name)[:: max(1, len(labels(data_dir, name)) // 8)]
    assert NO_FUNDUS not in {read(picture(data_dir / name / r["image"])).label for r in rows}
