"""A conversation goes on where it was left: on the same thread, also after a restart, with experts not asked before."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from fundoscope import Fundoscope, Report
from fundoscope.agents.shelf import Shelf
from fundoscope.agents.state import Engine
from fundoscope.records import ArtifactStore, ClaimStatus
from fundoscope.tools.bench import Bench

from .scripted import asks, brief_of, pictures_of, planned_by

NOTHING = asks(words="Nothing more.")


def experts_of(report: Report) -> set[str]:
    return {expert.name for expert in report.provenance.experts}


@pytest.fixture
def narrow(scope: Fundoscope, phantom_file: Path) -> tuple[Fundoscope, Report]:
    """A reading that was asked about vessels alone."""
    talk = scope.in_session("narrow talk")
    return talk, talk.read(phantom_file, question="How dense are the vessels?")


def test_a_narrow_reading_leaves_experts_out_and_says_so(narrow: tuple[Fundoscope, Report]) -> None:
    _, report = narrow
    assert experts_of(report) == {"quality", "landmarks", "vessels"}
    assert report.question == "How dense are the vessels?"
    reasons = {missing.subject: missing.reason for missing in report.not_assessed}
    assert reasons["lesions"] == reasons["grade"] == "it was not asked for"
    assert report.recommendation.interval is None


def test_a_reading_whose_question_names_nothing_is_a_whole_reading(
    scope: Fundoscope, phantom_file: Path, phantom_report: Report
) -> None:
    report = scope.in_session("vague").read(phantom_file, question="Who painted the Mona Lisa?")
    assert report.provenance.experts == phantom_report.provenance.experts


def test_a_question_consults_experts_that_were_not_asked_before_also_after_a_restart(
    scope: Fundoscope, narrow: tuple[Fundoscope, Report]
) -> None:
    _, report = narrow
    again = Fundoscope(scope.settings, session="narrow talk")
    again._engine = Engine(again.settings, scope.engine.bench, scope.engine.speaker)
    assert again.engine.shelf.get(next(iter(report.eyes.values())).photographs[0].sha256) is None
    answer = again.ask(report.case, "How many microaneurysms are there?")
    assert answer.answered and any(claim.slots.get("lesion") == "MA" for claim in answer.claims)
    assert all(claim.status is ClaimStatus.SUPPORTED and claim.evidence for claim in answer.claims)
    now = again.report(report.case)
    assert experts_of(now) == {"quality", "landmarks", "vessels", "lesions"}
    assert {entry.id for entry in now.evidence} >= {e for claim in answer.claims for e in claim.evidence}


def test_a_question_leans_on_the_one_before_also_after_a_restart(
    scope: Fundoscope, narrow: tuple[Fundoscope, Report]
) -> None:
    talk, report = narrow
    first = talk.ask(report.case, "How dense are the vessels of the right eye?")
    assert (first.question, first.understood) == ("How dense are the vessels of the right eye?", "")
    again = Fundoscope(scope.settings, session="narrow talk")
    again._engine = Engine(again.settings, scope.engine.bench, scope.engine.speaker)
    leaning = again.ask(report.case, "and the left?")
    assert (leaning.question, leaning.understood) == ("and the left?", "How dense are the vessels of the left eye?")
    assert again.ask(report.case, "and both?").understood == "How dense are the vessels of both eyes?"


def test_a_thread_keeps_one_checkpoint(scope: Fundoscope, phantom_file: Path) -> None:
    talk = scope.in_session("pruned")
    report = talk.read(phantom_file)
    for question in ("How dense are the vessels?", "Why this grade?"):
        talk.ask(report, question)
    with sqlite3.connect(scope.settings.home / "checkpoints.sqlite") as database:
        query = "SELECT count(*) FROM {} WHERE thread_id = ?"
        kept, writes = (
            database.execute(query.format(table), (f"pruned:{report.case}",)).fetchone()[0]
            for table in ("checkpoints", "writes")
        )
    assert kept == 1 and writes <= 3
    assert talk.ask(report, "Why this grade?").answered


def test_each_question_has_its_own_budget_but_pictures_are_counted_over_the_case(
    scope: Fundoscope, phantom_file: Path
) -> None:
    look = asks(("zoom", {"photograph": "photo-1", "landmark": "macula"}))
    other = asks(("zoom", {"photograph": "photo-1", "landmark": "disc"}))
    planned, model = planned_by(scope, look, NOTHING, NOTHING, other, NOTHING, policy="quick", session="budgets")
    report = planned.read(phantom_file)
    before = len(model.asked)
    planned.ask(report, "Is the disc swollen?")
    told = brief_of(model.asked[before])
    assert told["question"] == "Is the disc swollen?" and told["left"]["rounds"] == 2
    assert told["left"]["pictures"] == 0 and len(pictures_of(model.asked[before])) == 1
    planning = planned.report(report.case).provenance.planning
    assert planning is not None and len(planning.pictures) == 2
    assert planning.turns == len(model.asked)


def test_a_planner_that_sees_answers_on_when_the_pictures_are_gone(scope: Fundoscope, phantom_file: Path) -> None:
    planned, model = planned_by(scope, NOTHING, session="gone")
    report = planned.read(phantom_file)
    again, model = planned_by(scope, asks(("zoom", {"photograph": "photo-1"})), NOTHING, session="gone")
    again.engine.shelf = Shelf()
    again.engine.bench = _Emptied(again.engine.bench)  # type: ignore[assignment]
    answer = again.ask(report, "How many microaneurysms are there?")
    assert answer.answered and not any(pictures_of(messages) for messages in model.asked)
    planning = again.report(report.case).provenance.planning
    assert planning is not None and any("not in" in problem for problem in planning.problems)


class _Emptied:
    """A bench whose store has lost everything."""

    def __init__(self, bench: Bench) -> None:
        self.store = ArtifactStore(bench.settings.home / "nowhere")
        self.consult = bench.consult
