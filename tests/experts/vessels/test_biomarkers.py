from __future__ import annotations

import math

import numpy as np
import pytest
from fundoscope.experts.vessels.biomarkers import (
    centreline,
    fractal_dimension,
    mean_tortuosity,
    skeleton_length,
    vessel_area,
    vessel_density,
)
from fundoscope.experts.vessels.biomarkers.fractal import occupied
from fundoscope.experts.vessels.biomarkers.tortuosity import arc_and_chord, segments
from fundoscope.experts.vessels.measure import SPECK, without_specks


def blank(height: int = 256, width: int = 256) -> np.ndarray:
    return np.zeros((height, width), dtype=bool)


def drawn(points: np.ndarray, shape: tuple[int, int] = (600, 600), radius: float = 2.0) -> np.ndarray:
    """A vessel of the given radius along a dense path of (row, column)."""
    plane = np.zeros(shape, dtype=bool)
    ys, xs = np.ogrid[: shape[0], : shape[1]]
    for row, column in points:
        plane |= (ys - row) ** 2 + (xs - column) ** 2 <= radius**2
    return plane


def test_density_is_the_share_of_the_field_that_is_vessel_and_ignores_what_lies_outside():
    field, vessels = blank(10, 10), blank(10, 10)
    field[:, :5] = True
    vessels[:, 4:6] = True
    assert vessel_density(vessels, field) == pytest.approx(10 / 50)
    assert vessel_area(vessels, field, scale=3.0) == pytest.approx(90)


def test_density_of_an_empty_field_is_zero():
    assert vessel_density(blank(), blank()) == 0.0


def test_a_straight_line_is_as_long_as_its_steps():
    line = blank()
    line[7, 10:31] = True
    assert skeleton_length(line) == pytest.approx(20)
    assert skeleton_length(line.T, spacing=(2.0, 5.0)) == pytest.approx(40)


def test_a_diagonal_line_counts_its_diagonals():
    line = np.eye(50, dtype=bool)
    assert skeleton_length(line) == pytest.approx(49 * math.sqrt(2))
    assert skeleton_length(line[::-1], spacing=(3.0, 4.0)) == pytest.approx(49 * 5)


def test_a_corner_is_not_cut():
    line = blank()
    line[5, 5:11] = True
    line[5:11, 10] = True
    assert skeleton_length(line) == pytest.approx(10)


def test_the_centreline_of_a_bar_runs_along_its_middle():
    bar = blank()
    bar[100:107, 20:220] = True
    line = centreline(bar)
    rows = np.nonzero(line[:, 60:180])[0]
    assert set(rows) == {103}
    assert skeleton_length(line) == pytest.approx(199, abs=8)


def test_occupied_boxes_are_counted_up_to_the_edge():
    plane = blank(10, 10)
    plane[0, 0] = plane[9, 9] = plane[8, 9] = True
    assert occupied(plane, 4) == 2
    assert occupied(plane, 16) == 1


def test_a_line_has_dimension_one_and_a_filled_square_two():
    line = blank(512, 512)
    line[256, :] = True
    assert fractal_dimension(line, 128) == pytest.approx(1.0, abs=1e-9)
    assert fractal_dimension(np.ones((512, 512), dtype=bool), 128) == pytest.approx(2.0, abs=1e-9)


def test_the_sierpinski_triangle_has_the_dimension_of_its_rule():
    pattern = np.array([[1, 1], [1, 0]], dtype=bool)
    triangle = np.ones((1, 1), dtype=bool)
    for _ in range(9):
        triangle = np.kron(triangle, pattern).astype(bool)
    assert fractal_dimension(triangle, 128) == pytest.approx(math.log2(3), abs=1e-9)


def test_no_dimension_without_vessels_or_without_scales():
    assert fractal_dimension(blank(), 64) is None
    assert fractal_dimension(np.ones((8, 8), dtype=bool), 4) is None


def test_a_straight_vessel_has_tortuosity_one_whichever_way_it_runs():
    for angle in (0, 20, 45, 70):
        t = np.linspace(0, 400, 900)[:, None]
        path = 80 + t * np.array([math.sin(math.radians(angle)), math.cos(math.radians(angle))])
        assert mean_tortuosity(centreline(drawn(path)), 600) == pytest.approx(1.0, abs=0.025)


def test_half_a_circle_has_tortuosity_half_pi():
    t = np.linspace(0, math.pi, 1500)
    path = np.column_stack([300 - 200 * np.sin(t), 300 + 200 * np.cos(t)])
    assert mean_tortuosity(centreline(drawn(path)), 600) == pytest.approx(math.pi / 2, rel=0.03)


def test_segments_are_cut_at_branchings_and_short_ones_left_out():
    line = blank()
    line[100, 20:221] = True
    line[60:100, 120] = True
    assert sorted(len(path) for path in segments(line)) == [38, 98, 98]
    assert mean_tortuosity(line, 256) == pytest.approx(1.0)
    assert mean_tortuosity(line, 4000) is None


def test_arc_and_chord_of_a_right_angle():
    path = np.array([*[(0, c) for c in range(31)], *[(r, 30) for r in range(1, 41)]], dtype=float)
    assert arc_and_chord(path) == (pytest.approx(70), pytest.approx(50))


def test_specks_are_dropped_and_vessels_kept():
    plane = blank()
    assert pytest.approx(40, abs=1) == SPECK * 670**2
    plane[10, 10:50] = True
    plane[50, 10:51] = True
    kept = without_specks(plane, 670)
    assert not kept[10].any()
    assert kept[50].sum() == 41
