"""Answers: each wish of a question gets claims, evidence, a picture or an honest line."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundoscope import Fundoscope, Report
from fundoscope.records import ClaimStatus
from fundoscope.tools.similar import forget_case


def test_a_question_of_two_wishes_is_answered_for_both(scope: Fundoscope, phantom_report: Report) -> None:
    answer = scope.ask(phantom_report, "What is the cup-to-disc ratio, and how many hard exudates are there?")
    patterns = {claim.pattern for claim in answer.claims}
    assert patterns & {"lesion_count", "lesion_count_one"} and answer.kinds == ["measure"]
    assert "cup_disc_ratio" in patterns or any("cdr" in note.lower() for note in answer.notes)
    assert all(claim.status is ClaimStatus.SUPPORTED and claim.evidence for claim in answer.claims)


def test_why_names_the_claims_and_where_their_evidence_comes_from(scope: Fundoscope, phantom_report: Report) -> None:
    answer = scope.ask(phantom_report, "Why this grade?")
    assert {"grade", "referable"} <= {claim.pattern for claim in answer.claims}
    assert any("the grade expert's finding on the right eye" in note for note in answer.notes)


def test_a_piece_of_evidence_can_be_asked_about_by_its_id(scope: Fundoscope, phantom_report: Report) -> None:
    claim = next(claim for claim in phantom_report.claims() if claim.pattern == "vessel_density")
    answer = scope.ask(phantom_report, f"What is {claim.id} based on?")
    assert [c.id for c in answer.claims] == [claim.id]
    assert answer.notes[0].startswith(f"{claim.evidence[0]} is the vessels expert's finding")


def test_zoom_and_overlays_come_back_as_views_that_can_be_rendered(scope: Fundoscope, phantom_report: Report) -> None:
    for question, what, layers in (
        ("Zoom in on the macula", "macula", []),
        ("show me the vessel overlay", "whole", ["vessels"]),
    ):
        (view,) = scope.ask(phantom_report, question).views
        assert (view.what, view.overlay) == (what, layers)
        picture = scope.picture(phantom_report, view, 300)
        assert picture.shape[2] == 3 and max(picture.shape) <= 300 and picture.std() > 1


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Who won the cup final?", "outside what a colour fundus photograph"),
        ("What does the OCT show?", "outside what a colour fundus photograph"),
        ("compare with last year", "Not compared: the case holds one visit"),
    ],
)
def test_what_cannot_be_answered_is_said_so(
    scope: Fundoscope, phantom_report: Report, question: str, says: str
) -> None:
    answer = scope.ask(phantom_report, question)
    assert says in answer.text and not answer.claims


def test_a_greeting_is_answered_without_claims(scope: Fundoscope, phantom_report: Report) -> None:
    answer = scope.ask(phantom_report, "hello, what can you do?")
    assert answer.answered and "research software" in answer.text and not answer.claims


def test_similar_cases_are_claims_on_what_was_kept(scope: Fundoscope, phantom_report: Report, tmp_path: Path) -> None:
    from fundoscope.evals.phantom import write_phantom

    assert "nothing has been kept" in scope.ask(phantom_report, "show me similar cases").text
    other = tmp_path / "other.png"
    write_phantom(other, seed=8, lesions={"MA": 4})
    kept = scope.keep(other, 1, note="for teaching")
    answer = scope.ask(phantom_report, "show me similar cases")
    assert [claim.pattern for claim in answer.claims] == ["similar_case"]
    assert kept.id in answer.text and "confirmed ICDR grade 1" in answer.text
    forget_case(scope.engine.bench, kept.id)
