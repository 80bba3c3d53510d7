"""Areas and heights of regions that were drawn here."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.experts.disc.outline import body, extent
from fundoscope.experts.disc.window import PIXELS_PER_DISC, SIDE, window


def soft_ellipse(width, height, side=112, centre=(55.3, 57.1)):
    """Probability that falls through one half on an ellipse."""
    ys, xs = np.mgrid[:side, :side] + 0.5
    away = np.hypot((xs - centre[0]) / (width / 2), (ys - centre[1]) / (height / 2))
    return (1 / (1 + np.exp((away - 1) * 20))).astype(np.float32)


@pytest.mark.parametrize(("width", "height"), [(40, 46), (18.5, 23.3)])
def test_area_and_height_of_an_ellipse_are_finer_than_a_map_pixel(width, height):
    found = extent(body(soft_ellipse(width, height), 0.5))
    assert found.height == pytest.approx(height, abs=0.5)
    assert found.area == pytest.approx(np.pi * width * height / 4, rel=0.03)


def test_only_the_largest_region_counts_and_its_holes_are_filled():
    plane = soft_ellipse(40, 40)
    plane[50:54, 50:54] = 0
    plane[2:8, 2:8] = 1
    assert extent(body(plane, 0.5)).area == pytest.approx(np.pi * 400, rel=0.03)


def test_an_empty_map_has_no_extent():
    assert extent(body(np.zeros((112, 112), np.float32), 0.5)) is None


def test_the_window_is_centred_on_the_disc_at_a_scale_set_by_it():
    frame = window((1000, 1500), 700.0, 400.0, 184.0)
    assert frame.from_photograph(700.0, 400.0) == pytest.approx((SIDE / 2, SIDE / 2))
    assert 184.0 / frame.scale == pytest.approx(PIXELS_PER_DISC)
    coarse = window((1000, 1500), 700.0, 400.0, 184.0, shrink=2)
    assert (coarse.left, coarse.top, coarse.width) == (frame.left, frame.top, SIDE // 2)
    assert coarse.scale == pytest.approx(2 * frame.scale)
