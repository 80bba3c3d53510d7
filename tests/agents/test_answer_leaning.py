"""Questions that lean on the one before, that speak of the scale itself, of complaints, or of what a person changes."""

from __future__ import annotations

import pytest
from fundoscope.agents.answering.follow_up import in_full
from fundoscope.records import Eye, Report

from .asking import ask, case, of_eye


@pytest.fixture(scope="module")
def two() -> Report:
    return case(of_eye(Eye.RIGHT, 2), of_eye(Eye.LEFT, 1))


@pytest.mark.parametrize(
    ("before", "question", "full"),
    [
        ("How many microaneurysms?", "and in the left eye?", "How many microaneurysms in the left eye?"),
        ("what grade is the left eye", "and the right?", "what grade is the right eye"),
        ("Is the optic disc of the right eye normal?", "OS?", "Is the optic disc of the left eye normal?"),
        ("Any haemorrhages in the right eye?", "what about the other eye", "Any haemorrhages in the left eye?"),
        ("How many exudates in OD?", "and both eyes?", "How many exudates in both eyes?"),
        ("what is left to do", "and the left eye", "what is left to do in the left eye?"),
        ("what about haemorrhages", "are those real or artefacts?", "are the haemorrhages real or artefacts?"),
        ("any MA in the left eye", "are they real?", "are the microaneurysms real in the left eye?"),
        ("Show the exudates", "where are they?", "where are the hard exudates and soft exudates?"),
        ("why this grade?", "Which eye is worse?", "Which eye is worse?"),
        ("What did you find?", "thanks", "thanks"),
        ("How many microaneurysms?", "and the disc of the left eye?", "and the disc of the left eye?"),
        ("", "and the left eye?", "and the left eye?"),
    ],
)
def test_a_question_that_leans_on_the_one_before_is_put_in_full(before: str, question: str, full: str) -> None:
    assert in_full(question, before) == full


@pytest.mark.parametrize(
    "question", ["are the haemorrhages real or artefacts?", "Are those haemorrhages false alarms?"]
)
def test_whether_lesions_are_real_is_told_of_the_lesions(two: Report, question: str) -> None:
    told = ask(two, question).claims
    assert told and {claim.slots["lesion"] for claim in told} == {"HE"}
    assert not {claim.pattern for claim in told} & {"gradable", "lesion_quadrant"}


@pytest.mark.parametrize(
    ("question", "quadrants"),
    [
        ("what lesions are in the superotemporal quadrant of the right eye", {"superotemporal"}),
        ("lesions in the upper temporal quadrant of the right eye?", {"superotemporal"}),
        ("which lesions are in the superior quadrants of the right eye", {"superotemporal", "superonasal"}),
        ("lesions of the right eye in the infero-temporal quadrant", {"inferotemporal"}),
    ],
)
def test_a_quadrant_is_not_taken_for_its_neighbour(two: Report, question: str, quadrants: set[str]) -> None:
    told = {claim.slots.get("quadrant") for claim in ask(two, question).claims}
    assert told and told <= quadrants


@pytest.mark.parametrize(("question", "kind"), [("how many microanuerysms in the right eye", "MA"), ("any cws?", "SE")])
def test_a_misspelt_or_abbreviated_lesion_is_the_one_that_is_told(two: Report, question: str, kind: str) -> None:
    assert {claim.slots.get("lesion") for claim in ask(two, question).claims} == {kind}


def test_a_question_after_one_eye_is_not_answered_with_the_other(two: Report) -> None:
    assert {claim.eye for claim in ask(two, "Is the left eye normal?").claims} <= {None, Eye.LEFT}


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("what is ICDR grade 3?", "grade 3 of the international scale) is defined as"),
        ("What does severe NPDR mean?", "grade 3 of the international scale) is defined as"),
        ("what is the 4-2-1 rule", "By the 4-2-1 rule"),
        ("what if the grade were 3?", "an eye with severe NPDR"),
        ("What happens at grade 4?", "an eye with PDR"),
    ],
)
def test_the_scale_itself_is_quoted_from_its_source(two: Report, question: str, says: str) -> None:
    claims = ask(two, question).claims
    assert len(claims) == 1 and says in claims[0].text and claims[0].pattern == "literature"


@pytest.mark.parametrize("question", ["What is the grade?", "why grade 2?", "What is the grade of the left eye?"])
def test_the_grade_of_the_case_is_not_a_question_after_the_scale(two: Report, question: str) -> None:
    assert "grade" in {claim.pattern for claim in ask(two, question).claims}


@pytest.mark.parametrize(
    "question", ["i have blurry vision since yesterday and flashes", "am i going blind?", "She has a painful red eye"]
)
def test_complaints_are_sent_to_an_eye_doctor(two: Report, question: str) -> None:
    assert "want an eye doctor at once" in ask(two, question).text


def test_a_blurry_picture_is_no_complaint(two: Report) -> None:
    assert "gradable" in ask(two, "is the image blurry?").text


@pytest.mark.parametrize(
    "question", ["I think this is grade 3, change it", "How do I correct the grade?", "I disagree"]
)
def test_who_would_change_a_report_is_told_how(two: Report, question: str) -> None:
    assert "fundoscope review CASE" in ask(two, question).text


@pytest.mark.parametrize("question", ["Did anything change since the last report?", "Is it correct that she has NPDR?"])
def test_not_every_change_is_a_correction(two: Report, question: str) -> None:
    assert "fundoscope review" not in ask(two, question).text


@pytest.mark.parametrize("question", ["what did you not check", "What didn't you look at?", "what was not assessed?"])
def test_what_was_not_looked_at_is_the_list_of_gaps(two: Report, question: str) -> None:
    answer = ask(two, question)
    assert answer.notes and all(note.startswith("Not assessed") for note in answer.notes) and not answer.claims


def test_no_risk_of_other_organs_is_read(two: Report) -> None:
    assert ask(two, "is there any sign of stroke risk").text.startswith("Not assessed: risk of stroke")


def test_whether_an_eye_meets_a_rule_is_told_of_the_eye(two: Report) -> None:
    told = {claim.pattern for claim in ask(two, "Does the right eye meet the 4-2-1 rule?").claims}
    assert told != {"literature"}


def test_supposing_the_grade_that_stands_is_asking_what_follows(two: Report) -> None:
    assert {claim.pattern for claim in ask(two, "What happens at grade 2?").claims} != {"literature"}


@pytest.mark.parametrize(
    "question",
    [
        "Are the disc margins blurred?",
        "What make is the camera according to the file?",
        "Does the header give the file's date?",
    ],
)
def test_a_word_of_a_complaint_or_of_a_request_alone_is_neither(two: Report, question: str) -> None:
    text = ask(two, question).text
    assert "eye doctor at once" not in text and "scope.write(" not in text


def test_which_version_of_a_guideline_is_not_that_of_the_experts(two: Report) -> None:
    assert "weights" not in ask(two, "Which version of the ICO guideline is this?").text
