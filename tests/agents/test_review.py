"""A person's review: what waits, what is kept beside the machine's reading, what follows, and who comes second."""

from __future__ import annotations

import asyncio
import datetime
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fundoscope import Fundoscope, Report
from fundoscope.agents.review.index import entries
from fundoscope.agents.review.sign import READ_SINCE, signed_report, with_review
from fundoscope.errors import BadSetting
from fundoscope.evals.phantom import write_phantom
from fundoscope.knowledge.guidelines import recommendation
from fundoscope.records import Eye, ReviewDecision
from fundoscope.records.review import Verdict

from .reviewing import SIGNED, restarted


def other_grade(report: Report) -> int:
    machine = report.eyes[Eye.RIGHT].grade.value
    return 3 if machine != 3 else 1


def test_a_review_stands_beside_the_machines_reading_also_after_a_restart(case: tuple[Fundoscope, Report]) -> None:
    desk, report = case
    first, second, third = [claim.id for claim in report.claims()][:3]
    grade = other_grade(report)
    signed = restarted(desk).review(
        report.case,
        {**SIGNED, "reject": [first], "edit": {second: "The disc margin is blurred."}, "accept": [third],
         "grades": {"right": grade}, "note": "Seen on the monitor."},
    )  # fmt: skip
    assert signed.status == "reviewed" and signed.review is not None
    assert signed.eyes == report.eyes and signed.recommendation == report.recommendation
    assert signed.claims() == report.claims()
    review = signed.review
    assert (review.reviewer, review.note) == ("Dr Ada Reader", "Seen on the monitor.")
    assert [review.of(c).verdict for c in (first, second, third)] == ["rejected", "edited", "accepted"]  # type: ignore[union-attr]
    edited = review.of(second)
    assert edited is not None and edited.after == "The disc margin is blurred." and edited.before in str(report)
    of_eye = review.eyes[Eye.RIGHT]
    assert (of_eye.grade_before, of_eye.grade, of_eye.grade_by) == (
        report.eyes[Eye.RIGHT].grade.value,
        grade,
        "reviewer",
    )
    assert signed.standing_grade(Eye.RIGHT) == grade
    assert restarted(desk).standing(report.case).review == review


def test_what_follows_is_the_guidelines_statement_for_the_reviewed_grade(case: tuple[Fundoscope, Report]) -> None:
    desk, report = case
    grade = other_grade(report)
    review = desk.review(report, {**SIGNED, "grades": {"right": grade}}).review
    assert review is not None
    statement = recommendation("ICO", grade)
    follows = review.recommendation
    assert statement is not None and (follows.interval, follows.referral) == (statement.interval, statement.referral)
    assert follows.basis == (
        f"Derived by code under the ICO guideline from grade {grade} of the right eye: the grade the reviewer gave."
    )
    assert [claim.status for claim in follows.claims] == ["supported"]
    evidence = {entry.id: entry for entry in desk.standing(report.case).evidence}
    passages = [evidence[name].passage for claim in follows.claims for name in claim.evidence]
    assert [p.text for p in passages if p is not None] == [statement.sentence]


def test_nothing_follows_while_an_eye_has_no_reviewed_grade(case: tuple[Fundoscope, Report]) -> None:
    desk, report = case
    review = desk.review(report, {**SIGNED, "ungradable": ["right"]}).review
    assert review is not None and review.eyes[Eye.RIGHT].gradable is False
    assert review.recommendation.interval is None and not review.recommendation.claims
    assert review.recommendation.basis == "No interval is derived: the right eye has no reviewed grade."


def test_rejecting_the_grade_without_another_leaves_none_standing(case: tuple[Fundoscope, Report]) -> None:
    desk, report = case
    graded = next(claim.id for claim in report.claims() if claim.pattern == "summary")
    signed = desk.review(report, {**SIGNED, "reject": [graded]})
    assert signed.standing_grade(Eye.RIGHT) is None and signed.eyes[Eye.RIGHT].grade.value is not None


def test_the_queue_lists_what_needs_a_person_and_why_over_all_sessions(
    case: tuple[Fundoscope, Report], scope: Fundoscope, tmp_path: Path
) -> None:
    desk, report = case
    waiting = [entry for entry in scope.queue() if entry.session == desk.session]
    assert bool(waiting) == bool(report.review_reasons)
    for entry in waiting:
        assert entry.case == report.case and entry.reasons == report.review_reasons
    desk.review(report, SIGNED)
    assert all(entry.session != desk.session for entry in scope.queue())


def test_a_question_does_not_change_when_a_case_was_read(case: tuple[Fundoscope, Report], phantom_file: Path) -> None:
    desk, report = case

    def read_at() -> float:
        return next(e.read_at for e in entries(desk.settings, report.case) if e.session == desk.session)

    read = read_at()
    desk.ask(report, "Which eye is it?")
    assert read_at() == read
    desk.read(phantom_file)
    again = read_at()
    assert again > read
    desk.review(report, SIGNED)
    assert read_at() > again


def test_the_question_a_case_was_read_with_is_no_reading_when_it_is_asked_later(
    case: tuple[Fundoscope, Report], phantom_file: Path
) -> None:
    desk, question = case[0], "Which eye is it?"

    def read_at() -> float:
        return next(e.read_at for e in entries(desk.settings, report.case) if e.session == desk.session)

    report = desk.read(phantom_file, question=question)
    read = read_at()
    desk.ask(report, question)
    assert read_at() == read
    desk.read(phantom_file, question=question)
    assert read_at() > read


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"signature": "  "}, "the signature is empty"),
        ({"signature": "Dr\nX"}, "the signature is one line"),
        ({"signature": "Dr \u202eX"}, "the signature holds characters that cannot be printed"),
        ({"reject": ["C777"]}, "has no claim 'C777'"),
        ({"grades": {"right": 7}}, "a grade is 0 to 4, not 7"),
        ({"grades": {"left": 1}}, "has no left eye"),
        ({"refer": {"left": "a reason"}}, "has no left eye"),
        ({"refer": {"right": " "}}, "the reason to refer the right eye is empty"),
        ({"grades": {"right": 1}, "ungradable": ["right"]}, "is given a grade and called ungradable"),
        ({"edit": {"C1": " "}}, "the sentence in place of C1 is empty"),
        ({"accept": ["C1"], "reject": ["C1"]}, "claim C1 is decided more than once"),
        ({"accept_rest": False}, "not decided (C1, C2"),
        ({"grades": {"middle": 1}}, "the decisions: grades.middle"),
    ],
)
def test_decisions_that_do_not_fit_are_one_line_and_change_nothing(
    scope: Fundoscope, phantom_report: Report, changed: dict[str, Any], line: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        scope.review(phantom_report, {**SIGNED, **changed})
    assert line in str(refused.value) and "\n" not in str(refused.value)
    assert scope.standing(phantom_report.case).review is None


def test_an_unknown_case_is_one_line(scope: Fundoscope) -> None:
    with pytest.raises(BadSetting, match="case-0 is not known here"):
        scope.review("case-0", SIGNED)


def test_of_two_reviewers_at_once_the_second_gets_one_line(case: tuple[Fundoscope, Report]) -> None:
    desk, report = case
    outcomes: list[str] = []

    def sign(name: str) -> None:
        try:
            outcomes.append(str(desk.review(report, {**SIGNED, "signature": name}).status))
        except BadSetting as error:
            outcomes.append(str(error))

    people = [threading.Thread(target=sign, args=(name,)) for name in ("Dr One", "Dr Two")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    review = desk.standing(report.case).review
    assert review is not None and review.earlier is None
    line = f"{report.case} was signed by {review.by}; nothing was changed"
    assert sorted(outcomes) == sorted(["reviewed", line])


def test_questions_are_answered_before_and_after_signing_and_the_review_stays(case: tuple[Fundoscope, Report]) -> None:
    desk, report = case
    assert desk.ask(report, "How dense are the vessels?").answered
    signed = desk.review(report, {**SIGNED, "grades": {"right": other_grade(report)}})
    assert restarted(desk).ask(report.case, "How many microaneurysms are there?").answered
    after = desk.report(report.case)
    assert after.status == "reviewed" and after.review == signed.review


def test_a_question_that_is_being_answered_does_not_undo_a_signature(
    case: tuple[Fundoscope, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, report = case
    asked, signed = threading.Event(), threading.Event()
    updates = Fundoscope._updates

    async def slow(self: Fundoscope, case_id: str, values: dict[str, Any]) -> AsyncIterator[Any]:
        async for step, update in updates(self, case_id, values):
            asked.set()
            await asyncio.to_thread(signed.wait, 0.2)
            yield step, update

    monkeypatch.setattr(Fundoscope, "_updates", slow)
    answers: list[bool] = []
    question = threading.Thread(target=lambda: answers.append(desk.ask(report, "How dense are the vessels?").answered))
    question.start()
    assert asked.wait(30)
    desk.review(report, SIGNED)
    signed.set()
    question.join()
    assert answers == [True]
    assert desk.standing(report.case).status == "reviewed"


def test_answers_say_what_the_reviewer_said_in_place_of_the_machine(case: tuple[Fundoscope, Report]) -> None:
    desk, report = case
    density = next(claim for claim in report.claims() if claim.pattern == "vessel_density")
    length = next(claim for claim in report.claims() if claim.pattern == "skeleton_length")
    grade = other_grade(report)
    edits = {length.id: "The vessels look thin."}
    desk.review(report, {**SIGNED, "reject": [density.id], "edit": edits, "grades": {"right": grade}})
    about_vessels = desk.ask(report, "How dense are the vessels?")
    assert not {density.text, length.text} & {claim.text for claim in about_vessels.claims}
    assert any("rejected: " + density.text in note for note in about_vessels.notes)
    assert any("in the reviewer's own words: The vessels look thin." in note for note in about_vessels.notes)
    about_grade = desk.ask(report, "What is the grade?")
    assert any(f"the right eye has grade {grade}; the machine's reading is" in note for note in about_grade.notes)


def test_reading_again_keeps_what_was_signed(case: tuple[Fundoscope, Report], phantom_file: Path) -> None:
    desk, report = case
    signed = desk.review(report, SIGNED)
    assert desk.read(phantom_file).review == signed.review


def test_a_reading_with_an_earlier_visit_asks_for_a_signature_of_its_own(
    case: tuple[Fundoscope, Report], phantom_file: Path, tmp_path: Path
) -> None:
    desk, report = case
    refused = next(claim for claim in report.claims() if claim.pattern == "skeleton_length")
    first = desk.review(report, {**SIGNED, "reject": [refused.id]}).review
    assert first is not None
    again = desk.read(phantom_file, prior=earlier_visit(desk, tmp_path))
    assert again.status == "needs_review" and again.review == first
    assert again.case in {entry.case for entry in desk.queue() if entry.session == desk.session}
    moved = next(claim for claim in again.claims() if claim.text == refused.text)
    assert again.standing(again.claims()) == [claim for claim in again.claims() if claim is not moved]
    second = desk.review(again, {**SIGNED, "signature": "Dr B"})
    assert second.review is not None and second.review.earlier == first
    assert (again.case, desk.session) not in {(entry.case, entry.session) for entry in desk.queue()}


def earlier_visit(desk: Fundoscope, folder: Path) -> Report:
    """The reading of another photograph of a right eye, with fewer lesions."""
    write_phantom(folder / "earlier.png", seed=8, lesions={"MA": 4, "HE": 3})
    return desk.read(folder / "earlier.png")


def test_a_new_reason_for_a_person_is_not_hidden_by_a_signature(phantom_report: Report) -> None:
    asking = phantom_report.model_copy(update={"review_reasons": ["right eye: doubtful"]})
    when = datetime.datetime(2026, 3, 4, tzinfo=datetime.UTC)
    review = signed_report(asking, ReviewDecision.model_validate(SIGNED), when).review
    assert review is not None
    for known in (asking, phantom_report, asking.model_copy(update={"review_reasons": ["right eye: doubtful"]})):
        assert with_review(known, review).status == "reviewed"
    grown = asking.model_copy(
        update={"review_reasons": ["right eye: doubtful", "right eye: the vessel trees do not agree"]}
    )
    again = with_review(grown, review)
    assert again.status == "needs_review" and again.review_reasons[-1] == READ_SINCE.format(by=review.by)
    older = review.model_copy(update={"reasons": None})
    assert with_review(grown, older).status == "reviewed"


def test_a_reading_that_waits_in_another_session_is_named_by_the_one_that_is_signed(
    case: tuple[Fundoscope, Report], phantom_file: Path, tmp_path: Path
) -> None:
    desk, report = case
    other = desk.in_session(f"{desk.session} elsewhere")
    desk.review(report, SIGNED)
    other.read(phantom_file, prior=earlier_visit(other, tmp_path))
    with pytest.raises(BadSetting, match=f"nothing was changed; a reading of it waits in session .*{other.session}"):
        desk.review(report, SIGNED)
    assert other.review(report, SIGNED).status == "reviewed"


def test_readings_added_after_signing_ask_for_a_person_again(scope: Fundoscope, phantom_file: Path) -> None:
    desk = scope.in_session("review grows")
    report = desk.read(phantom_file, question="How dense are the vessels?")
    first = desk.review(report, SIGNED).review
    assert first is not None
    desk.ask(report, "How many microaneurysms are there?")
    grown = desk.report(report.case)
    assert grown.status == "needs_review" and f"after {first.by} signed" in grown.review_reasons[-1]
    assert grown.review is not None and grown.review.claims == first.claims
    again = desk.review(report, {**SIGNED, "signature": "Dr B"})
    assert again.status == "reviewed" and again.review is not None and again.review.earlier is not None
    assert again.review.earlier.reviewer == "Dr Ada Reader"
    assert {claim.id for claim in again.claims()} == {decided.claim for decided in again.review.claims}
    assert all(decided.verdict is Verdict.ACCEPTED for decided in again.review.claims)
    assert ReviewDecision.model_validate(SIGNED).note == ""
