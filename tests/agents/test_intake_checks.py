"""Photographs that do not belong together, or whose headers say what cannot be: each has its outcome."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from fundoscope import Fundoscope, Report
from fundoscope.agents.intake_checks import MIRRORED, SAME, admitted, alike, colourless, fine_structure, likeness
from fundoscope.errors import BadSetting
from fundoscope.evals.corruptions import noise
from fundoscope.evals.phantom import draw_phantom
from fundoscope.records import Eye, Photograph
from numpy.typing import NDArray
from PIL import Image

from ..imaging.test_decode import write_dicom

QUESTION = "How good is the image quality?"
"""A narrow question: quality and landmarks are all that is asked."""


GREY = "photo-1 has no colour: the experts learnt from colour photographs."


def dicom(path: Path, pixels: NDArray[np.uint8], **header: object) -> Path:
    write_dicom(path, pixels, **header)
    return path


@pytest.fixture(scope="module")
def right() -> NDArray[np.uint8]:
    return draw_phantom(3, eye="right", size=(712, 1072)).pixels


@pytest.fixture(scope="module")
def left() -> NDArray[np.uint8]:
    return draw_phantom(4, eye="left", size=(712, 1072)).pixels


def limits(report: Report) -> str:
    return " ".join(report.limits)


def test_photographs_of_different_patients_are_refused_without_naming_them(
    scope: Fundoscope, tmp_path: Path, right: NDArray[np.uint8], left: NDArray[np.uint8]
) -> None:
    mine = dicom(tmp_path / "a.dcm", right, PatientID="4711", IssuerOfPatientID="St Elsewhere")
    other = dicom(tmp_path / "b.dcm", left, PatientID="0815", IssuerOfPatientID="St Elsewhere")
    with pytest.raises(BadSetting) as refused:
        scope.read([mine, other])
    assert str(refused.value).startswith("the photographs are of different patients by their headers")
    assert not {"4711", "0815", "Elsewhere"} & set(str(refused.value).split())
    photograph = Photograph.from_file(mine)
    assert photograph.patient is not None and "4711" not in repr(photograph) + "".join(photograph.patient)
    assert photograph.patient[1] not in photograph.model_dump_json()


def test_one_patient_of_two_issuers_is_read_and_said(
    tmp_path: Path, right: NDArray[np.uint8], left: NDArray[np.uint8]
) -> None:
    files = [
        dicom(tmp_path / f"{issuer}.dcm", pixels, PatientID=issuer, IssuerOfPatientID=issuer)
        for issuer, pixels in (("north", right), ("south", left))
    ]
    taken, noticed = admitted([Photograph.from_file(file) for file in files])
    assert len(taken) == 2 and "of different issuers" in noticed[0]
    same = dicom(tmp_path / "again.dcm", left, PatientID="north", IssuerOfPatientID="north")
    assert admitted([Photograph.from_file(file) for file in (files[0], same)])[1] == []


def test_the_same_photograph_given_twice_is_read_once(right: NDArray[np.uint8], left: NDArray[np.uint8]) -> None:
    one, other = Photograph.from_pixels(right), Photograph.from_pixels(left)
    taken, noticed = admitted([one, other, Photograph.from_pixels(right)])
    assert [p.sha256 for p in taken] == [one.sha256, other.sha256]
    assert noticed == ["photo-1 was given more than once and is read once."]
    with pytest.raises(BadSetting, match="as the right and as the left eye"):
        admitted([Photograph.from_pixels(right, "right"), Photograph.from_pixels(right, "left")])


def test_a_date_in_the_future_is_not_used_and_said(tmp_path: Path, right: NDArray[np.uint8]) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    for days, used in ((400, False), (0, True), (-400, True)):
        date = today + datetime.timedelta(days=days)
        file = dicom(tmp_path / "dated.dcm", right, AcquisitionDate=date.strftime("%Y%m%d"))
        taken, noticed = admitted([Photograph.from_file(file)])
        assert taken[0].acquired == (date if used else None)
        assert noticed == ([] if used else ["The date in the header of photo-1 lies in the future and is not used."])


def test_a_picture_is_told_from_its_mirror_image_and_from_the_other_eye(
    right: NDArray[np.uint8], left: NDArray[np.uint8]
) -> None:
    flipped, turned = (np.ascontiguousarray(p) for p in (right[:, ::-1], right[::-1]))
    saved = np.asarray(Image.fromarray(right).resize((536, 356)))
    given = {f"photo-{n}": Photograph.from_pixels(p) for n, p in enumerate((right, flipped, turned, saved, left), 1)}
    found = {(one, other): how for one, other, how in alike(given)}
    assert found[("photo-1", "photo-2")] == found[("photo-1", "photo-3")] == "mirrored"
    assert found[("photo-1", "photo-4")] == "same"
    assert not any("photo-5" in pair for pair in found)
    one, other = fine_structure(given["photo-1"]), fine_structure(given["photo-5"])
    assert likeness(one, one) > 0.999 > SAME and likeness(one, other[:, ::-1]) < MIRRORED / 2


def test_two_right_eyes_that_are_mirror_images_hold_the_interval_back(
    scope: Fundoscope, right: NDArray[np.uint8]
) -> None:
    flipped = np.ascontiguousarray(right[:, ::-1])
    both = [Photograph.from_pixels(pixels, "right") for pixels in (right, flipped)]
    report = scope.in_session("mirrored").read(both, question=QUESTION)
    found = next(d for d in report.disagreements if d.rule == "mirror-image")
    assert not report.provenance.removed_claims
    assert found.text.startswith("photo-1 and photo-2 are mirror images of each other") and len(found.evidence) == 2
    assert report.status == "needs_review" and any("mirror images" in reason for reason in report.review_reasons)
    assert report.recommendation.interval is None


def test_one_picture_given_as_both_eyes_is_a_disagreement_on_both(scope: Fundoscope, right: NDArray[np.uint8]) -> None:
    again = right.copy()
    again[:8, :8] = 9
    both = [Photograph.from_pixels(right, "right"), Photograph.from_pixels(again, "left")]
    report = scope.in_session("both eyes").read(both, question=QUESTION)
    assert {d.eye for d in report.disagreements if d.rule == "one-picture-two-eyes"} == {Eye.RIGHT, Eye.LEFT}


def test_a_dicom_without_laterality_has_its_eye_from_the_landmarks_and_says_so(
    scope: Fundoscope, tmp_path: Path, right: NDArray[np.uint8]
) -> None:
    report = scope.in_session("no side").read(dicom(tmp_path / "a.dcm", right), question=QUESTION)
    assert set(report.eyes) == {Eye.RIGHT}
    assert report.eyes[Eye.RIGHT].photographs[0].eye_source == "landmarks"
    said = "Neither the user nor the file named the eye of photo-1: disc and fovea lie as in a right eye."
    assert said in report.limits


def test_a_header_of_the_wrong_side_is_a_disagreement_and_not_silently_mended(
    scope: Fundoscope, tmp_path: Path, right: NDArray[np.uint8]
) -> None:
    wrong = dicom(tmp_path / "a.dcm", right, ImageLaterality="L")
    report = scope.in_session("wrong side").read(wrong, question=QUESTION)
    assert set(report.eyes) == {Eye.LEFT} and report.eyes[Eye.LEFT].photographs[0].eye_source == "dicom"
    assert "laterality" in [d.rule for d in report.disagreements]
    assert report.status == "needs_review" and "Neither the user" not in limits(report)


@pytest.mark.parametrize(("quality", "said"), [(95, False), (63, False), (50, True), (18, True)])
def test_hard_compression_is_said_with_its_quality(
    tmp_path: Path, right: NDArray[np.uint8], quality: int, said: bool
) -> None:
    Image.fromarray(right).save(tmp_path / "a.jpg", quality=quality)
    _, noticed = admitted([Photograph.from_file(tmp_path / "a.jpg")])
    assert [f"JPEG quality about {quality}" in line for line in noticed] == ([True] if said else [])


def test_a_photograph_of_little_noise_is_not_called_noisy(right: NDArray[np.uint8]) -> None:
    assert admitted([Photograph.from_pixels(right)])[1] == []


@pytest.mark.parametrize(("strength", "level"), [(1, 4), (2, 8), (3, 14)])
def test_noise_is_said_with_its_level(right: NDArray[np.uint8], strength: int, level: int) -> None:
    (line,) = admitted([Photograph.from_pixels(noise(right, strength))])[1]
    (told,) = re.findall(r"about (\d+) grey levels", line)
    assert abs(int(told) - level) <= 0.2 * level


def test_a_photograph_without_colour_is_read_and_said(right: NDArray[np.uint8]) -> None:
    grey = Photograph.from_pixels(np.repeat(right[:, :, 1:2], 3, axis=2))
    coloured, dark = Photograph.from_pixels(right), Photograph.from_pixels(right // 8)
    black = Photograph.from_pixels(np.zeros_like(right))
    assert [colourless(photograph) for photograph in (grey, coloured, dark, black)] == [True, False, False, False]
    taken, noticed = admitted([coloured, grey])
    assert len(taken) == 2
    assert noticed == [GREY.replace("1", "2")]


@pytest.mark.parametrize(
    ("cut", "told"),
    [("", []), ("on all sides", ["the grade does not"]), ("squeezed", ["the grade does not"])],
)
def test_what_lies_outside_the_circle_is_said(right: NDArray[np.uint8], cut: str, told: list[str]) -> None:
    pixels = right
    if cut == "on all sides":
        pixels = np.ascontiguousarray(right[140:572, 320:752])
    elif cut:
        pixels = cv2.resize(right[60:-60], (700, 900), interpolation=cv2.INTER_AREA)
    noticed = [line for line in admitted([Photograph.from_pixels(pixels)])[1] if "of the lit part" in line]
    assert [re.sub(r".*view: (.*) take it in\.", r"\1", line) for line in noticed] == told
    assert admitted([Photograph.from_pixels(np.full_like(right, 90))])[1] == [GREY]


@pytest.mark.parametrize(
    ("size", "told"), [(None, None), ((700, 900), "taller than wide"), ((1000, 620), "wider than tall")]
)
def test_a_photograph_out_of_proportion_is_said(
    right: NDArray[np.uint8], size: tuple[int, int] | None, told: str | None
) -> None:
    pixels = right if size is None else cv2.resize(right, size, interpolation=cv2.INTER_AREA)
    lines = [line for line in admitted([Photograph.from_pixels(pixels)])[1] if "out of proportion" in line]
    assert len(lines) == (told is not None) and all(told is not None and told in line for line in lines)
    if size is not None:
        stretched = size[1] / size[0] * right.shape[1] / right.shape[0]
        more = 100 * (max(stretched, 1 / stretched) - 1)
        (said,) = re.findall(r"(\d+)% ", lines[0])
        assert abs(int(said) - more) < 2
