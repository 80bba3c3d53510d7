"""How sure a report is, why it is not another grade, and what was found: answered by what bears on that, and by no more."""

from __future__ import annotations

import pytest
from fundoscope.evals.claims import findings as made
from fundoscope.records import Eye, Report

from .asking import ask, case, of_eye


@pytest.fixture(scope="module")
def undecided() -> Report:
    kept = [f for f in of_eye(Eye.RIGHT) if f.expert != "grade"]
    return case([*kept, made.grade(Eye.RIGHT, (0.1, 0.3, 0.4, 0.1, 0.1), (1, 2))])


@pytest.mark.parametrize(
    "question",
    [
        "How sure are you?",
        "Are you sure?",
        "How confident is the grade?",
        "Could this be wrong?",
        "Can I trust this?",
        "what's your confidence",
        "What would change your mind?",
        "What is the evidence against grade 2?",
    ],
)
def test_how_sure_is_told_by_probabilities_and_by_what_speaks_for_and_against(undecided: Report, question: str) -> None:
    answer = ask(undecided, question)
    told = {claim.pattern for claim in answer.claims}
    assert {"grade", "referable", "conformal_set"} <= told
    assert not told & {"literature", "lesion_quadrant", "lesion_count", "cup_disc_ratio"}
    assert any(note.startswith("Against ICDR grade 2 (right eye):") for note in answer.notes)
    assert any(note.startswith("Missing to ICDR grade 2 (right eye):") for note in answer.notes)
    assert answer.text.splitlines()[0] == answer.claims[0].text


@pytest.mark.parametrize("question", ["Why not grade 3?", "Why isn't it severe?", "why is it not ICDR grade 3"])
def test_why_not_another_grade_begins_with_that_grade_s_probability(undecided: Report, question: str) -> None:
    first = ask(undecided, question).text.splitlines()[0]
    assert first.endswith("the grading model gives ICDR grade 3 a probability of 0.10.")


def test_how_sure_of_lesions_is_told_of_these(undecided: Report) -> None:
    answer = ask(undecided, "Are you sure about the haemorrhages?")
    assert answer.claims and {claim.slots["lesion"] for claim in answer.claims} == {"HE"}


@pytest.mark.parametrize("question", ["How sure are you about the cup-disc ratio?", "Is it surely glaucoma?"])
def test_of_other_subjects_what_was_measured_is_told(undecided: Report, question: str) -> None:
    assert {claim.pattern for claim in ask(undecided, question).claims} & {"cup_disc_ratio", "condition"}


@pytest.mark.parametrize(
    "question",
    [
        "What did you find?",
        "What else did you find?",
        "Anything else?",
        "What do you see?",
        "any other findings",
        "List the findings.",
        "What was found in the right eye?",
    ],
)
def test_what_was_found_is_the_impression_the_counts_and_what_follows(undecided: Report, question: str) -> None:
    told = [claim.pattern for claim in ask(undecided, question).claims]
    assert told[0] == "summary" and {"lesion_count", "cup_disc_ratio"} <= set(told) and told[-1] == "interval_withheld"
    assert "lesion_quadrant" not in told and "literature" not in told


def test_what_was_found_of_one_thing_is_that(undecided: Report) -> None:
    told = {claim.pattern for claim in ask(undecided, "What haemorrhages did you find?").claims}
    assert "lesion_count" in told and "summary" not in told


def test_why_a_grade_stands_is_told_without_the_places_of_lesions(undecided: Report) -> None:
    told = {claim.pattern for claim in ask(undecided, "Why this grade?").claims}
    assert {"grade", "lesion_count"} <= told and not told & {"lesion_quadrant", "lesion_largest", "lesion_nearest"}


def test_a_question_after_proliferation_hears_what_has_no_detector(undecided: Report) -> None:
    asked = ("Is this proliferative?", "Is this non-proliferative?")
    told = [any("neovascularisation" in note for note in ask(undecided, question).notes) for question in asked]
    assert told == [True, False]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Save the report as PDF", "scope.write("),
        ("Can you export this to FHIR?", "scope.write("),
        ("Translate the report into Spanish", "fundoscope letter"),
        ("What should I tell the patient?", "fundoscope letter"),
    ],
)
def test_what_another_command_does_is_named(undecided: Report, question: str, names: str) -> None:
    assert names in ask(undecided, question).text


def test_signs_of_hypertension_are_not_answered_with_other_diseases(undecided: Report) -> None:
    answer = ask(undecided, "Are there signs of hypertension?")
    assert not {claim.slots.get("condition") for claim in answer.claims} - {None, "hypertensive_retinopathy"}
