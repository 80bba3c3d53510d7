"""A crash between two nodes: the same call goes on at the last checkpoint and gives the same report."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fundoscope import Fundoscope, Report
from fundoscope.agents import graph
from fundoscope.agents.resume import TAKEN_UP, as_taken_up
from fundoscope.agents.state import Engine
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

QUESTION = "How dense are the vessels?"
KILLED = """
import os, signal, sys
from fundoscope import Fundoscope
from fundoscope.agents import graph

async def killed(state, runtime):
    os.kill(os.getpid(), signal.SIGKILL)

graph.NODES["retrieve"] = killed
Fundoscope(session="killed", policy="thorough").read(sys.argv[1], question=sys.argv[2])
"""


class Counted:
    """A bench that notes which experts it was asked for."""

    def __init__(self, bench: Any) -> None:
        self.bench, self.asked = bench, []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bench, name)

    async def consult(self, name: str, *rest: Any) -> Any:
        self.asked.append(name)
        return await self.bench.consult(name, *rest)


def started(scope: Fundoscope, session: str, **settings: Any) -> tuple[Fundoscope, Counted]:
    """A fresh process's view of the home: nothing decoded, a bench that counts."""
    patient: dict[str, Any] = {"policy": "thorough"}  # a slow machine must not cut a reading short
    fresh = Fundoscope(scope.settings, session=session, **patient, **settings)
    bench = Counted(scope.engine.bench)
    fresh._engine = Engine(fresh.settings, bench, scope.engine.speaker)  # type: ignore[arg-type]
    return fresh, bench


def told(report: Report) -> str:
    """The report without its times."""
    return report.model_dump_json(exclude={"provenance": {"created", "timings"}})


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that makes a node crash, or mends all when it is given none."""
    whole = dict(graph.NODES)

    async def crash(state: Any, runtime: Any) -> Any:
        raise RuntimeError("the process died here")

    def breaks(node: str | None) -> None:
        monkeypatch.setattr(graph, "NODES", whole if node is None else {**whole, node: crash})
        graph._compiled.cache_clear()

    yield breaks
    monkeypatch.undo()
    graph._compiled.cache_clear()


def test_a_run_cut_short_before_any_node_gives_the_same_report_and_asks_no_expert_again(
    scope: Fundoscope, phantom_file: Path, broken: Any
) -> None:
    whole = told(started(scope, "no crash")[0].read(phantom_file, question=QUESTION))
    for node in list(graph.NODES):
        first, before = started(scope, f"crash {node}")
        broken(node)
        with pytest.raises(RuntimeError, match="died here"):
            first.read(phantom_file, question=QUESTION)
        broken(None)
        again, after = started(scope, f"crash {node}")
        report = again.read(phantom_file, question=QUESTION)
        assert told(report) == whole, node
        assert not set(before.asked) & set(after.asked), node
        assert sorted([*before.asked, *after.asked]) == sorted({*before.asked, *after.asked}), node


def test_another_question_or_other_settings_begin_anew(scope: Fundoscope, phantom_file: Path, broken: Any) -> None:
    first, _ = started(scope, "crash and change")
    broken("write_report")
    with pytest.raises(RuntimeError):
        first.read(phantom_file)
    broken(None)
    again, asked = started(scope, "crash and change", guideline="AAO")
    assert again.read(phantom_file, question=QUESTION).provenance.guideline == "AAO"
    assert sorted(asked.asked) == ["landmarks", "quality", "vessels"]


def test_a_run_is_taken_up_however_often_it_was_cut_short_at_one_place(
    scope: Fundoscope, phantom_file: Path, broken: Any
) -> None:
    broken("retrieve")
    for _ in range(4):
        cut, _asked = started(scope, "crash again")
        with pytest.raises(RuntimeError, match="died here"):
            cut.read(phantom_file, question=QUESTION)
    broken(None)
    again, asked = started(scope, "crash again")
    assert again.read(phantom_file, question=QUESTION).claims()
    assert asked.asked == []


def test_a_run_that_an_earlier_version_could_not_take_up_goes_on(
    scope: Fundoscope, phantom_file: Path, broken: Any
) -> None:
    broken("retrieve")
    cut, _asked = started(scope, "marked")
    with pytest.raises(RuntimeError, match="died here"):
        cut.read(phantom_file, question=QUESTION)
    broken(None)
    with closing(sqlite3.connect(scope.settings.home / "checkpoints.sqlite")) as database, database:
        (thread, checkpoint) = database.execute(
            "SELECT thread_id, max(checkpoint_id) FROM checkpoints WHERE thread_id LIKE 'marked:%'"
        ).fetchone()
        kind, value = JsonPlusSerializer().dumps_typed(time.time())
        marks = [(thread, checkpoint, str(UUID(int=0)), place, kind, value) for place in range(2)]
        database.executemany(
            "INSERT INTO writes (thread_id, checkpoint_ns, checkpoint_id, task_id, idx, channel, type, value)"
            " VALUES (?, '', ?, ?, ?, 'started', ?, ?)",
            marks,
        )
        database.execute("PRAGMA user_version = 0")
    again, asked = started(scope, "marked")
    assert again.read(phantom_file, question=QUESTION).claims()
    assert asked.asked == []


def test_time_between_being_cut_short_and_taken_up_is_not_counted() -> None:
    cut: Any = {"started": 100.0, "question": "why"}
    assert as_taken_up(cut, {"configurable": {}}) == cut
    assert as_taken_up(cut, {"configurable": {TAKEN_UP: 500.0}}) == {**cut, "started": 500.0}
    assert as_taken_up({"started": 501.0}, {"configurable": {TAKEN_UP: 500.0}}) == {"started": 501.0}


def test_a_question_cut_short_is_answered_when_it_is_asked_again(
    scope: Fundoscope, phantom_file: Path, broken: Any
) -> None:
    talk, _ = started(scope, "crash in talk")
    report = talk.read(phantom_file, question=QUESTION)
    broken("reconcile")
    with pytest.raises(RuntimeError):
        talk.ask(report, "How many microaneurysms are there?")
    broken(None)
    again, asked = started(scope, "crash in talk")
    assert again.ask(report.case, "How many microaneurysms are there?").answered
    assert asked.asked == []


def test_a_killed_process_leaves_a_run_that_goes_on(scope: Fundoscope, phantom_file: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(phantom_file), QUESTION]
    died = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    again, asked = started(scope, "killed")
    report = again.read(phantom_file, question=QUESTION)
    assert asked.asked == []
    whole, _ = started(scope, "not killed")
    assert told(report) == told(whole.read(phantom_file, question=QUESTION))
