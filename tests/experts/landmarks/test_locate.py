"""Positions from maps whose truth is known because they were drawn here."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.experts.landmarks.locate import lay_out, peak

SIDE = 128


def bump(x, y, height=0.9, sigma=2.5):
    ys, xs = np.mgrid[:SIDE, :SIDE] + 0.5
    return (height * np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * sigma**2))).astype(np.float32)


def circle(x, y, diameter):
    ys, xs = np.mgrid[:SIDE, :SIDE] + 0.5
    return (np.hypot(xs - x, ys - y) <= diameter / 2).astype(np.float32)


def maps(disc=(95.3, 60.2), fovea=(47.6, 64.8), diameter=20.0, fovea_height=0.9):
    nothing = np.zeros((SIDE, SIDE), np.float32)
    return np.stack(
        [
            nothing if disc is None else bump(*disc),
            nothing if fovea is None else bump(*fovea, fovea_height, 3.0),
            nothing if disc is None else circle(*disc, diameter),
        ]
    )


def read(planes):
    return lay_out(planes, least_disc=0.3, least_fovea=0.3)


def test_a_peak_is_found_between_pixels():
    spot = peak(bump(40.3, 71.8))
    assert (spot.x, spot.y) == pytest.approx((40.3, 71.8), abs=0.15)


def test_disc_centre_diameter_and_fovea_come_out_as_drawn():
    found = read(maps())
    assert (found.disc.x, found.disc.y) == pytest.approx((95.3, 60.2), abs=0.3)
    assert found.disc_diameter == pytest.approx(20.0, rel=0.03)
    assert (found.fovea.x, found.fovea.y) == pytest.approx((47.6, 64.8), abs=0.3)


def test_a_fovea_left_of_the_disc_makes_a_right_eye_and_its_mirror_image_a_left_one():
    right, left = read(maps()), read(maps()[:, :, ::-1])
    assert right.side.rightness > 0.99 and left.side.rightness < 0.01


@pytest.mark.parametrize("distance_dd", [0.9, 4.6])
def test_a_fovea_at_an_impossible_distance_is_not_named(distance_dd):
    found = read(maps(disc=(110.0, 60.0), fovea=(110.0 - 20 * distance_dd, 60.0)))
    assert found.disc is not None and found.fovea is None


def test_a_fovea_above_the_disc_is_not_named():
    assert read(maps(disc=(64.0, 100.0), fovea=(64.0, 50.0))).fovea is None


def test_of_two_candidates_the_possible_one_is_taken_even_if_it_is_weaker():
    planes = maps()
    planes[1] = np.maximum(bump(47.6, 64.8, 0.6, 3.0), bump(95.0, 20.0, 0.9, 3.0))
    found = read(planes)
    assert (found.fovea.x, found.fovea.y) == pytest.approx((47.6, 64.8), abs=0.3)


def test_empty_maps_hold_neither_disc_nor_fovea():
    found = read(maps(disc=None, fovea=None))
    assert found.disc is None and found.fovea is None and found.disc_diameter is None
    assert found.side.mass == 0


def test_a_fovea_without_a_disc_is_still_named_but_gives_no_side():
    found = read(maps(disc=None))
    assert found.fovea is not None and found.side.mass == 0


def test_a_disc_of_unknown_size_still_gives_a_side():
    planes = maps()
    planes[2] = 0
    found = read(planes)
    assert found.disc is not None and found.disc_diameter is None and found.side.rightness > 0.99


def test_foveas_on_both_sides_leave_the_side_open():
    planes = maps(disc=(64.0, 60.0), fovea=(16.0, 64.0))
    planes[1] = np.maximum(planes[1], bump(112.0, 64.0, 0.9, 3.0))
    assert 0.4 < read(planes).side.rightness < 0.6
