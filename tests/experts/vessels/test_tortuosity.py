from __future__ import annotations

import math

import numpy as np
import pytest
from fundoscope.experts.vessels.biomarkers import CurvatureTortuosity, SquaredCurvatureTortuosity, Tortuosity
from fundoscope.experts.vessels.tree import Disc
from fundoscope.records import Status

DISC = Disc(50, 50, 100.0)


def lines(degrees: float = 0.0) -> list[np.ndarray]:
    t = np.linspace(-300, 300, 2400)[:, None]
    way = np.array([math.sin(math.radians(degrees)), math.cos(math.radians(degrees))])
    across = np.array([way[1], -way[0]])
    return [np.array([350, 350]) + t * way + offset * across for offset in (-120, -60, 0, 60, 120)]


def waves(amplitude: float, length: float) -> tuple[list[np.ndarray], float, float, float]:
    """Five sine waves; arc over chord, curvature and squared curvature over arc length, by fine numeric integration."""
    x = np.linspace(0, 600, 60001)
    k = 2 * math.pi / length
    slope, second = amplitude * k * np.cos(k * x), -amplitude * k * k * np.sin(k * x)
    speed = np.hypot(1, slope)
    bend = np.abs(second) / speed**3
    step = x[1] - x[0]
    arc = float(speed.sum() * step)
    paths = [np.column_stack([row + amplitude * np.sin(k * x), 50 + x])[::20] for row in (100, 225, 350, 475, 600)]
    return paths, arc / 600, float((bend * speed).sum() * step) / arc, float((bend**2 * speed).sum() * step) / arc


def values(tree) -> list[float]:
    return [b.read(tree).measurement.value for b in (Tortuosity(), CurvatureTortuosity(), SquaredCurvatureTortuosity())]


@pytest.mark.parametrize("degrees", [0, 20, 45, 70])
def test_straight_vessels_have_no_tortuosity_whichever_way_they_run(draw, degrees: float):
    ratio, bend, squared = values(draw(lines(degrees), [4.0] * 5, disc=DISC))
    assert ratio == pytest.approx(1.0, abs=0.002)
    assert bend == pytest.approx(0, abs=0.1)
    assert squared == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize(("amplitude", "length"), [(10, 100), (20, 100), (25, 200)])
def test_sine_waves_have_the_tortuosity_of_their_geometry(draw, amplitude: float, length: float):
    paths, ratio, bend, squared = waves(amplitude, length)
    found = values(draw(paths, [5.0] * 5, disc=DISC))
    assert found[0] == pytest.approx(ratio, rel=0.03)
    assert found[1] == pytest.approx(bend * 100, rel=0.06)
    assert found[2] == pytest.approx(squared * 100**2, rel=0.12)


def test_half_circles_bend_by_their_radius_and_have_tortuosity_half_pi(draw):
    t = np.linspace(0, math.pi, 3000)
    circles = [np.column_stack([400 - r * np.sin(t), 350 + r * np.cos(t)]) for r in (150, 200, 250, 300)]
    ratio, bend, squared = values(draw(circles, [5.0] * 4, disc=DISC))
    arcs = np.array([150, 200, 250, 300])
    assert ratio == pytest.approx(math.pi / 2, rel=0.01)
    assert bend == pytest.approx(100 * 4 / arcs.sum(), rel=0.05)
    assert squared == pytest.approx(100**2 * (1 / arcs).sum() / arcs.sum(), rel=0.15)


def test_short_segments_are_left_out(draw):
    t = np.linspace(0, math.pi, 200)
    hooks = [np.column_stack([650 + 8 * np.sin(t), 60 + 60 * n + 8 * np.cos(t)]) for n in range(8)]
    tree = draw([*lines(), *hooks], [4.0] * 13, disc=DISC)
    assert values(tree)[0] == pytest.approx(1.0, abs=0.002)
    assert len(Tortuosity().read(tree).geometry.lines) == 5


def test_curvature_is_not_assessed_without_a_disc_and_the_ratio_is(draw):
    tree = draw(lines(), [4.0] * 5)
    assert Tortuosity().read(tree).measurement.status is Status.MEASURED
    for biomarker in (CurvatureTortuosity(), SquaredCurvatureTortuosity()):
        assert "optic disc" in biomarker.read(tree).measurement.reason
