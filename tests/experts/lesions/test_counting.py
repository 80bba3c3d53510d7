"""What is counted as one lesion, where it lies, and how found lesions are held against labelled ones."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.experts.lesions.anatomy import NO_LANDMARKS, Anatomy
from fundoscope.experts.lesions.blank import blank
from fundoscope.experts.lesions.calibrate import count_factors
from fundoscope.experts.lesions.components import components
from fundoscope.experts.lesions.froc import Sweep
from fundoscope.experts.lesions.matching import boxes_of_mask, hits
from fundoscope.experts.lesions.measure import blanks_of, measurements, nearest_distance, regions_from_maps
from fundoscope.experts.lesions.scores import average_precision, best_threshold, histograms
from fundoscope.imaging import Frame
from fundoscope.records import Finding, Measurement, Point, Region, Status

FRAME = Frame(left=100, top=50, scale=2.0, width=200, height=160, photograph_width=600, photograph_height=500)
THRESHOLDS = dict.fromkeys(("MA", "HE", "EX", "SE"), 0.5) | {f"{k}_least_area": 4.0 for k in ("MA", "HE", "EX", "SE")}


def landmarks(disc_x: float = 400.0) -> dict[str, Finding]:
    finding = Finding(expert="landmarks", version="1", weights_sha256="0", photograph="0")
    finding.points = {"fovea": Point(x=300, y=200), "disc": Point(x=disc_x, y=190)}
    finding.measurements = [Measurement(name="disc_diameter", value=50.0, unit="px")]
    return {"landmarks": finding}


def test_pieces_two_pixels_apart_are_one_lesion_and_four_apart_are_two():
    mask = np.zeros((30, 40), dtype=bool)
    mask[10:14, 5:10] = mask[10:14, 12:16] = True
    mask[10:14, 20:24] = True
    found, numbers = components(mask)
    assert [c.area for c in found] == [36, 16]
    assert numbers.max() == 2
    assert numbers[~mask].max() == 0


def test_components_under_the_least_area_are_left_out_of_list_and_plane():
    mask = np.zeros((30, 30), dtype=bool)
    mask[2:4, 2:4] = mask[20:25, 20:25] = True
    found, numbers = components(mask, minimum=5)
    assert [c.area for c in found] == [25]
    assert (numbers > 0).sum() == 25
    assert (found[0].x, found[0].y) == (22.5, 22.5)


@pytest.mark.parametrize(("disc_x", "right_side"), [(400.0, "nasal"), (200.0, "temporal")])
def test_nasal_is_the_side_of_the_disc_in_either_eye(disc_x: float, right_side: str):
    anatomy = Anatomy.of(landmarks(disc_x))
    assert anatomy.quadrant(350, 100) == f"supero{right_side}"
    assert anatomy.quadrant(350, 300) == f"infero{right_side}"


def test_a_lesion_is_measured_in_photograph_pixels_and_disc_diameters():
    maps = np.zeros((4, 160, 200), dtype=np.float32)
    maps[2, 95:99, 100:104] = 0.9
    anatomy = Anatomy.of(landmarks())
    (region,) = regions_from_maps(maps, FRAME, THRESHOLDS, anatomy)
    assert (region.kind, region.x, region.y, region.width, region.height) == ("EX", 300, 240, 8, 8)
    assert region.area == 64
    assert region.quadrant == "inferonasal"
    assert region.fovea_distance_dd == pytest.approx(np.hypot(4, 44) / 50, abs=1e-3)
    nearest = nearest_distance(maps[2] > 0.5, FRAME, anatomy)
    assert nearest == pytest.approx(np.hypot(1, 41) / 50)
    made = {m.name: m for m in measurements([region], anatomy, nearest)}
    assert made["lesion_count_EX"].value == 1
    assert made["lesion_area_EX"].value == 64
    assert made["lesion_count_EX_inferonasal"].value == 1
    assert made["lesion_count_EX_superonasal"].value == 0
    assert made["lesion_count_MA"].value == 0
    assert made["nearest_exudate_fovea_distance"].unit == "DD"


def test_without_landmarks_quadrants_and_distance_say_why_they_were_not_assessed():
    maps = np.zeros((4, 160, 200), dtype=np.float32)
    maps[2, 95:99, 100:104] = 0.9
    anatomy = Anatomy.of(None)
    made = {m.name: m for m in measurements(regions_from_maps(maps, FRAME, THRESHOLDS, anatomy), anatomy, None)}
    assert made["lesion_count_EX"].value == 1
    assert made["lesion_count_HE_superotemporal"].status is Status.NOT_ASSESSED
    assert made["lesion_count_HE_superotemporal"].reason == NO_LANDMARKS
    assert made["nearest_exudate_fovea_distance"].reason == "the fovea was not located"
    assert made["neovascularisation"].reason == "no labelled photographs to learn from"


def test_no_exudate_has_no_distance():
    made = {m.name: m for m in measurements([], Anatomy.of(landmarks()), None)}
    assert made["nearest_exudate_fovea_distance"].reason == "no hard exudate was found"


def test_one_labelled_lesion_is_found_once():
    truth = np.array([[10, 10, 20, 20], [50, 50, 60, 60]], dtype=float)
    boxes = np.array([[11, 11, 19, 19], [12, 12, 21, 21], [80, 80, 90, 90], [48, 52, 58, 61]], dtype=float)
    assert hits(boxes, truth).tolist() == [True, False, False, True]
    assert hits(np.zeros((0, 4)), truth).shape == (0,)


def sweep() -> Sweep:
    """Two photographs of two lesions and one; the lower score finds more and is wrong more often."""
    right = np.array([[0, 0, 10, 10], [40, 40, 50, 50]], dtype=float)
    wrong = np.array([[80, 80, 90, 90]], dtype=float)
    made = Sweep(scores=(0.2, 0.6))
    made.add([np.vstack([right, wrong]), right[:1]], right)
    made.add([np.vstack([right[:1], wrong, wrong + 100]), wrong], right[:1])
    return made


def test_the_found_share_is_read_off_between_the_scores():
    made = sweep()
    assert (made.found, made.false, made.labelled) == ([[2, 1], [1, 0]], [[1, 0], [2, 1]], [2, 1])
    assert made.share_at(0.5) == pytest.approx(1 / 3)
    assert made.share_at(1.5) == pytest.approx(1)
    assert made.share_at(1.0) == pytest.approx(2 / 3)
    assert made.share_at(8.0) == pytest.approx(1)
    assert made.share_at(0.25) == pytest.approx(1 / 6)
    assert made.share_at(1.0, [0]) == pytest.approx(1)
    assert np.isnan(Sweep(scores=(0.5,)).share_at(1.0))


def test_a_sweep_says_how_few_false_ones_it_measured():
    made = Sweep(scores=(0.2, 0.6), found=[[2, 1], [1, 0]], false=[[9, 3], [7, 2]], labelled=[3, 2])
    assert made.least_false == 2.5


def test_the_best_score_has_the_highest_f1():
    assert sweep().best() == (pytest.approx(2 * 3 / (6 + 3)), 0)


def test_a_count_carries_what_the_true_one_was_on_other_photographs():
    factors = count_factors(sweep(), 0)
    ratios = np.log([3 / 4, 2 / 4])
    reach = 12.7062 * ratios.std(ddof=1) * np.sqrt(1.5)
    assert factors == pytest.approx(np.exp([ratios.mean() - reach, ratios.mean() + reach]), rel=1e-4)
    made = {m.name: m for m in measurements([], Anatomy(), None, None, {"MA": (0.5, 2.5), "HE": (0.4, 3.0)})}
    assert made["lesion_count_MA"].interval == (0, 2)
    assert made["lesion_count_HE"].interval == (0, 2)
    assert made["lesion_count_EX"].interval is None


def test_a_count_no_higher_than_the_blank_may_be_none():
    found = [Region(kind="MA", x=x, y=10, width=4, height=4, area=9, score=0.9) for x in range(0, 120, 20)]
    made = [
        {m.name: m for m in measurements(found, Anatomy(), None, None, {"MA": (0.5, 2.5)}, {"MA": most})}
        for most in (5, 6)
    ]
    assert [m["lesion_count_MA"].value for m in made] == [6, 6]
    assert [m["lesion_count_MA"].interval for m in made] == [(2, 17), (0, 17)]
    assert blanks_of({"MA_blank": 6.0, "MA": 0.5}) == {"MA": 6}


def test_the_blank_counts_each_patient_once():
    counts = np.array([0.0, 1.0, 2.0, 9.0, 9.0, 9.0])
    assert blank(counts, ["a", "b", "c", "d", "d", "d"], 0.6) == 2
    assert blank(counts, ["a", "b", "c", "d", "d", "d"], 0.7) == 9
    assert blank(counts, ["a", "b", "c", "d", "d", "d"], 0.99) == 9
    assert blank(np.arange(9.0), list("abcdefghi"), 0.9) == 8


def test_boxes_of_a_mask_are_exclusive_at_the_far_side():
    mask = np.zeros((20, 20), dtype=bool)
    mask[3:6, 7:12] = True
    assert boxes_of_mask(mask, 1).tolist() == [[7, 3, 12, 6]]


def test_average_precision_is_the_hand_computed_one():
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.1], dtype=np.float32)
    truth = np.array([True, False, True, False, False])
    counts = histograms(scores, truth, 1024)
    assert average_precision(counts) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    threshold, dice = best_threshold(counts)
    assert dice == pytest.approx(0.8)
    assert 0.6 < threshold <= 0.7
    assert np.isnan(average_precision(histograms(scores, np.zeros(5, dtype=bool), 16)))
