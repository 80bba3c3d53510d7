"""Outlines that are nearly an ellipse, drawn towards the one that fits them."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.experts.region.rounding import Rounding, rounded
from fundoscope.experts.region.window import MAP, Prompt, frame_at

FRAME, BOX = frame_at((200, 200), 100, 100, 100), Prompt(70, 70, 130, 130)
AT = (np.arange(MAP) + 0.5) * 100 / MAP + 50 - 100


def ellipse(radius: float, tilt: float = 0.0) -> np.ndarray:
    u, v = AT[None] / radius, AT[:, None] / radius
    return (u * u - 2 * tilt * u * v + v * v <= 1 - tilt * tilt).astype(np.float32)


def test_a_map_that_nearly_fills_the_ellipse_is_drawn_towards_it_and_another_is_left():
    round_ = ellipse(28.5)
    drawn = rounded(round_, FRAME, BOX, Rounding(0.84, 0.5))
    assert 0 < drawn[MAP // 2, 13] < 1, "between the map's edge and the ellipse's"
    bar = np.where(np.abs(AT[:, None]) < 10, round_, 0).astype(np.float32)
    assert (rounded(bar, FRAME, BOX, Rounding(0.84, 0.5)) == bar).all()
    assert (rounded(round_, FRAME, BOX, Rounding(0.84, 0.0)) == round_).all()


@pytest.mark.parametrize("tilt", [-0.3, -0.1, 0.0, 0.2, 0.4])
def test_the_ellipse_slants_as_the_map_does_and_touches_the_box(tilt):
    drawn = rounded(ellipse(28.8, tilt), FRAME, BOX, Rounding(0.84, 1.0)) >= 0.5
    wanted = ellipse(30, tilt) >= 0.5
    assert (drawn & wanted).sum() / (drawn | wanted).sum() > 0.97
    rows, columns = np.nonzero(drawn)
    for low, high in ((rows.min(), rows.max()), (columns.min(), columns.max())):
        assert AT[low] == pytest.approx(-30, abs=1.6) and AT[high] == pytest.approx(30, abs=1.6)


def test_an_empty_map_stays_empty():
    empty = np.zeros((MAP, MAP), dtype=np.float32)
    assert (rounded(empty, FRAME, BOX, Rounding(0.84, 0.5)) == empty).all()
