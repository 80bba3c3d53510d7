"""The spreadsheet: what a person signed stands beside the machine's grade, and no text becomes a formula."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from fundoscope.formats import csv_rows
from fundoscope.records import Eye, Report, Review
from fundoscope.records.files import plain_name
from fundoscope.records.report import ReportStatus
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
    report = signed(phantom_report, 3)
    assert (row(report)["next_examination"], row(report)["referral"], row(report)["at_least"]) == ("", "", "")
    report.review.recommendation = ReviewedRecommendation(
        guideline="ICO", basis="of a test", interval="3 months", referral="refer", at_least=True
    )
    after = row(report)
    assert (after["next_examination"], after["referral"], after["at_least"]) == ("3 months", "refer", "True")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_take_for_a_formula_has_an_apostrophe(start: str) -> None:
    name = f"{start}cmd|calc.png"
    line = csv_rows.lines([{"file": name, "eye": "right", "reason": name, "quality_score": -0.5}])
    (fields,) = csv.reader(io.StringIO(line, newline=""))
    given = dict(zip(csv_rows.COLUMNS, fields, strict=True))
    assert given["file"] == given["reason"] == "'" + plain_name(name)
    assert given["quality_score"] == "-0.5" and given["eye"] == "right"
