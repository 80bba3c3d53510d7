from __future__ import annotations

import math

import numpy as np
import pytest
from fundoscope.experts.vessels.biomarkers import AVR, CRAE, CRVE, VesselCalibre, VesselCalibreDD
from fundoscope.experts.vessels.biomarkers.knudtson import ARTERIOLES, VENULES, equivalent
from fundoscope.experts.vessels.biomarkers.zone import crossings, visible
from fundoscope.experts.vessels.tree import Disc, VesselTree
from fundoscope.records import Status

DISC = Disc(350.0, 350.0, 120.0)
ARTERY_WIDTHS = [9.0, 8.0, 8.0, 7.0, 6.0, 5.0]
VEIN_WIDTHS = [12.0, 11.0, 10.0, 9.0, 8.0, 6.0]


def spoke(degrees: float, start: float = 70.0, end: float = 300.0) -> np.ndarray:
    t = np.linspace(start, end, 2000)[:, None]
    way = np.array([-math.sin(math.radians(degrees)), math.cos(math.radians(degrees))])
    return np.array([DISC.y - 0.5, DISC.x - 0.5]) + t * way


def wheel(draw, arteries=ARTERY_WIDTHS, veins=VEIN_WIDTHS, **options) -> VesselTree:
    """Arteries and veins by turns, straight out from the disc."""
    widths = [*arteries, *veins]
    angles = [360 * n / len(widths) for n in range(len(widths))]
    kinds = [1.0] * len(arteries) + [0.0] * len(veins)
    return draw([spoke(a) for a in angles], widths, artery=kinds, disc=DISC, **options)


def test_six_equal_widths_sum_up_as_worked_out_by_hand():
    # Three pairs k w sqrt(2); two of them give 2 k^2 w, which joins the third: k sqrt(4 k^4 + 2 k^2) w.
    for k in (ARTERIOLES, VENULES):
        assert equivalent([3.0] * 6, k) == pytest.approx(3.0 * k * math.sqrt(4 * k**4 + 2 * k**2))


def test_widest_is_paired_with_narrowest_and_the_middle_one_carried_on():
    first = [0.88 * math.hypot(10, 5), 0.88 * math.hypot(9, 6), 0.88 * math.hypot(8, 7)]
    second = [0.88 * math.hypot(max(first), min(first)), sorted(first)[1]]
    assert equivalent([7, 10, 5, 8, 6, 9], 0.88) == pytest.approx(0.88 * math.hypot(*second))


def test_the_equivalent_grows_with_the_widths_and_needs_some():
    assert equivalent([4.0], 0.95) == 4.0
    assert equivalent([8.0, 6.0], 0.95) == pytest.approx(9.5)
    assert equivalent([2 * w for w in VEIN_WIDTHS], 0.95) == pytest.approx(2 * equivalent(VEIN_WIDTHS, 0.95))
    with pytest.raises(ValueError, match="no widths"):
        equivalent([], 0.95)


def test_equivalents_of_drawn_vessels_are_those_of_their_widths(draw):
    tree = wheel(draw)
    assert [c.width for c in crossings(tree)] == pytest.approx(sorted(ARTERY_WIDTHS + VEIN_WIDTHS)[::-1], abs=0.25)
    arterioles, venules = equivalent(ARTERY_WIDTHS, ARTERIOLES), equivalent(VEIN_WIDTHS, VENULES)
    crae, crve, avr = (b.read(tree).measurement for b in (CRAE(), CRVE(), AVR()))
    assert (crae.value, crae.unit, crae.reference) == (pytest.approx(arterioles / 120, rel=0.02), "DD", "knudtson2003")
    assert crve.value == pytest.approx(venules / 120, rel=0.02)
    assert avr.value == pytest.approx(arterioles / venules, rel=0.02)


def test_only_the_six_widest_count(draw):
    more = wheel(draw, arteries=[*ARTERY_WIDTHS, 3.0, 3.0])
    assert CRAE().read(more).measurement.value == pytest.approx(CRAE().read(wheel(draw)).measurement.value, rel=0.02)


def test_equivalents_are_in_millimetres_where_the_photographs_spacing_is_known(draw):
    told = CRVE().read(wheel(draw, scale=2.0, pixel_spacing_mm=(0.005, 0.005))).measurement
    assert (told.value, told.unit) == (pytest.approx(equivalent(VEIN_WIDTHS, VENULES) * 0.01, rel=0.02), "mm")


def test_fewer_than_six_of_a_kind_an_unknown_disc_and_unknown_kinds_are_not_assessed(draw):
    few = wheel(draw, arteries=ARTERY_WIDTHS[:5])
    assert "only 5 arterioles" in CRAE().read(few).measurement.reason
    assert CRVE().read(few).measurement.status is Status.MEASURED
    assert "only 5 arterioles" in AVR().read(few).measurement.reason
    without = draw([spoke(a) for a in range(0, 360, 30)], [6.0] * 12, artery=[1.0] * 12)
    assert "optic disc" in CRAE().read(without).measurement.reason
    unsure = draw([spoke(a) for a in range(0, 360, 30)], [6.0] * 12, artery=[0.55] * 12, disc=DISC)
    assert "only 0 arterioles" in CRAE().read(unsure).measurement.reason
    untold = draw([spoke(a) for a in range(0, 360, 30)], [6.0] * 12, disc=DISC)
    assert "not told apart" in CRAE().read(untold).measurement.reason


def test_a_wide_vessel_of_unsure_kind_leaves_open_which_are_the_six_widest(draw):
    angles, widths = range(0, 360, 40), [9.0, 8.0, 8.0, 7.0, 6.0, 5.0, 10.0, 4.0, 3.0]
    paths = [spoke(a) for a in angles]
    wide = draw(paths, widths, artery=[1.0] * 6 + [0.5] * 3, disc=DISC)
    assert "neither surely artery nor surely vein" in CRAE().read(wide).measurement.reason
    narrow = draw(paths, [*widths[:6], 4.0, 4.0, 3.0], artery=[1.0] * 6 + [0.5] * 3, disc=DISC)
    assert CRAE().read(narrow).measurement.status is Status.MEASURED


def test_a_disc_at_the_rim_leaves_too_little_of_the_zone(draw):
    field = np.zeros((700, 700), dtype=bool)
    field[:, :400] = True
    tree = wheel(draw, field=field)
    assert "zone B" in (visible(tree) or "")
    assert "zone B" in CRVE().read(tree).measurement.reason


def test_a_vessel_that_branches_in_the_zone_counts_once(draw):
    bend = spoke(0)[np.searchsorted(np.linspace(70, 300, 2000), 150)]
    t = np.linspace(0, 120, 900)[:, None]
    branches = [bend + t * np.array([math.sin(a), math.cos(a)]) for a in (0.6, -0.6)]
    tree = draw([spoke(0, 70, 150), *branches, spoke(180)], [9.0, 7.0, 7.0, 5.0], artery=[1.0] * 4, disc=DISC)
    assert [c.width for c in crossings(tree)] == pytest.approx([9.0, 5.0], abs=0.3)


def test_mean_calibre_is_the_drawn_width_in_the_photographs_pixels_millimetres_and_disc_diameters(draw):
    paths = [np.column_stack([np.full(3000, r), np.linspace(30, 670, 3000)]) for r in (100, 200, 300, 400)]
    tree = draw(paths, [4.0, 6.0, 8.0, 10.0], scale=3.0, disc=DISC)
    found = VesselCalibre().read(tree)
    assert (found.measurement.value, found.measurement.unit) == (pytest.approx(21.0, rel=0.02), "px")
    assert VesselCalibreDD().read(tree).measurement.value == pytest.approx(7 / 120, rel=0.02)
    across = sorted({round(float(np.ptp(line[:, 1])), 0) for line in found.geometry.lines})
    assert across == [4, 6, 8, 10]
    spaced = draw(paths, [4.0, 6.0, 8.0, 10.0], scale=3.0, pixel_spacing_mm=(0.01, 0.01))
    told = VesselCalibre().read(spaced).measurement
    assert (told.value, told.unit) == (pytest.approx(0.21, rel=0.02), "mm")
