"""Each measured number falls when what it measures gets worse."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts.quality.degrade import REASONS, degrade
from fundoscope.experts.quality.look import field_square
from fundoscope.experts.quality.measures import measure
from fundoscope.records import Photograph
from scipy import ndimage


@pytest.fixture(scope="module")
def good():
    return field_square(Photograph.from_pixels(draw_phantom(2, size=(600, 800)).pixels))


def test_focus_falls_with_every_further_blur(good):
    focus = [measure(ndimage.gaussian_filter(good, (s, s, 0))).focus for s in (0, 1.5, 3, 6)]
    assert focus == sorted(focus, reverse=True)
    assert focus[-1] < 0.5 * focus[0]


def test_illumination_is_the_share_that_is_neither_dark_nor_bright(good):
    half = good.copy()
    half[:, : half.shape[1] // 2] = 255
    assert measure(good).illumination > 0.95
    assert measure(half).illumination == pytest.approx(0.5, abs=0.06)
    assert measure((good * 0.05).astype(np.uint8)).illumination == 0.0


def test_contrast_falls_by_as_much_as_a_veil_hides(good):
    veiled = (0.25 * good + 0.75 * good[good.max(axis=2) > 12].mean(axis=0)).astype(np.uint8)
    assert measure(veiled).contrast == pytest.approx(0.25 * measure(good).contrast, rel=0.35)


def test_field_coverage_is_the_share_of_the_circle_that_shows(good):
    covered = good.copy()
    covered[: covered.shape[0] // 2] = 0
    assert measure(good).field_coverage > 0.95
    assert measure(covered).field_coverage == pytest.approx(0.5, abs=0.04)


def test_nothing_to_see_is_nothing_measured():
    black = measure(np.zeros((448, 448, 3), np.uint8))
    assert (black.focus, black.illumination, black.contrast, black.field_coverage) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("reason", REASONS)
def test_spoiling_lowers_the_number_it_is_named_for(good, reason):
    name = {"field": "field_coverage"}.get(reason, reason)
    for seed in range(4):
        spoilt = degrade(good, reason, np.random.default_rng(seed))
        assert getattr(measure(spoilt), name) < getattr(measure(good), name)
