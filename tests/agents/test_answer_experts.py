"""Questions about the experts are answered from their cards, those about others' work from the literature."""

from __future__ import annotations

import pytest
from fundoscope.experts.registry import load_card
from fundoscope.records import Eye, Report

from .asking import ask, case, of_eye


@pytest.fixture(scope="module")
def right() -> Report:
    return case(of_eye(Eye.RIGHT))


@pytest.mark.parametrize(
    ("question", "expert", "says"),
    [
        ("How accurate is the grading model?", "grade", "quadratic kappa"),
        ("What is the sensitivity?", "grade", "sensitivity"),
        ("How often is it wrong?", "grade", "quadratic kappa"),
        ("How good are you at finding microaneurysms?", "lesions", "MA"),
        ("What is your false alarm rate for exudates?", "lesions", "EX"),
        ("What is the specificity of the glaucoma screening?", "conditions", "glaucoma"),
        ("How accurate is the vessels expert?", "vessels", "Dice"),
        ("What training data was used?", "grade", "IDRiD"),
        ("What was the vessels expert trained on?", "vessels", "DRIVE"),
    ],
)
def test_how_good_an_expert_is_and_what_it_learnt_from_is_read_from_its_card(
    right: Report, question: str, expert: str, says: str
) -> None:
    answer = ask(right, question)
    card = load_card(expert)
    assert answer.answered and not answer.claims
    assert answer.notes[-1].endswith(f"`fundoscope experts card {expert}`.")
    assert all(note.startswith(f"{expert} {card.version}") and says in note for note in answer.notes[:1])


@pytest.mark.parametrize(
    "question",
    [
        "What is the sensitivity of IDx-DR?",
        "What is the AUC of RETFound?",
        "How good is the image?",
        "How well can you see the macula?",
        "How often should she come back?",
        "How accurate are deep learning systems for diabetic retinopathy?",
    ],
)
def test_no_card_answers_what_is_not_asked_of_an_expert(right: Report, question: str) -> None:
    assert "experts card" not in ask(right, question).text


def test_the_versions_are_those_that_read_the_case(right: Report) -> None:
    versions = ask(right, "Which version of the model?").notes
    read = {e.finding.expert: e.finding.version for e in right.evidence if e.finding is not None}
    assert [line.split(",")[0] for line in versions] == [f"{name} {version}" for name, version in read.items()]


@pytest.mark.parametrize("question", ["Is this a medical device?", "Is it FDA approved?", "Are you CE marked?"])
def test_whether_it_is_a_medical_device_is_said(right: Report, question: str) -> None:
    assert ask(right, question).text == right.disclaimer


@pytest.mark.parametrize("question", ["what is {}", "{}?", "Show {}", "where does {} come from"])
def test_a_question_after_an_id_of_the_report_is_told_of_that(right: Report, question: str) -> None:
    entry = next(e for e in right.evidence if e.finding is not None and e.finding.expert == "grade")
    answer = ask(right, question.format(entry.id))
    assert {claim.pattern for claim in answer.claims} >= {"grade", "referable"}
    assert any(note.startswith(f"{entry.id} is the grade expert's finding") for note in answer.notes)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Is there AV nicking?", "arteriovenous nicking"),
        ("Is there any leakage?", "leakage"),
        ("Any capillary non-perfusion?", "capillary non-perfusion"),
        ("Do I have diabetes?", "diabetes itself"),
    ],
)
def test_what_a_photograph_does_not_show_is_not_assessed(right: Report, question: str, name: str) -> None:
    assert ask(right, question).text == f"Not assessed: {name}; no expert here looks for it."


def test_a_question_after_retinopathy_is_not_one_after_diabetes(right: Report) -> None:
    assert "diabetes itself" not in ask(right, "Do I have diabetic retinopathy?").text
    assert "diabetes itself" not in ask(right, "The patient has diabetes. What grade is it?").text
