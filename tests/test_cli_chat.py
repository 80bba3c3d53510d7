"""Talking about a case in the terminal: plain lines when piped, and the case taken up again later."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundoscope import Fundoscope, Report
from fundoscope.cli import app
from fundoscope.errors import BadSetting
from fundoscope.evals.scripted.server import ScriptedServer, calls
from typer.testing import CliRunner


def talk(*arguments: str | Path, says: str) -> str:
    result = CliRunner().invoke(app, ["chat", *map(str, arguments)], input=says)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_questions_are_answered_with_evidence_until_quit(phantom_file: Path, phantom_report: Report) -> None:
    said = talk(
        phantom_file, says="How many microaneurysms are there?\n\nWho painted the Mona Lisa?\nquit\nWhy this grade?\n"
    )
    assert said.startswith("Status: ") and f"{phantom_report.case}: ask a question, or quit." in said
    answers = said.split("or quit.\n")[1]
    assert "microaneurysm" in answers and "(E" in answers
    assert "outside what" in answers
    assert "\x1b" not in said and "? " not in answers.splitlines()[0][:2]
    assert "grade" not in answers.lower().split("outside")[0]


def test_a_case_is_taken_up_again_by_its_name(scope: Fundoscope, phantom_report: Report) -> None:
    assert scope.report(phantom_report.case).case == phantom_report.case
    said = talk(phantom_report.case, says="How dense are the vessels?\n")
    assert "Status: " in said and "of the field of view" in said


def test_an_unknown_case_is_one_line() -> None:
    result = CliRunner().invoke(app, ["chat", "case-0123456789abcdef"], input="Why?\n")
    assert isinstance(result.exception, BadSetting)
    assert str(result.exception) == "case-0123456789abcdef was not read in this session"


def test_a_planner_that_cannot_be_had_is_one_line(phantom_file: Path) -> None:
    for wrong in (["--planner", "oracle"], ["--policy", "lavish"], ["--dialect", "latin"]):
        result = CliRunner().invoke(app, ["read", str(phantom_file), *wrong])
        assert isinstance(result.exception, BadSetting), wrong
        assert "\n" not in str(result.exception)


def test_a_server_that_nobody_answers_at_is_said_beside_the_reading(
    phantom_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundoscope.agents.models.listen.FIRST_WAIT_S", 0.001)
    with ScriptedServer() as server:
        nobody = server.url
    where = ["--planner", "openai:any", "--base-url", nobody, "--dialect", "native", "--policy", "quick"]
    result = CliRunner().invoke(app, ["read", str(phantom_file), *where])
    assert result.exit_code == 0, result.output
    assert "  What went wrong in planning: the model's server could not be reached" in result.stdout
    assert "ICDR grade" in result.stdout


@pytest.mark.parametrize("path", ["", "/v1"])
def test_read_takes_a_planner_behind_a_server(phantom_file: Path, tmp_path: Path, path: str) -> None:
    with ScriptedServer() as server:
        server.say(calls(("zoom", {"photograph": "photo-1", "landmark": "macula"})))
        where = ["--planner", "openai:any", "--base-url", server.url + path, "--dialect", "native", "--policy", "quick"]
        result = CliRunner().invoke(app, ["read", str(phantom_file), *where, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Status: ")
    report = Report.model_validate_json((tmp_path / "report.json").read_bytes())
    planning = report.provenance.planning
    assert planning is not None and planning.planner.startswith("openai:any at ") and planning.policy == "quick"
    assert len(planning.pictures) == 2 and len(server.requests) == planning.turns
