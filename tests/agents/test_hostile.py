"""Planners behind a real server that behave as badly as they can: every case ends in a whole report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fundoscope import Fundoscope, Report
from fundoscope.agents.models import speaker
from fundoscope.agents.state import Engine
from fundoscope.evals.scripted.behaviours import AT, BEHAVIOURS
from fundoscope.evals.scripted.server import ScriptedServer, calls, text
from fundoscope.experts import expert_names
from fundoscope.settings import load_settings
from fundoscope.tools.experts import tool_of


@pytest.fixture(autouse=True)
def no_time_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fundoscope.agents.models.listen.FIRST_WAIT_S", 0.001)


def served(scope: Fundoscope, url: str, **settings: Any) -> Fundoscope:
    """A scope planned by the model behind a server, with the experts of `scope`."""
    values = {"planner": "openai:any", "planner_base_url": url, "planner_timeout": 1.0, "policy": "quick", **settings}
    made = Fundoscope(load_settings(**{**scope.settings.model_dump(), **values}), session="hostile")
    made._engine = Engine(made.settings, scope.engine.bench, speaker(made.settings), scope.engine.shelf)
    return made


def said(report: Report) -> list[str]:
    return [claim.text for claim in report.claims()]


def assert_whole(report: Report, honest: Report) -> None:
    assert report.provenance.experts == honest.provenance.experts
    assert said(report) == said(honest)
    assert report.status == honest.status
    written = report.model_dump_json()
    assert "ranibizumab" not in written and "neovascularisation of the disc" not in written


IN_WORDS = ("tells a story instead", "says that all is done", "never stops", "refuses")
"""Behaviours that are tried in the JSON dialect too."""


@pytest.mark.parametrize(
    ("behaviour", "dialect"), [*((name, "native") for name in BEHAVIOURS), *((name, "json") for name in IN_WORDS)]
)
def test_whatever_the_planner_does_every_mandatory_reading_is_made(
    scope: Fundoscope,
    phantom_file: Path,
    phantom_report: Report,
    model_server: ScriptedServer,
    behaviour: str,
    dialect: str,
) -> None:
    model_server.otherwise = BEHAVIOURS[behaviour]
    report = served(scope, model_server.url, planner_dialect=dialect).read(phantom_file)
    assert_whole(report, phantom_report)
    planning = report.provenance.planning
    assert (
        planning is not None and planning.turns >= 1 and planning.planner.startswith("openai:any at http://127.0.0.1")
    )
    assert planning.problems or planning.cut or report.provenance.protocol_additions


def test_a_server_that_is_not_there_is_a_problem_and_a_whole_report(
    scope: Fundoscope, phantom_file: Path, phantom_report: Report
) -> None:
    with ScriptedServer() as server:
        url = server.url
    report = served(scope, url, planner_dialect="native").read(phantom_file)
    assert_whole(report, phantom_report)
    assert report.provenance.planning is not None and report.provenance.planning.problems


def test_a_good_planner_behind_a_server_plans_the_whole_reading(
    scope: Fundoscope, phantom_file: Path, phantom_report: Report, model_server: ScriptedServer
) -> None:
    rest = [(tool_of(expert), AT) for expert in expert_names()]
    model_server.say(calls(("zoom", {**AT, "landmark": "macula"}), *rest[2:]), text("Nothing more."))
    report = served(scope, model_server.url).read(phantom_file)
    assert_whole(report, phantom_report)
    planning = report.provenance.planning
    assert planning is not None and planning.problems == [] and planning.cut == []
    assert report.provenance.protocol_additions == []
    assert planning.dialect == "native" and planning.tokens >= 240
    assert [picture.what.split(",")[0] for picture in planning.pictures] == ["photo-1: whole", "photo-1: macula"]
    assert not any(picture.remote for picture in planning.pictures)
