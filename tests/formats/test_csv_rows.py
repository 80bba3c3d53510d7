"""The spreadsheet: what a person signed stands beside the machine's grade, and no text becomes a formula."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from fundoscope.formats import csv_rows
from fundoscope.records import Eye, Report, Review
from fundoscope.records.files import plain_name
from fundoscope.records.report import ConditionResult, ReportStatus
from fundoscope.records.review import EyeReview, ReviewedRecommendation


def signed(report: Report, grade: int | None) -> Report:
    """The report under a review that leaves this grade standing for the right eye."""
    review = Review(
        reviewer="Dr Example",
        signed=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
        eyes={Eye.RIGHT: EyeReview(grade_before=2, grade=grade, grade_by="reviewer")},
        recommendation=ReviewedRecommendation(guideline="ICO", basis="of a test"),
    )
    return report.model_copy(update={"review": review, "status": ReportStatus.REVIEWED})


def row(report: Report) -> dict[str, str]:
    line = csv_rows.lines([csv_rows.row(report, Eye.RIGHT, "a.jpg", "a.json")])
    return next(csv.DictReader(io.StringIO(csv_rows.HEADER + line)))


@pytest.mark.parametrize(("grade", "field"), [(4, "4"), (0, "0"), (None, "")])
def test_the_grade_a_person_signed_for_stands_beside_the_machines(
    phantom_report: Report, grade: int | None, field: str
) -> None:
    before, after = row(phantom_report), row(signed(phantom_report, grade))
    assert before["reviewed_grade"] == "" and after["status"] == "reviewed"
    assert (after["grade"], after["reviewed_grade"]) == (before["grade"], field)


def test_an_eye_that_was_not_reviewed_has_no_reviewed_grade(phantom_report: Report) -> None:
    report = signed(phantom_report, 3)
    report.review.eyes.clear()
    assert row(report)["reviewed_grade"] == ""


def test_what_follows_is_from_the_reviewed_grades_once_a_person_signed(phantom_report: Report) -> None:
    advice = phantom_report.recommendation
    told = row(phantom_report)
    assert (told["next_examination"], told["referral"]) == (advice.interval or "", advice.referral or "")
    apart = phantom_report.recommendation.model_copy(update={"examine_apart": {}})
    report = signed(phantom_report.model_copy(update={"recommendation": apart}), 3)
    assert (row(report)["next_examination"], row(report)["referral"], row(report)["at_least"]) == ("", "", "")
    report.review.recommendation = ReviewedRecommendation(
        guideline="ICO", basis="of a test", interval="3 months", referral="refer", at_least=True
    )
    after = row(report)
    assert (after["next_examination"], after["referral"], after["at_least"]) == ("3 months", "refer", "True")


def flagged_in(report: Report, eye: Eye) -> Report:
    """The report of an eye looked at for other conditions, with what was found in this one, and no referral for retinopathy."""
    advice = report.recommendation.model_copy(
        update={
            "interval": "1 to 2 years",
            "referral": "no referral to an ophthalmologist",
            "at_least": False,
            "examine_apart": {eye: ["age_related_macular_degeneration", "large_cup"]},
        }
    )
    looked = {"age_related_macular_degeneration": ConditionResult(probability=0.1, flagged=False)}
    eyes = {side: of_eye.model_copy(update={"conditions": looked}) for side, of_eye in report.eyes.items()}
    return report.model_copy(update={"recommendation": advice, "eyes": eyes})


def test_no_referral_for_retinopathy_is_only_the_least_where_something_else_is_to_be_examined(
    phantom_report: Report,
) -> None:
    told = row(flagged_in(phantom_report, Eye.RIGHT))
    assert told["examine_apart"] == "age_related_macular_degeneration; large_cup"
    assert (told["referral"], told["at_least"]) == ("no referral to an ophthalmologist", "True")
    of_other = row(flagged_in(phantom_report, Eye.LEFT))
    assert (of_other["examine_apart"], of_other["at_least"]) == ("none", "True")
    kept = row(signed(flagged_in(phantom_report, Eye.RIGHT), 0))
    assert (kept["examine_apart"], kept["at_least"]) == (told["examine_apart"], "True")


def test_where_no_condition_was_looked_for_none_is_said_to_be_examined_apart(phantom_report: Report) -> None:
    eye = phantom_report.eyes[Eye.RIGHT]
    unknown = eye.model_copy(update={"conditions": {name: ConditionResult() for name in eye.conditions}})
    advice = phantom_report.recommendation.model_copy(update={"examine_apart": {}})
    report = phantom_report.model_copy(update={"eyes": {Eye.RIGHT: unknown}, "recommendation": advice})
    assert row(report)["examine_apart"] == ""


def test_why_a_person_is_asked_is_told_of_the_eye_and_of_the_whole_case(phantom_report: Report) -> None:
    eye = phantom_report.eyes[Eye.RIGHT]
    dim = eye.model_copy(update={"quality": eye.quality.model_copy(update={"reasons": ["dim"]})})
    asked = [
        "right eye: grade and lesions contradict each other",
        "left eye: no gradable photograph",
        "eye of unknown side: no gradable photograph",
        "signed before",
        "right eye: dim",
    ]
    report = phantom_report.model_copy(update={"eyes": {Eye.RIGHT: dim}, "review_reasons": asked})
    assert row(report)["reason"] == "dim; grade and lesions contradict each other; signed before"


def test_a_row_names_the_case_that_a_review_takes(phantom_report: Report) -> None:
    assert row(phantom_report)["case"] == phantom_report.case


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_take_for_a_formula_has_an_apostrophe(start: str) -> None:
    name = f"{start}cmd|calc.png"
    line = csv_rows.lines([{"file": name, "eye": "right", "reason": name, "quality_score": -0.5}])
    (fields,) = csv.reader(io.StringIO(line, newline=""))
    given = dict(zip(csv_rows.COLUMNS, fields, strict=True))
    assert given["file"] == given["reason"] == "'" + plain_name(name)
    assert given["quality_score"] == "-0.5" and given["eye"] == "right"
