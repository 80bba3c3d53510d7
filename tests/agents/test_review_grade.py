"""What a reviewer's own grade contradicts, and an eye that a reviewer refers whatever the guideline says."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from fundoscope import Fundoscope, Report
from fundoscope.agents.review.contradicted import contradicted
from fundoscope.agents.review.sign import signed_report
from fundoscope.agents.voices import write_letter
from fundoscope.cli import app
from fundoscope.cli_show import print_report
from fundoscope.evals.claims import findings as made
from fundoscope.evals.phantom import write_phantom
from fundoscope.knowledge.guidelines import NO_REFERRAL
from fundoscope.records import Claim, Eye, EyeReport, Measurement, ReviewDecision
from fundoscope.records.report import GradeResult, Provenance, ReportStatus
from fundoscope.records.review import Verdict
from typer.testing import CliRunner

from .asking import case as of_findings
from .asking import of_eye
from .cases import two_eyes
from .reviewing import SIGNED, restarted


def test_accepting_the_rest_rejects_what_ones_own_grade_contradicts(case: tuple[Fundoscope, Report]) -> None:
    desk, report = case
    by_pattern = {claim.pattern: claim.id for claim in report.claims()}
    assert report.eyes[Eye.RIGHT].grade.value == 2 and "lesions_mean_more" in by_pattern
    kept = by_pattern["referable"]
    review = desk.review(report, {**SIGNED, "accept": [kept], "grades": {"right": 0}}).review
    assert review is not None
    against = {decided.claim for decided in review.claims if decided.by_grade}
    assert {by_pattern[name] for name in ("grade", "summary", "lesions_mean_more", "follow")} <= against
    assert not against & {kept, by_pattern["lesion_count"], by_pattern["vessel_density"], by_pattern["gradable"]}
    assert all(decided.verdict is Verdict.REJECTED for decided in review.claims if decided.claim in against)
    assert review.recommendation.interval is None, "its exudate near the fovea is a surrogate for macular oedema"


def test_a_graver_grade_leaves_what_it_does_not_contradict(phantom_report: Report) -> None:
    decision = ReviewDecision.model_validate({**SIGNED, "grades": {"right": 3}})
    against = contradicted(phantom_report, decision)
    patterns = {claim.pattern for claim in phantom_report.claims() if claim.id in against}
    assert "summary" in patterns and "lesions_mean_more" not in patterns
    agreeing = ReviewDecision.model_validate({**SIGNED, "grades": {"right": 2}})
    assert contradicted(phantom_report, agreeing) == frozenset()


def test_an_eye_called_ungradable_keeps_no_sentence_on_its_grade(phantom_report: Report) -> None:
    decision = ReviewDecision.model_validate({**SIGNED, "ungradable": ["right"]})
    against = contradicted(phantom_report, decision)
    left = {claim.pattern for claim in phantom_report.claims() if claim.id not in against}
    assert not left & {"grade", "summary", "gradable", "lesions_mean_more", "criterion_lesions", "follow"}
    assert "lesion_count" in left


@pytest.mark.parametrize(("decided", "stays"), [({"grades": {"right": 2}}, False), ({"ungradable": ["right"]}, True)])
def test_who_read_an_eye_is_asked_no_more_to_read_it(decided: dict[str, Any], stays: bool) -> None:
    unsure = [f for f in of_eye(Eye.RIGHT) if f.expert != "grade"]
    report = of_findings([*unsure, made.grade(Eye.RIGHT, (0.1, 0.3, 0.4, 0.1, 0.1), (1, 2))])
    assert {"person_first", "interval_withheld"} <= {claim.pattern for claim in report.recommendation.claims}
    against = contradicted(report, ReviewDecision.model_validate({**SIGNED, **decided}))
    left = {claim.pattern for claim in report.recommendation.claims if claim.id not in against}
    assert left & {"person_first", "interval_withheld"} == ({"interval_withheld"} if stays else set())


def test_a_grade_that_oedema_is_suspected_beside_does_not_answer_for_it() -> None:
    left = [f for f in of_eye(Eye.RIGHT, 1) if f.expert != "grade"]
    grade = made.grade(Eye.RIGHT, (0.02, 0.92, 0.02, 0.02, 0.02), (1,))
    grade.measurements.append(Measurement(name="dme_probability", value=0.9))
    report = of_findings([*left, grade])
    (withheld,) = [c for c in report.recommendation.claims if c.slots.get("why") == "oedema"]
    for given, stays in ((1, True), (2, False)):
        against = contradicted(report, ReviewDecision.model_validate({**SIGNED, "grades": {"right": given}}))
        assert (withheld.id not in against) is stays


def test_a_patients_signed_letter_does_not_ask_for_what_was_done(phantom_report: Report) -> None:
    decision = ReviewDecision.model_validate({**SIGNED, "grades": {"right": 2}})
    signed = signed_report(phantom_report, decision, datetime.datetime.now(datetime.UTC))
    for voice, asks in (("en-patient", "trained person must"), ("es-patient", "persona experta debe")):
        assert asks in write_letter(phantom_report, voice).disclaimer
        assert asks not in write_letter(signed, voice).disclaimer


@pytest.mark.parametrize(
    ("grades", "against"),
    [
        ({"right": 1}, {"worse_eye_reason", "follow"}),
        ({"right": 3}, {"worse_eye_reason", "follow"}),
        ({"left": 0}, {"worse_eye_reason"}),
    ],
)
def test_sentences_on_both_eyes_go_with_either_grade_and_what_follows_with_the_worse(
    grades: dict[str, int], against: set[str]
) -> None:
    _ledger, claims = two_eyes()
    both = {"follow", "worse_eye_reason", "same_grade"}
    report = report_of(claims)
    found = contradicted(report, ReviewDecision.model_validate({**SIGNED, "grades": grades}))
    assert {claim.pattern for claim in claims if claim.id in found} & both == against & {c.pattern for c in claims}


def report_of(claims: list[Claim]) -> Report:
    """A report of the hand-made case: right grade 2, left grade 1."""
    graded = {Eye.RIGHT: 2, Eye.LEFT: 1}
    return Report(
        case="case-1",
        status=ReportStatus.COMPLETE,
        eyes={eye: EyeReport(eye=eye, grade=GradeResult(value=grade)) for eye, grade in graded.items()},
        impression=claims,
        provenance=Provenance(fundoscope="0", planner="protocol", guideline="ICO", seed=0),
    )


def test_the_command_says_in_one_line_how_many_sentences_the_grade_rejects(
    case: tuple[Fundoscope, Report], capsys: pytest.CaptureFixture[str]
) -> None:
    desk, report = case
    signed = desk.review(report, {**SIGNED, "grades": {"right": 0}})
    print_report(signed)
    lines = capsys.readouterr().out.splitlines()
    assert signed.review is not None
    count = sum(decided.by_grade for decided in signed.review.claims)
    told = [line for line in lines if "rejected by the reviewer's grade" in line]
    assert len(told) == 1 and told[0].startswith(f"  {count} sentences of the machine are rejected")
    assert not any("This is more than" in line or "which is more than ICDR grade 1" in line for line in lines)
    assert not any(line.startswith("  Right eye: moderate") for line in lines)


def test_a_reviewer_refers_an_eye_whatever_the_guideline_says(
    case: tuple[Fundoscope, Report], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = case[0]
    write_phantom(tmp_path / "calm.png", seed=0)
    report = desk.read(tmp_path / "calm.png")
    asks = {"grades": {"right": 0}, "refer": {"right": "branch retinal vein occlusion"}, "note": "No DR."}
    signed = desk.review(report, {**SIGNED, **asks})
    assert signed.review is not None and signed.review.referred == {Eye.RIGHT: "branch retinal vein occlusion"}
    assert signed.review.recommendation.referral == NO_REFERRAL
    print_report(signed)
    out = capsys.readouterr().out
    assert "In the reviewer's own words: branch retinal vein occlusion" in out
    assert out.index("the grade the reviewer gave") < out.index("Note, in the reviewer's own words: No DR.")
    assert all("occlusion" not in claim.text for claim in signed.claims())
    assert restarted(desk).standing(report.case).review == signed.review
    answer = desk.ask(report.case, "Should this be referred?")
    assert "asks that an eye doctor sees the right eye, whatever the guideline says" in answer.text
    assert "in their own words: branch retinal vein occlusion" in answer.text


@pytest.mark.parametrize("words", ["right=branch vein occlusion", "right = branch vein occlusion "])
def test_the_command_takes_an_eye_and_the_reason_to_refer_it(
    phantom_report: Report, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[Any] = []
    monkeypatch.setattr(Fundoscope, "review", lambda self, case, decided: handed.append(decided) or phantom_report)
    command = ["review", phantom_report.case, "--accept-all", "--sign", "Dr B", "--refer"]
    assert CliRunner().invoke(app, [*command, words]).exit_code == 0
    assert [decided["refer"] for decided in handed] == [{"right": "branch vein occlusion"}]
    assert CliRunner().invoke(app, [*command, "middle=x"]).exit_code != 0 and len(handed) == 1
