"""What the grader sees does not depend on how a camera lights and colours the eye."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts.grade.augment import view
from fundoscope.experts.grade.preprocess import CONTRAST, flatten, lit_disc, square
from fundoscope.records import Photograph


@pytest.fixture(scope="module")
def eye():
    phantom = draw_phantom(3, size=(480, 640), lesions={"HE": 8})
    return square(Photograph.from_pixels(phantom.pixels), 288)[0]


def _correlation(a, b):
    inside = lit_disc(a)
    return np.corrcoef(a[inside][:, 1].astype(float), b[inside][:, 1].astype(float))[0, 1]


def test_a_darker_photograph_looks_the_same(eye):
    dark = np.clip(eye * 0.6, 0, 255).astype(np.uint8)
    assert _correlation(flatten(eye), flatten(dark)) > 0.95


def test_vignetting_is_taken_out(eye):
    ys, xs = np.mgrid[:288, :288] / 288 - 0.5
    shaded = (eye * (1 - 1.2 * (xs**2 + ys**2))[:, :, None]).astype(np.uint8)
    assert _correlation(flatten(eye), flatten(shaded)) > 0.9


def test_contrast_is_brought_to_one_level_and_the_surround_is_grey(eye):
    flat = flatten(eye)
    assert flat[lit_disc(eye)][:, 1].std() == pytest.approx(CONTRAST, rel=0.15)
    assert (flat[:10, :10] == 128).all()


def test_a_view_is_the_same_for_the_same_seed_and_another_for_another(eye):
    first, again, other = (view(eye, 256, np.random.default_rng(s)) for s in (5, 5, 6))
    assert first.shape == (256, 256, 3)
    assert (first == again).all()
    assert (first != other).any()
