from __future__ import annotations

import math

import numpy as np
import pytest
from fundoscope.experts.vessels.biomarkers import BranchingAngle, BranchingPoints
from fundoscope.experts.vessels.biomarkers.branching import arms_of, branching_angle, branchings


def ray(row: float, column: float, degrees: float, length: float) -> np.ndarray:
    t = np.linspace(0, length, int(8 * length))[:, None]
    return np.array([row, column]) + t * np.array([-math.sin(math.radians(degrees)), math.cos(math.radians(degrees))])


def fork(row: float, column: float, angle: float, turn: float = 0.0) -> list[np.ndarray]:
    return [
        ray(row, column, 180 + turn, 80),
        ray(row, column, turn + angle / 2, 80),
        ray(row, column, turn - angle / 2, 80),
    ]


def test_a_vessel_without_branches_is_one_segment_of_its_length(draw):
    tree = draw([ray(350, 100, 20, 400)], [6.0])
    assert len(tree.segments) == 1
    assert not tree.junctions
    assert tree.segments[0].arc == pytest.approx(400, abs=6)


@pytest.mark.parametrize("width", [4.0, 7.5, 13.0])
@pytest.mark.parametrize("degrees", [0, 20, 45, 70])
def test_a_vessels_width_is_told_to_a_fifth_of_a_pixel_whichever_way_it_runs(draw, width: float, degrees: float):
    path = ray(400, 200, degrees, 200)
    assert np.nanmedian(draw([path], [width]).segments[0].widths) == pytest.approx(width, abs=0.2)


@pytest.mark.parametrize("angle", [50, 75, 90])
def test_a_fork_is_one_branching_of_its_angle(draw, angle: float):
    tree = draw(fork(350, 350, angle, 15), [6.0] * 3)
    assert len(tree.segments) == 3
    (junction,) = branchings(tree)
    assert (junction.row, junction.column) == (pytest.approx(350, abs=6), pytest.approx(350, abs=6))
    arms = arms_of(tree, junction)
    assert arms is not None
    assert branching_angle(arms) == pytest.approx(angle, abs=4)


@pytest.mark.parametrize("angle", [90, 60, 40])
def test_two_vessels_that_cross_are_no_branching(draw, angle: float):
    lines = [ray(350, 350, a, 120) for a in (0, 180, angle, 180 + angle)]
    tree = draw(lines, [6.0] * 4)
    assert not branchings(tree)
    assert [len(junction.arms) for junction in tree.junctions] == [4]


def test_corners_of_the_centreline_are_no_branches(draw):
    path = ray(350, 100, 0, 400)
    rough = [path + np.array([0.0, 0.0]), *(ray(350, 150 + 60 * k, 90, 6) for k in range(5))]
    tree = draw(rough, [9.0, *[3.0] * 5])
    assert not branchings(tree)
    assert len(tree.segments) == 1


def test_branchings_are_counted_and_their_angles_averaged(draw):
    places = [(120 + 150 * r, 130 + 210 * c) for r in range(4) for c in range(3)]
    paths = [path for n, (r, c) in enumerate(places) for path in fork(r, c, 60 if n % 2 else 80)]
    tree = draw(paths, [5.0] * len(paths))
    points, angle = BranchingPoints().read(tree), BranchingAngle().read(tree)
    assert points.measurement.value == 12
    assert sorted((round(x / 10), round(y / 10)) for x, y in points.geometry.points) == sorted(
        (round((c + 0.5) / 10), round((r + 0.5) / 10)) for r, c in places
    )
    assert angle.measurement.value == pytest.approx(70, abs=3)
    assert len(angle.geometry.lines) == 36


def test_the_angle_is_not_assessed_from_a_handful_of_branchings(draw):
    plain = [ray(40 + 60 * k, 20, 0, 660) for k in range(5)]
    tree = draw([*plain, *fork(500, 350, 60)], [5.0] * 8)
    assert BranchingPoints().read(tree).measurement.value == 1
    assert "fewer than" in BranchingAngle().read(tree).measurement.reason
