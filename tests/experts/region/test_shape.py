"""Shapes and their measures, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.experts.lesions.anatomy import Anatomy
from fundoscope.experts.region.measure import measurements
from fundoscope.experts.region.samples import Object
from fundoscope.experts.region.shape import Shape, longest_diameter, main_part


def test_the_longest_diameter_of_a_rectangle_is_its_diagonal():
    mask = np.zeros((20, 30), dtype=bool)
    mask[5:8, 10:14] = True
    assert longest_diameter(mask) == pytest.approx(5.0)
    assert longest_diameter(np.ones((1, 1), dtype=bool)) == pytest.approx(2**0.5)
    assert longest_diameter(np.zeros((4, 4), dtype=bool)) == 0


def test_the_longest_diameter_in_mm_knows_pixels_that_are_not_square():
    mask = np.ones((3, 1), dtype=bool)
    assert longest_diameter(mask, (0.02, 0.01)) == pytest.approx((0.06**2 + 0.01**2) ** 0.5)


def test_area_and_place_are_said_in_px_and_disc_diameters_and_in_mm_only_with_a_spacing():
    shape = Shape(100, 50, np.ones((3, 4), dtype=bool), 0.8)
    assert shape.centre == (102.0, 51.5) and shape.box == (100, 50, 104, 53)
    anatomy = Anatomy(fovea=(102.0, 71.5), disc=(180.0, 70.0), disc_diameter=10.0)
    said = {m.name: m for m in measurements(shape, anatomy, None)}
    assert said["region_area"].value == 12 and said["region_area_dd"].value == pytest.approx(0.12)
    assert said["region_longest_diameter"].value == 5 and said["region_longest_diameter_dd"].value == 0.5
    assert said["region_fovea_distance"].value == 2.0
    assert said["region_area_mm"].value is None and "spacing" in str(said["region_area_mm"].reason)
    with_spacing = {m.name: m for m in measurements(shape, Anatomy(), (0.01, 0.02))}
    assert with_spacing["region_area_mm"].value == pytest.approx(0.0024)
    assert with_spacing["region_longest_diameter_mm"].value == pytest.approx(0.085, abs=0.001)
    assert with_spacing["region_area_dd"].value is None and with_spacing["region_fovea_distance"].value is None


def test_the_main_part_is_the_piece_pointed_at_with_its_holes_filled():
    mask = np.zeros((20, 20), dtype=bool)
    mask[2:5, 2:5] = True
    mask[8:18, 8:18] = True
    mask[12, 12] = False
    assert main_part(mask, 3, 3).sum() == 9
    assert main_part(mask, 0, 0).sum() == 100


def test_a_shape_seen_in_another_window_keeps_its_place():
    shape = Shape(5, 5, np.ones((4, 4), dtype=bool), 1.0)
    part = shape.within(7, 0, 20, 8)
    assert part.mask.shape == (8, 13) and part.area == 6 and part.box == (7, 5, 9, 8)


def test_the_iou_of_an_object_counts_what_lies_outside_its_box_too():
    thing = Object("EX", 10, 20, np.ones((4, 5), dtype=bool), 20)
    assert thing.iou(Shape(10, 20, np.ones((4, 5), dtype=bool), 1.0)) == 1
    assert thing.iou(Shape(12, 20, np.ones((4, 5), dtype=bool), 1.0)) == pytest.approx(12 / 28)
    assert thing.iou(Shape(0, 0, np.zeros((0, 0), dtype=bool), 1.0)) == 0
