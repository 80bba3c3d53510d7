"""Questions about the review of a case are answered from the review, the reviewer's grade first."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from fundoscope.agents.answering.about_review import NOBODY
from fundoscope.agents.review.sign import signed_report
from fundoscope.records import Eye, Report, ReviewDecision

from .asking import ask, case, of_eye

RIGHT, LEFT = Eye.RIGHT, Eye.LEFT
WHEN = datetime.datetime(2026, 3, 4, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def unsigned() -> Report:
    return case(of_eye(RIGHT, 2), of_eye(LEFT, 1))


def signed(report: Report, **decided: Any) -> Report:
    decision = {"signature": "Dr B", "accept_rest": True, **decided}
    return signed_report(report, ReviewDecision.model_validate(decision), WHEN)


@pytest.mark.parametrize(
    "question",
    [
        "What grade did the reviewer give?",
        "what grade did the reviewer give the right eye",
        "What is the reviewer's grade?",
        "How did the reviewer grade it?",
        "Which grade did Dr B give?",
        "What is the grade after review?",
        "Did the reviewer agree with the machine?",
    ],
)
def test_the_reviewers_grade_comes_first_whether_it_agrees_or_not(unsigned: Report, question: str) -> None:
    corrected = ask(signed(unsigned, grades={"right": 0}), question)
    assert corrected.text.startswith(
        "Grade 0 of the right eye, given by Dr B on 2026-03-04; the machine's reading is grade 2."
    )
    agreed = ask(signed(unsigned, grades={"right": 2}), question)
    assert agreed.text.startswith(
        "Grade 2 of the right eye, given by Dr B on 2026-03-04; the machine's reading is grade 2 too."
    )
    accepted = ask(signed(unsigned), question)
    assert accepted.text.startswith("Grade 2 of the right eye: the machine's, accepted by Dr B on 2026-03-04.")
    assert corrected.answered and agreed.answered and accepted.answered


def test_an_eye_named_is_the_eye_told(unsigned: Report) -> None:
    report = signed(unsigned, ungradable=["left"])
    answer = ask(report, "What grade did the reviewer give the left eye?")
    assert answer.text == (
        "No grade of the left eye: Dr B on 2026-03-04 called the photograph ungradable; the machine's reading is grade 1."
    )


@pytest.mark.parametrize(
    "question", ["Who signed this?", "has this been reviewed", "Who is the reviewer?", "signed by whom?"]
)
def test_who_signed_is_told_with_the_day(unsigned: Report, question: str) -> None:
    assert ask(signed(unsigned), question).text == "Signed by Dr B on 2026-03-04."
    assert ask(unsigned, question).text == NOBODY


@pytest.mark.parametrize("question", ["What did the reviewer note?", "any reviewer's notes?", "What did Dr B write?"])
def test_the_note_is_told_as_the_reviewers_own_words(unsigned: Report, question: str) -> None:
    noted = signed(unsigned, note="Branch retinal vein occlusion, no DR")
    said = "In the words of Dr B on 2026-03-04, not held against the evidence: Branch retinal vein occlusion, no DR"
    assert ask(noted, question).text == said
    assert ask(signed(unsigned), question).text == "Dr B on 2026-03-04 left no note."


def test_a_referral_of_the_reviewers_own_is_told_with_its_reason(unsigned: Report) -> None:
    report = signed(unsigned, refer={"right": "vein occlusion"})
    said = "Dr B on 2026-03-04 asks that an eye doctor sees the right eye, whatever the guideline says; in their own words: vein occlusion"
    assert ask(report, "Why did the reviewer refer the right eye?").text == said
    assert said in ask(report, "Should the patient be referred?").text
    assert ask(signed(unsigned), "Did Dr B refer?").text == "Dr B on 2026-03-04 asked for no referral of their own."


def test_what_the_reviewer_rejected_is_told(unsigned: Report) -> None:
    claim = next(c for c in unsigned.claims() if c.pattern == "cup_disc_ratio")
    answer = ask(signed(unsigned, reject=[claim.id]), "What did the reviewer reject?")
    assert answer.text == f"Rejected by Dr B on 2026-03-04: {claim.text}"


def test_a_question_of_two_wishes_is_answered_in_both(unsigned: Report) -> None:
    answer = ask(signed(unsigned), "Who signed this? What is the cup-disc ratio of the right eye?")
    assert answer.text.startswith("Signed by Dr B") and "cup-disc ratio is 0.50" in answer.text


def test_what_follows_from_a_corrected_grade_is_followed_by_the_note(unsigned: Report) -> None:
    report = signed(unsigned, grades={"right": 0, "left": 0}, note="Branch retinal vein occlusion, no DR")
    answer = ask(report, "When should the patient come back?")
    assert "1-2 years" in answer.text and "3-6 months" not in answer.text
    assert answer.text.index("the grade the reviewer gave") < answer.text.index("In the words of Dr B")


@pytest.mark.parametrize(
    "question", ["Why should a person review this?", "Does this need a person to look at it?", "What is the grade?"]
)
def test_other_questions_are_not_about_the_review(unsigned: Report, question: str) -> None:
    assert NOBODY not in ask(unsigned, question).text
