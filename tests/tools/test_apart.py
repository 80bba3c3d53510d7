"""Experts asked outside a case: what they need comes first, what cannot be read is said, and visits are held against each other."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
from fundoscope import Fundoscope
from fundoscope.errors import BadSetting, ExpertUnavailable, NotAFundusPhotograph
from fundoscope.records import Eye, Photograph, Status


@pytest.fixture(scope="module")
def photograph(phantom_file: Path) -> Photograph:
    return Photograph.from_file(phantom_file)


@pytest.fixture(scope="module")
def other_eye(photograph: Photograph) -> Photograph:
    return Photograph.from_pixels(photograph.pixels[:, ::-1])


@pytest.fixture(scope="module")
def no_fundus() -> Photograph:
    """Coloured squares."""
    tiles = np.random.default_rng(0).integers(0, 255, (8, 10, 3), dtype=np.uint8)
    return Photograph.from_pixels(np.kron(tiles, np.ones((64, 64, 1), dtype=np.uint8)))


def test_an_expert_is_asked_after_those_it_needs_and_its_maps_are_at_hand(
    scope: Fundoscope, photograph: Photograph
) -> None:
    finding = scope.consult("lesions", photograph)
    assert finding.expert == "lesions" and finding.status is Status.MEASURED
    assert finding.eye is Eye.RIGHT  # told by the landmarks, since nobody said so
    assert any(region.quadrant for region in finding.regions)  # which the landmarks alone make possible
    assert finding.array("HE").shape == (photograph.height, photograph.width)


def test_the_eye_that_the_user_names_stands(scope: Fundoscope, photograph: Photograph) -> None:
    assert scope.consult("vessels", photograph, eye="OS").eye is Eye.LEFT
    assert photograph.eye is Eye.UNKNOWN
    assert scope.consult("landmarks", photograph).eye is scope.consult("quality", photograph).eye is Eye.RIGHT


def test_of_a_picture_of_something_else_only_quality_says_anything(scope: Fundoscope, no_fundus: Photograph) -> None:
    assert scope.consult("quality", no_fundus).label == "not_a_fundus_photograph"
    for name in ("grade", "landmarks"):
        finding = scope.consult(name, no_fundus)
        assert finding.status is Status.NOT_ASSESSED
        assert finding.reason == "the picture is not a fundus photograph"
        assert finding.value is None


def test_of_a_photograph_that_is_not_gradable_the_reason_is_said(scope: Fundoscope, photograph: Photograph) -> None:
    dark = Photograph.from_pixels(photograph.pixels // 9)
    finding = scope.consult("grade", dark)
    assert finding.status is Status.NOT_ASSESSED
    assert (finding.reason or "").startswith("the photograph is not gradable (")


def test_an_expert_that_there_is_not_is_refused(scope: Fundoscope, photograph: Photograph) -> None:
    with pytest.raises(ExpertUnavailable, match="cataracts"):
        scope.consult("cataracts", photograph)


def test_two_photographs_of_an_eye_are_compared(scope: Fundoscope, photograph: Photograph) -> None:
    moved = Photograph.from_pixels(np.roll(photograph.pixels, 12, axis=1))
    compared = scope.compare(photograph, moved)
    assert compared.eye is Eye.RIGHT
    assert compared.alignment is not None and compared.alignment.matrix[0][2] == pytest.approx(12, abs=2)
    assert compared.counts["HE"].earlier is not None and compared.counts["HE"].later is not None


def test_what_cannot_be_two_visits_of_an_eye_is_refused(
    scope: Fundoscope, photograph: Photograph, other_eye: Photograph, no_fundus: Photograph
) -> None:
    with pytest.raises(BadSetting, match="are the same"):
        scope.compare(photograph, photograph)
    with pytest.raises(BadSetting, match="different eyes: right and left"):
        scope.compare(photograph, other_eye)
    with pytest.raises(BadSetting, match="the later photograph cannot be compared: the picture is not a fundus"):
        scope.compare(photograph, no_fundus)
    day = datetime.date(2026, 5, 1)
    newer = photograph.model_copy(update={"acquired": day})
    older = other_eye.model_copy(update={"acquired": day.replace(month=4)})
    with pytest.raises(BadSetting, match="2026-05-01, after the later one of 2026-04-01"):
        scope.compare(newer, older)


def test_photographs_of_two_patients_are_no_visits_of_an_eye(scope: Fundoscope, photograph: Photograph) -> None:
    moved = Photograph.from_pixels(np.roll(photograph.pixels, 12, axis=1))
    one, other = photograph.model_copy(), moved.model_copy()
    one._patient, other._patient = ("clinic", "a"), ("clinic", "b")
    with pytest.raises(BadSetting, match="of different patients"):
        scope.compare(one, other)


def test_an_outline_names_the_eye_and_is_not_drawn_in_another_picture(
    scope: Fundoscope, photograph: Photograph, no_fundus: Photograph
) -> None:
    middle = photograph.field_of_view
    assert scope.outline(photograph, point=(middle.x, middle.y)).eye is Eye.RIGHT
    refused = scope.outline(no_fundus, point=(320, 256))
    assert (refused.status, refused.reason) == (Status.NOT_ASSESSED, "the picture is not a fundus photograph")


def test_a_closer_look_draws_what_the_experts_found(scope: Fundoscope, photograph: Photograph) -> None:
    plain = scope.zoom(photograph, landmark="macula", longest_side=500)
    drawn = scope.zoom(photograph, landmark="macula", overlay=["lesions"], longest_side=500)
    assert plain.shape == drawn.shape and max(plain.shape) <= 500
    assert (plain != drawn).any()


def test_a_closer_look_shows_no_other_picture(scope: Fundoscope, no_fundus: Photograph) -> None:
    with pytest.raises(NotAFundusPhotograph, match="is not shown"):
        scope.zoom(no_fundus)


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ({"landmark": "nose"}, "zoom: landmark is macula or disc"),
        ({"region": [1, 2, 3]}, "zoom: region is x, y, width, height in pixels of the photograph"),
        ({"landmark": "disc", "region": [0, 0, 90, 90]}, "zoom: name a landmark or a region, not both"),
        ({"overlay": ["drusen"]}, "zoom: nothing is drawn as 'drusen'"),
        ({"overlay": "lesions"}, "zoom: overlay is a list of lesions"),
    ],
)
def test_a_look_that_there_is_not_is_refused_in_one_line(
    scope: Fundoscope, photograph: Photograph, asked: dict[str, object], line: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        scope.zoom(photograph, **asked)  # type: ignore[arg-type]
    assert str(refused.value).startswith(line) and "\n" not in str(refused.value)


def test_the_literature_is_searched_from_the_sdk(scope: Fundoscope) -> None:
    found = scope.search("how often should an eye with mild retinopathy be seen", limit=3)
    assert 0 < len(found) <= 3 and all(passage.reference for passage in found)
    assert scope.search("how to bake bread") == []
