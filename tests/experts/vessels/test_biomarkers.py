from __future__ import annotations

import math

import numpy as np
import pytest
from fundoscope.experts.vessels import biomarkers
from fundoscope.experts.vessels.biomarkers.fractal import box_dimension, occupied
from fundoscope.experts.vessels.biomarkers.length import line_length
from fundoscope.experts.vessels.measure import BIOMARKERS, SPECK, none_assessed, without_specks
from fundoscope.experts.vessels.tree import Disc
from fundoscope.knowledge.references import reference_keys
from fundoscope.records import Status
from skimage.morphology import skeletonize


def blank(height: int = 256, width: int = 256) -> np.ndarray:
    return np.zeros((height, width), dtype=bool)


def straight(row: float, start: float = 100, length: float = 400) -> np.ndarray:
    return np.column_stack([np.full(1600, row), start + np.linspace(0, length, 1600)])


def test_density_is_the_share_of_the_field_that_is_vessel_and_ignores_what_lies_outside(draw):
    field = np.zeros((700, 700), dtype=bool)
    field[:, :300] = True
    tree = draw([straight(350, 200, 300)], [10.0], field=field, scale=3.0)
    inside = int((tree.vessels & field).sum())
    assert inside == pytest.approx(100 * 10, rel=0.1)
    assert biomarkers.VesselDensity().read(tree).measurement.value == pytest.approx(inside / field.sum(), abs=1e-4)
    assert biomarkers.VesselArea().read(tree).measurement.value == 9 * inside


def test_density_of_an_empty_field_is_zero(draw):
    tree = draw([straight(350)], [5.0], field=np.zeros((700, 700), dtype=bool))
    assert biomarkers.VesselDensity().read(tree).measurement.value == 0.0


def test_a_straight_line_is_as_long_as_its_steps():
    line = blank()
    line[7, 10:31] = True
    assert line_length(line) == pytest.approx(20)
    assert line_length(line.T, spacing=(2.0, 5.0)) == pytest.approx(40)


def test_a_diagonal_line_counts_its_diagonals():
    line = np.eye(50, dtype=bool)
    assert line_length(line) == pytest.approx(49 * math.sqrt(2))
    assert line_length(line[::-1], spacing=(3.0, 4.0)) == pytest.approx(49 * 5)


def test_a_corner_is_not_cut():
    line = blank()
    line[5, 5:11] = True
    line[5:11, 10] = True
    assert line_length(line) == pytest.approx(10)


def test_length_is_told_in_pixels_in_millimetres_with_spacing_and_in_disc_diameters_with_a_disc(draw):
    bare = draw([straight(350)], [5.0], scale=2.0)
    length = biomarkers.SkeletonLength().read(bare).measurement
    assert (length.value, length.unit) == (pytest.approx(800, abs=12), "px")
    assert biomarkers.SkeletonLengthDD().read(bare).measurement.status is Status.NOT_ASSESSED
    known = draw([straight(350)], [5.0], scale=2.0, disc=Disc(50, 350, 80.0), pixel_spacing_mm=(0.01, 0.01))
    told = biomarkers.SkeletonLength().read(known).measurement
    assert (told.value, told.unit) == (pytest.approx(length.value * 0.01, abs=0.06), "mm")
    assert biomarkers.SkeletonLengthDD().read(known).measurement.value == pytest.approx(400 / 80, abs=0.08)


def test_occupied_boxes_are_counted_up_to_the_edge():
    plane = blank(12, 12)
    plane[0, 0] = plane[10, 10] = plane[10, 11] = True
    assert occupied(plane, 4.0) == 2
    assert occupied(plane, 32.0) == 1
    plane[0, 3] = True  # in the same box of two grids, in the next of the two that begin half a box to the side
    assert occupied(plane, 4.0) == 2.5


def test_a_line_has_dimension_one_and_a_filled_square_two():
    line = blank(512, 512)
    line[256, :] = True
    assert box_dimension(line, 512) == pytest.approx(1.0, abs=0.04)
    assert box_dimension(np.ones((512, 512), dtype=bool), 512) == pytest.approx(2.0, abs=0.07)


def test_the_same_tree_has_the_same_dimension_at_every_working_scale():
    def star(diameter: int) -> np.ndarray:
        plane = blank(diameter, diameter)
        rows, columns = np.indices(plane.shape) + 0.5 - diameter / 2
        angle, radius = np.arctan2(rows, columns), np.hypot(rows, columns)
        reach = np.abs((angle * 12 / np.pi + 8 * radius / diameter + 0.5) % 1 - 0.5) * np.pi / 12 * radius
        plane[(reach < 1.0) & (radius < diameter / 2) & (radius > diameter / 20)] = True
        return skeletonize(plane)

    small, middle, large = (box_dimension(star(diameter), diameter) for diameter in (800, 1000, 1120))
    assert small == pytest.approx(middle, abs=0.02) and small == pytest.approx(large, abs=0.02)


def test_the_sierpinski_triangle_has_the_dimension_of_its_rule():
    pattern = np.array([[1, 1], [1, 0]], dtype=bool)
    triangle = np.ones((1, 1), dtype=bool)
    for _ in range(9):
        triangle = np.kron(triangle, pattern).astype(bool)
    assert box_dimension(triangle, 512) == pytest.approx(math.log2(3), abs=0.05)


def test_no_dimension_without_vessels_or_without_scales():
    assert box_dimension(blank(), 256) is None
    assert box_dimension(np.ones((8, 8), dtype=bool), 8) is None


def test_what_describes_the_whole_grid_is_not_assessed_where_little_of_it_is_visible(draw):
    tree = draw([straight(350)], [5.0], disc=Disc(50, 350, 80.0))
    assert tree.length == pytest.approx(400 / 672, abs=0.03)
    by_name = {b.name: b.read(tree).measurement for b in BIOMARKERS}
    whole = ("fractal_dimension", "vessel_tortuosity", "curvature_tortuosity", "branching_points", "vessel_calibre")
    for name in whole:
        assert by_name[name].status is Status.NOT_ASSESSED
        assert "too little of the vessel grid" in by_name[name].reason
    assert by_name["vessel_density"].status is Status.MEASURED


def test_every_biomarker_says_its_definition_its_conditions_and_a_source_that_exists():
    known = set(reference_keys())
    assert len({b.name for b in BIOMARKERS}) == len(BIOMARKERS)
    for biomarker in BIOMARKERS:
        assert biomarker.definition.endswith(".")
        assert biomarker.valid.endswith(".")
        assert biomarker.reference is None or biomarker.reference in known
    assert {(m.name, m.unit) for m in none_assessed("dark")} == {(b.name, b.unit) for b in BIOMARKERS}


def test_what_was_measured_is_drawn_where_it_lies(draw):
    tree = draw([straight(350), straight(200)], [5.0, 5.0], scale=2.0)
    geometry = biomarkers.VesselDensity().read(tree).geometry
    assert sorted(round(float(line[:, 1].mean()), 1) for line in geometry.lines) == [200.5, 350.5]
    moved = geometry.moved(10.0, 20.0, 2.0)
    assert sorted(round(float(line[:, 1].mean())) for line in moved.lines) == [421, 721]


def test_specks_are_dropped_and_vessels_kept():
    plane = blank()
    assert pytest.approx(40, abs=1) == SPECK * 670**2
    plane[10, 10:50] = True
    plane[50, 10:51] = True
    kept = without_specks(plane, 670)
    assert not kept[10].any()
    assert kept[50].sum() == 41
