"""The landmarks expert on phantoms, on pictures that show nothing, and on a photograph."""

from __future__ import annotations

import math

import numpy as np
import pytest
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts import load_expert
from fundoscope.experts.landmarks.samples import (
    eyes_by_patient,
    held_out_drishti,
    judging_patients,
    load_samples,
    marked_patients,
    pool_patients,
    read_marks,
)
from fundoscope.experts.training.datasets import labels
from fundoscope.records import Photograph, Status

SIZE = (534, 804)


@pytest.fixture(scope="module")
def expert():
    return load_expert("landmarks")


@pytest.fixture(scope="module", params=["right", "left"])
def read_phantom(request, expert):
    phantom = draw_phantom(4, size=SIZE, eye=request.param)
    return phantom.truth, expert.read(Photograph.from_pixels(phantom.pixels))


def test_disc_and_fovea_of_a_phantom_lie_where_they_were_drawn(read_phantom):
    truth, finding = read_phantom
    for name, place, bound in (("disc", truth.disc, 0.1), ("fovea", truth.fovea, 0.25)):
        point = finding.points[name]
        assert math.hypot(point.x - place.x, point.y - place.y) <= bound * truth.disc.diameter
        assert 0 < point.confidence <= 1


def test_measurements_of_a_phantom_agree_with_its_truth(read_phantom):
    truth, finding = read_phantom
    assert finding.number("disc_diameter") == pytest.approx(truth.disc.diameter, rel=0.12)
    assert finding.number("disc_fovea_distance") == pytest.approx(truth.fovea_distance_dd, rel=0.15)
    drop = math.degrees(math.atan2(truth.fovea.y - truth.disc.y, abs(truth.fovea.x - truth.disc.x)))
    assert finding.number("disc_fovea_angle") == pytest.approx(drop, abs=4)


def test_the_eye_of_a_phantom_is_named_whichever_it_is(read_phantom):
    truth, finding = read_phantom
    assert finding.label == truth.eye
    assert finding.number("laterality_confidence") > 0.9
    assert "macula-centred" in finding.flags


def test_the_disc_region_has_the_size_of_the_photograph(read_phantom):
    truth, finding = read_phantom
    region = finding.array("disc_region") >= 0.5
    assert region.shape == SIZE
    overlap = 2 * (region & truth.masks["disc"]).sum() / (region.sum() + truth.masks["disc"].sum())
    assert overlap > 0.85


def test_reading_twice_gives_the_same_finding(expert):
    photograph = Photograph.from_pixels(draw_phantom(1, size=(256, 320)).pixels)
    assert expert.read(photograph).model_dump_json() == expert.read(photograph).model_dump_json()


@pytest.mark.parametrize("size", [(64, 64), (90, 400), (1500, 700)])
@pytest.mark.parametrize("kind", ["black", "white", "noise", "grey ramp"])
def test_a_picture_without_an_eye_has_no_side_and_every_measurement_says_why(expert, size, kind):
    pixels = {
        "black": lambda: np.zeros((*size, 3), np.uint8),
        "white": lambda: np.full((*size, 3), 255, np.uint8),
        "noise": lambda: np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8),
        "grey ramp": lambda: np.broadcast_to(
            np.linspace(0, 255, size[1]).astype(np.uint8)[None, :, None], (*size, 3)
        ).copy(),
    }[kind]()
    finding = expert.read(Photograph.from_pixels(pixels))
    assert finding.label == "unknown"
    distance = finding.measurement("disc_fovea_distance")
    assert distance.status is Status.NOT_ASSESSED and distance.reason


def test_marks_name_each_photograph_once_and_keep_fifty_foveas_for_the_test():
    marks = read_marks()
    assert len({(m["dataset"], m["file"]) for m in marks}) == len(marks)
    assert sum(bool(m["fovea_x"]) for m in marks) >= 150
    assert sum(bool(m["fovea_x"]) and m["split"] == "test" for m in marks) == 50
    assert len({m["dataset"] for m in marks if m["fovea_x"]}) >= 4


@pytest.mark.realdata
def test_official_test_photographs_of_idrid_are_test_marks(data_dir):
    split = {row["image"]: row["split"] for row in labels(data_dir, "idrid_seg")}
    for mark in read_marks():
        if mark["dataset"] == "idrid_seg":
            assert mark["split"] == split[mark["file"]]


@pytest.mark.realdata
def test_no_patient_is_both_trained_on_and_judged(data_dir):
    test, seen = marked_patients(data_dir, "test"), marked_patients(data_dir, "train") | pool_patients(data_dir)
    assert not test & seen
    judged = judging_patients(data_dir)
    assert not judged & seen and len(judged) > 0.2 * len(eyes_by_patient(data_dir))


@pytest.mark.realdata
def test_training_opens_no_photograph_of_a_test_split(data_dir, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "fundoscope.experts.landmarks.samples._sample", lambda data, file, mark, mask: opened.append(file)
    )
    load_samples(data_dir)
    held = {f"drishti_gs1/{name}" for name in held_out_drishti(data_dir)}
    held |= {f"{m['dataset']}/{m['file']}" for m in read_marks() if m["split"] == "test"}
    held |= {f"idrid_seg/{row['image']}" for row in labels(data_dir, "idrid_seg") if row["split"] == "test"}
    assert len(held) >= 60 and not held & set(opened)


@pytest.mark.realdata
def test_a_photograph_of_a_right_eye_is_read_near_its_marks(data_dir, expert):
    mark = next(m for m in read_marks() if m["dataset"] == "drive" and m["split"] == "test" and m["fovea_x"])
    finding = expert.read(Photograph.from_file(data_dir / "drive" / mark["file"]))
    for name in ("disc", "fovea"):
        x, y, point = float(mark[f"{name}_x"]), float(mark[f"{name}_y"]), finding.points[name]
        assert math.hypot(point.x - x, point.y - y) < 0.2 * float(mark["disc_diameter"])
