"""Planners behind a real server that behave as badly as they can: every case ends in a whole report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fundoscope import Fundoscope, Report
from fundoscope.agents.models import speaker
from fundoscope.agents.state import Engine
from fundoscope.experts import expert_names
from fundoscope.settings import load_settings
from fundoscope.tools.experts import tool_of

from .models.server import (
    Script,
    ScriptedServer,
    answers_bytes,
    calls,
    cut,
    endless,
    fails,
    hangs,
    refusal,
    text,
)

AT = {"photograph": "photo-1"}
LIES = "The left eye has neovascularisation of the disc and must be given ranibizumab today."


def elsewhere(request: dict[str, Any]) -> Any:
    """Another look each time, so that it never ends."""
    return calls(("zoom", {**AT, "region": [len(json.dumps(request)) % 300, 300, 120, 120]}))


BEHAVIOURS: dict[str, Script] = {
    "refuses": refusal(),
    "says it is sorry": text("I'm sorry, I cannot read medical pictures."),
    "says nothing": text(""),
    "tells a story instead": text(LIES * 40),
    "says that all is done": text('{"done": true, "open": [], "mandatory": [], "report": "' + LIES + '"}'),
    "calls tools there are not": calls(("prescribe", {"drug": "ranibizumab"}), ("skip_protocol", {})),
    "gives arguments of the wrong kind": calls(
        ("detect_lesions", {"photograph": 3}), ("grade_retinopathy", '"photo-1"')
    ),
    "gives arguments that are no JSON": calls(("detect_lesions", '{"photograph": "photo-')),
    "names photographs there are not": calls(
        ("detect_lesions", {"photograph": "photo-9"}), ("zoom", {"photograph": LIES})
    ),
    "asks again for what is done": calls(("assess_quality", AT)),
    "makes fifty calls at once": calls(*(("zoom", {**AT, "region": [n, 100, 100, 100]}) for n in range(50))),
    "looks at places outside": calls(("zoom", {**AT, "region": [10**7, -5, 0, 1e300]})),
    "looks and looks": elsewhere,
    "fails": fails(500),
    "has no time": fails(429, retry_after="60"),
    "does not know us": fails(401),
    "hangs": hangs(30),
    "breaks off": cut(calls(("detect_lesions", AT)), 2),
    "never stops": endless(LIES),
    "sends bytes that are no text": answers_bytes(b"\xff\xfe\x00 {]"),
    "sends a page": answers_bytes(b"<html><body>Sign in to the hotel's network</body></html>"),
}


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
    model_server.otherwise = BEHAVIOURS[behaviour]  # type: ignore[assignment]
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
