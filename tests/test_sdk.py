"""The whole reading, through the SDK, on a phantom and on real photographs."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from pathlib import Path
from typing import Any, NoReturn

import jsonschema
import numpy as np
import pytest
from fundoscope import Fundoscope, Report
from fundoscope.errors import BadSetting, UnreadableImage
from fundoscope.knowledge.references import reference_keys
from fundoscope.records import ClaimStatus
from PIL import Image


def identity(report: Report) -> str:
    """The report's JSON without times."""
    data = report.model_dump(mode="json")
    data["provenance"].pop("created")
    data["provenance"].pop("timings")
    return json.dumps(data)


def test_every_claim_is_supported_and_names_evidence_of_the_ledger(phantom_report: Report) -> None:
    ledger = {entry.id for entry in phantom_report.evidence}
    claims = phantom_report.claims()
    assert len(claims) > 10
    for claim in claims:
        assert claim.status is ClaimStatus.SUPPORTED
        assert claim.evidence and set(claim.evidence) <= ledger, claim.text
    assert phantom_report.provenance.removed_claims == []


def test_every_cited_key_is_in_the_references(phantom_report: Report) -> None:
    keys = set(reference_keys())
    cited = {key for claim in phantom_report.claims() for key in re.findall(r"\[([a-z][a-z0-9_]+)\]", claim.text)}
    assert cited and cited <= keys
    assert cited <= {citation.key for citation in phantom_report.citations} <= keys


def test_report_is_valid_against_its_schema_and_has_the_promised_names(phantom_report: Report) -> None:
    data = phantom_report.model_dump(mode="json")
    jsonschema.validate(data, Report.model_json_schema())
    (eye,) = data["eyes"].values()
    assert set(eye["lesions"]["counts"]) == {"MA", "HE", "EX", "SE"}
    if eye["grade"]["value"] is not None:
        assert len(eye["grade"]["probabilities"]) == 5
        assert sum(eye["grade"]["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert eye["grade"]["dme_risk"] is None


def test_phantom_is_read_as_the_gradable_right_eye_it_is(phantom_report: Report) -> None:
    assert list(phantom_report.eyes) == ["right"]
    eye = phantom_report.eyes[next(iter(phantom_report.eyes))]
    assert eye.quality.gradable is True
    assert eye.photographs[0].eye_source == "landmarks"
    assert eye.landmarks.disc is not None and eye.landmarks.fovea is not None
    assert eye.vessels.density is not None and 0.03 < eye.vessels.density < 0.3


def test_the_whole_reading_needs_no_network(
    tmp_path: Path, phantom_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.socket.connect

    def refuse(sock: socket.socket, address: Any) -> Any:
        if sock.family == socket.AF_UNIX:
            return real(sock, address)
        raise AssertionError(f"something reached for {address}")

    def lookup(*_args: Any, **_kw: Any) -> NoReturn:
        raise AssertionError("something looked a name up")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    scope = Fundoscope(home=tmp_path / "home")
    report = scope.read(phantom_file)
    assert report.claims()
    scope.write(report, tmp_path / "out")
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000


def test_two_runs_give_the_same_report(tmp_path: Path, phantom_file: Path, phantom_report: Report) -> None:
    fresh = Fundoscope(home=tmp_path / "home").read(phantom_file)
    assert identity(fresh) == identity(phantom_report)


def test_an_eye_that_the_user_names_wrongly_is_a_disagreement(scope: Fundoscope, phantom_file: Path) -> None:
    report = scope.read(phantom_file, eye="left")
    assert list(report.eyes) == ["left"]
    assert "laterality" in [d.rule for d in report.disagreements]
    assert report.status == "needs_review"
    assert not any(claim.pattern == "follow" for claim in report.recommendation.claims)


def test_what_is_no_fundus_ends_in_a_report_that_says_so(scope: Fundoscope, tmp_path: Path) -> None:
    from skimage.data import chelsea

    Image.fromarray(chelsea()).save(tmp_path / "cat.jpg")
    report = scope.read(tmp_path / "cat.jpg")
    assert report.status == "not_a_fundus_photograph"
    (eye,) = report.eyes.values()
    assert eye.quality.gradable is False and eye.grade.value is None
    assert set(eye.lesions.counts.values()) == {None}
    assert any("not a fundus photograph" in claim.text for claim in report.claims())
    assert any(missing.subject == "grade" for missing in report.not_assessed)


def test_a_black_photograph_gets_no_grade_and_no_interval(scope: Fundoscope) -> None:
    from fundoscope import Photograph

    report = scope.read(Photograph.from_pixels(np.zeros((600, 600, 3), dtype=np.uint8)))
    assert report.status in ("not_gradable", "not_a_fundus_photograph")
    assert report.recommendation.interval is None
    assert not any(claim.pattern == "follow" for claim in report.recommendation.claims)


def test_follow_up_questions_are_answered_with_verified_claims(scope: Fundoscope, phantom_report: Report) -> None:
    answer = scope.ask(phantom_report, "How many microaneurysms are there?")
    assert answer.answered
    assert any(claim.slots.get("lesion") == "MA" for claim in answer.claims)
    assert all(claim.status is ClaimStatus.SUPPORTED for claim in answer.claims)
    why = scope.ask(phantom_report, "Why this grade?")
    assert any(claim.pattern == "grade" for claim in why.claims)
    outside = scope.ask(phantom_report, "Who painted the Mona Lisa?")
    assert not outside.answered and outside.claims == [] and "outside" in outside.text


def test_a_question_survives_a_restart(scope: Fundoscope, phantom_report: Report) -> None:
    again = Fundoscope(scope.settings)
    assert again.ask(phantom_report.case, "vessels?").claims


def test_a_case_of_another_session_is_not_known(scope: Fundoscope, phantom_report: Report) -> None:
    with pytest.raises(BadSetting, match="not read in this session"):
        scope.in_session("someone else").ask(phantom_report, "grade?")


def test_asking_about_a_case_that_is_not_known_leaves_nothing(scope: Fundoscope) -> None:
    before = sorted(scope.settings.home.rglob("locks/*"))
    with pytest.raises(BadSetting, match="not read in this session"):
        scope.ask("case-never-read", "grade?")
    assert sorted(scope.settings.home.rglob("locks/*")) == before


def test_plain_calls_work_inside_a_running_loop(scope: Fundoscope, phantom_report: Report) -> None:
    async def notebook() -> bool:
        return scope.ask(phantom_report, "quality?").answered

    assert asyncio.run(notebook())


def test_bad_arguments_are_refused_before_anything_happens(scope: Fundoscope, phantom_file: Path) -> None:
    with pytest.raises(BadSetting, match="eye"):
        scope.read(phantom_file, eye="upper")
    with pytest.raises(BadSetting):
        scope.read([])
    with pytest.raises(UnreadableImage, match=r"nothing\.jpg"):
        scope.read("nothing.jpg")
    with pytest.raises(BadSetting, match="guideline"):
        Fundoscope(guideline="WHO")


@pytest.mark.realdata
def test_a_real_photograph_is_read_and_written(scope: Fundoscope, data_dir: Path, tmp_path: Path) -> None:
    report = scope.read(data_dir / "idrid_seg" / "images" / "IDRiD_55.jpg")
    json_path, html_path = scope.write(report, tmp_path)
    assert Report.model_validate_json(json_path.read_bytes()).claims()
    assert html_path.read_text().startswith("<!DOCTYPE html>") or html_path.read_text().startswith("<!doctype html>")
    (eye,) = report.eyes.values()
    assert eye.quality.gradable and eye.grade.value is not None and eye.lesions.counts["EX"] is not None
    assert "IDRiD_55" not in json_path.read_text() + html_path.read_text()


@pytest.mark.realdata
def test_a_sharper_photograph_without_retinopathy_does_not_hide_one_with_it(scope: Fundoscope, data_dir: Path) -> None:
    healthy, ill = data_dir / "drive" / "images" / "01.png", data_dir / "idrid_seg" / "images" / "IDRiD_79.jpg"
    report = scope.read([healthy, ill], eye="left")
    (eye,) = report.eyes.values()
    assert eye.photographs[0].width == 2144 and eye.grade.value is not None and eye.grade.value >= 3
    assert report.recommendation.referral is None or "ophthalmologist" in report.recommendation.referral
    assert (
        "left eye: another photograph of it was read as grade 0; the worse grade is followed" in report.review_reasons
    )
