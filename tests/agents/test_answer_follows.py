"""What follows, as answers tell it: the guideline that was named, no literature that nobody asked for, no treatment."""

from __future__ import annotations

import pytest
from fundoscope.evals.claims import findings as made
from fundoscope.records import Eye, Report

from .asking import ask, case, of_eye


@pytest.fixture(scope="module")
def right() -> Report:
    return case(of_eye(Eye.RIGHT))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("What would NICE recommend?", "NICE NG242"),
        ("Under NICE, when should she come back?", "NICE NG242"),
        ("What does the NHS say?", "No statement was found in NHS for ICDR grade 2."),
        ("according to ADA when should she come back", "ADA 2017"),
        ("what follow up would the AAO give this patient", "AAO 2020"),
        ("what does ICO say about this eye", "ICO 2018"),
    ],
)
def test_a_guideline_named_is_the_one_that_is_quoted(right: Report, question: str, says: str) -> None:
    claims = ask(right, question).claims
    assert claims and says in claims[0].text
    assert {claim.pattern for claim in claims} <= {"follow", "other_guideline", "no_statement", "superseded"}
    assert len([claim for claim in claims if claim.pattern != "superseded"]) == 1


def test_no_named_guideline_gets_round_a_withheld_interval() -> None:
    undecided = [f for f in of_eye(Eye.RIGHT) if f.expert != "grade"]
    report = case([*undecided, made.grade(Eye.RIGHT, (0.1, 0.3, 0.4, 0.1, 0.1), (1, 2))])
    assert {claim.pattern for claim in ask(report, "What would NICE recommend?").claims} == {"interval_withheld"}


def test_what_a_withheld_interval_leaves_at_the_least_is_told_beside_it() -> None:
    undecided = [f for f in of_eye(Eye.LEFT) if f.expert != "grade"]
    grade = made.grade(Eye.LEFT, (0.1, 0.3, 0.4, 0.1, 0.1), (1, 2))
    report = case(of_eye(Eye.RIGHT, 3), [*undecided, grade])
    patterns = {claim.pattern for claim in ask(report, "What would NICE recommend?").claims}
    assert patterns == {"interval_withheld", "at_least"}


def test_how_urgent_it_is_quotes_no_literature_that_was_not_asked_for(right: Report) -> None:
    passage = next(e.id for e in right.evidence if e.passage is not None)
    own = {claim.text for claim in (*right.impression, *right.recommendation.claims)}
    for question in ("How urgent is this?", "When should the patient come back?"):
        assert {claim.text for claim in ask(right, question, [passage]).claims} == own
    asked = ask(right, "When should she come back, and what does the literature say on it?", [passage])
    assert any(claim.evidence == [passage] and claim.pattern is None for claim in asked.claims)


def test_a_treatment_is_not_assessed_and_what_follows_is_told(right: Report) -> None:
    answer = ask(right, "Does she need treatment?")
    assert answer.text.startswith("Not assessed: treatment;")
    assert answer.claims == right.recommendation.claims


def test_why_something_was_not_assessed_is_told_of_that_and_not_of_the_grade() -> None:
    findings = [f for f in of_eye(Eye.RIGHT) if f.expert != "disc"]
    answer = ask(case([*findings, made.disc(Eye.RIGHT, None)]), "Why was the cup-disc ratio not assessed?")
    assert "Not assessed (right eye): optic cup and disc, because no cup could be outlined." in answer.notes
    assert not answer.claims
