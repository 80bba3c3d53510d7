"""Earlier visits: which is compared, what a prior report must be, and a whole reading with one."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import numpy as np
import pytest
from fundoscope.agents.visits import PriorVisit, comparisons, prior_visits
from fundoscope.cli_show import print_report, tell_uncompared
from fundoscope.errors import UnreadableReport
from fundoscope.evals.phantom import draw_phantom
from fundoscope.evals.warps import Warp
from fundoscope.imaging import find_field_of_view
from fundoscope.records import Case, Eye, Finding, Photograph, load_report
from fundoscope.records.comparison import STEP, SUBJECT, Change, Visit
from fundoscope.records.report import NotAssessed

OLD = Path(__file__).parents[1] / "records" / "report_1_0.json"
DAY = datetime.date(2026, 5, 4)


def photograph(letter: str, acquired: datetime.date | None) -> Photograph:
    return Photograph(sha256=letter * 64, width=100, height=80, file_format="PNG", eye=Eye.RIGHT, acquired=acquired)


def state_of(*dates: datetime.date | None, prior: PriorVisit | None = None) -> dict:
    """A case whose photographs have no findings but a grade: enough to choose visits, not to register them."""
    photographs = [photograph("abc"[n], date) for n, date in enumerate(dates)]
    references = [f"photo-{n}" for n in range(1, len(dates) + 1)]
    grades = [
        Finding(expert="grade", version="1", weights_sha256="", photograph=p.sha256, value=1) for p in photographs
    ]
    return {
        "case": Case(id="case-1", photographs=photographs).model_dump(mode="json"),
        "eyes": dict.fromkeys(references, "right"),
        "usable": references,
        "findings": {r: {"grade": g.model_dump(mode="json")} for r, g in zip(references, grades, strict=True)},
        "prior": [] if prior is None else [prior.model_dump(mode="json")],
    }


def prior(acquired=None, eye=Eye.RIGHT, letter="f") -> PriorVisit:
    grade = Finding(expert="grade", version="1", weights_sha256="", photograph=letter * 64, value=3)
    return PriorVisit(
        eye=eye, visit=Visit(photograph=letter * 64, acquired=acquired, report="case-0"), findings={"grade": grade}
    )


def outcome(scope, state):
    made, reasons = comparisons(state, scope.engine.bench)
    assert all(reason.subject == SUBJECT for reason in reasons)
    return made, " ".join(reason.reason for reason in reasons)


def test_the_latest_photograph_is_compared_with_the_one_before(scope):
    day = datetime.timedelta(days=1)
    made, reasons = outcome(scope, state_of(DAY - 400 * day, DAY, DAY - 30 * day))
    (only,) = made
    assert (only.later.acquired, only.earlier.acquired) == (DAY, DAY - 30 * day)
    assert "only the visit before" in reasons
    assert (only.grade.earlier, only.grade.later) == (1, 1) and only.alignment is None


def test_photographs_without_dates_are_not_put_in_order(scope):
    made, reasons = outcome(scope, state_of(None, None))
    assert made == [] and "carry no dates" in reasons
    assert outcome(scope, state_of(DAY)) == ([], "")
    assert outcome(scope, state_of(DAY, DAY)) == ([], "")


def test_a_prior_report_is_earlier_because_it_is_named_so_unless_its_date_says_otherwise(scope):
    (only,), _ = outcome(scope, state_of(None, prior=prior()))
    assert only.earlier.report == "case-0" and only.grade.earlier == 3
    assert "not assessed" in only.reason
    made, reasons = outcome(scope, state_of(DAY, prior=prior(DAY + datetime.timedelta(days=2))))
    assert made == [] and "newer than this one" in reasons


def test_a_prior_of_the_other_eye_or_of_the_same_photograph_is_said(scope):
    made, reasons = outcome(scope, state_of(DAY, prior=prior(eye=Eye.LEFT)))
    assert made == [] and "no reading of this eye" in reasons
    made, reasons = outcome(scope, state_of(DAY, prior=prior(letter="a")))
    assert made == [] and "the same photograph" in reasons
    made, reasons = outcome(scope, {**state_of(DAY), "prior_given": True})
    assert made == [] and "no reading of this eye" in reasons, "a report in which no eye was read"


def test_what_is_no_report_is_refused_before_anything_is_read(scope, phantom_file, tmp_path):
    (tmp_path / "prior.json").write_text("a letter to the doctor")
    with pytest.raises(UnreadableReport, match=r"prior\.json"):
        scope.read(phantom_file, prior=tmp_path / "prior.json")
    newer = json.loads(OLD.read_text()) | {"schema_version": "9.0"}
    (tmp_path / "newer.json").write_text(json.dumps(newer))
    with pytest.raises(UnreadableReport, match="schema version"):
        scope.read(phantom_file, prior=tmp_path / "newer.json")


def test_a_report_of_the_first_schema_version_can_be_the_prior(scope):
    visits = prior_visits(load_report(OLD))
    assert [visit.eye for visit in visits] == [Eye.RIGHT]
    assert visits[0].findings["lesions"].number("lesion_count_HE") is not None
    assert {"landmarks", "vessels", "grade"} <= set(visits[0].findings)


@pytest.fixture(scope="module")
def second_visit(scope, phantom_report):
    """The phantom's eye again, seen from elsewhere, with other lesions."""
    pixels = draw_phantom(7, lesions={"MA": 10, "HE": 2, "EX": 14}).pixels
    field = find_field_of_view(pixels)
    warp = Warp((field.x, field.y), field.diameter, (90.0, -60.0), 6.0, 1.03, (0.0, 0.0), (0.0, 0.0, 0.0, 0.0))
    return scope.read(Photograph.from_pixels(warp.picture(pixels, field), "right"), prior=phantom_report), warp


def test_a_reading_with_a_prior_report_says_what_changed(scope, second_visit, phantom_report):
    report, warp = second_visit
    (found,) = report.comparisons
    assert found.reason is None and found.alignment.error_dd < 0.1
    disc = phantom_report.eyes[Eye.RIGHT].landmarks.disc
    true = warp.from_original(np.array([[disc.x, disc.y]]))[0]
    assert np.hypot(*(np.array(found.alignment.matrix) @ (disc.x, disc.y, 1.0) - true)) < 0.1 * disc.diameter
    assert {change.change for change in found.lesions} >= {Change.NEW, Change.RESOLVED, Change.PERSISTING}
    counted = phantom_report.eyes[Eye.RIGHT].lesions.counts
    for kind, tally in found.tallies.items():
        assert found.counts[kind].earlier == counted[kind]
        assert tally.resolved + tally.not_comparable_then <= counted[kind]
    said = [claim.text for step in report.eyes[Eye.RIGHT].steps if step.name == "comparison" for claim in step.claims]
    assert "The right eye is compared with its earlier photograph, whose date is not known." in said
    assert any("detected now and not at the earlier visit" in text for text in said)
    assert not report.provenance.removed_claims


def test_the_terminal_tells_the_comparison_without_what_is_none_or_unchanged(second_visit, capsys):
    report, _ = second_visit
    print_report(report)
    printed = capsys.readouterr().out
    steps = [step for step in report.eyes[Eye.RIGHT].steps if step.name == STEP]
    said = [claim for step in steps for claim in step.claims]
    shown = [claim for claim in said if claim.text in printed]
    assert {"compared_undated", "grade_change"} <= {claim.pattern for claim in shown}
    left = [claim for claim in said if claim not in shown]
    assert left and all(claim.pattern == "measure_within" or claim.slots["count"] == 0 for claim in left)


def test_why_an_eye_is_not_compared_is_a_line_on_stderr(phantom_report, capsys):
    tell_uncompared(phantom_report)
    missing = NotAssessed(subject=SUBJECT, reason="the prior report is of the same photograph", eye=Eye.RIGHT)
    tell_uncompared(phantom_report.model_copy(update={"not_assessed": [*phantom_report.not_assessed, missing]}))
    line = "fundoscope: right eye not compared with the prior report: the prior report is of the same photograph\n"
    assert capsys.readouterr() == ("", line)


def test_whether_it_changed_is_answered_from_the_comparison(scope, second_visit, phantom_report):
    report, _ = second_visit
    answer = scope.ask(report, "Has it changed since last year?")
    assert answer.answered and "at the earlier visit" in answer.text
    assert "one visit of this eye" in scope.ask(phantom_report, "Has it changed since last year?").text
