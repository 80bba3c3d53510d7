"""The disc expert on phantoms, and where there is no disc to outline."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts import load_expert
from fundoscope.records import Photograph, Status

SIZE = (534, 804)


@pytest.fixture(scope="module")
def experts():
    return load_expert("landmarks"), load_expert("disc")


def read(experts, photograph):
    landmarks, disc = experts
    return disc.read(photograph, {"landmarks": landmarks.read(photograph)})


def overlap(predicted, truth):
    return 2 * (predicted & truth).sum() / (predicted.sum() + truth.sum())


@pytest.mark.parametrize("eye", ["right", "left"])
def test_the_disc_of_a_phantom_is_outlined_in_photograph_pixels(experts, eye):
    phantom = draw_phantom(6, size=SIZE, eye=eye)
    finding = read(experts, Photograph.from_pixels(phantom.pixels))
    assert overlap(finding.array("disc") >= 0.5, phantom.truth.masks["disc"]) > 0.88
    assert finding.number("disc_area") == pytest.approx(float(phantom.truth.masks["disc"].sum()), rel=0.2)


def test_a_phantom_with_a_larger_cup_has_a_larger_ratio(experts):
    small, large = (
        read(experts, Photograph.from_pixels(draw_phantom(6, size=SIZE, vertical_cdr=ratio).pixels)).number(
            "vertical_cdr"
        )
        for ratio in (0.35, 0.75)
    )
    assert large > small + 0.08


def test_a_ratio_comes_with_the_caveat_of_the_discs_size(experts):
    finding = read(experts, Photograph.from_pixels(draw_phantom(2, size=SIZE).pixels))
    ratio = finding.measurement("vertical_cdr")
    assert 0 < ratio.value <= 1 and ratio.unit == "ratio"
    assert any("disc's size" in note for note in finding.notes)


def test_without_landmarks_nothing_is_assessed_and_the_reason_is_said(experts):
    finding = experts[1].read(Photograph.from_pixels(draw_phantom(2, size=(256, 320)).pixels))
    assert finding.status is Status.NOT_ASSESSED
    ratio = finding.measurement("vertical_cdr")
    assert ratio.status is Status.NOT_ASSESSED and "landmarks" in ratio.reason


def test_a_picture_without_a_disc_is_not_assessed(experts):
    finding = read(experts, Photograph.from_pixels(np.full((200, 300, 3), 90, np.uint8)))
    assert finding.number("vertical_cdr") is None and finding.measurement("vertical_cdr").reason


def test_a_disc_of_a_few_pixels_has_an_outline_but_no_ratio(experts):
    finding = read(experts, Photograph.from_pixels(draw_phantom(2, size=(140, 180)).pixels))
    assert finding.measurement("vertical_cdr").status is Status.NOT_ASSESSED


def test_reading_twice_gives_the_same_finding(experts):
    photograph = Photograph.from_pixels(draw_phantom(1, size=(400, 500)).pixels)
    assert read(experts, photograph).model_dump_json() == read(experts, photograph).model_dump_json()
