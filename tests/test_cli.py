"""The command line: what it prints, and one line for everything it refuses."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fundoscope", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=os.environ, check=False)


def test_bad_files_are_one_line_exit_two_and_nothing_written(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").write_bytes(b"")
    result = run("read", "empty.jpg", "--out", "out", cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == ""
    assert result.stderr == "fundoscope: empty.jpg: the file is empty\n"
    assert not (tmp_path / "out").exists()


def test_schema_prints_json_schema_and_refuses_unknown_names(tmp_path: Path) -> None:
    assert json.loads(run("schema", "report", cwd=tmp_path).stdout)["title"] == "Report"
    unknown = run("schema", "poem", cwd=tmp_path)
    assert unknown.returncode == 2 and unknown.stderr.count("\n") == 1


def test_experts_are_listed_and_their_cards_printed(tmp_path: Path) -> None:
    listed = run("experts", cwd=tmp_path).stdout
    assert {"quality", "landmarks", "vessels", "lesions", "grade"} <= {line.split()[0] for line in listed.splitlines()}
    card = json.loads(run("experts", "card", "vessels", cwd=tmp_path).stdout)
    assert card["weights"] and card["figures"] and card["terms"]


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from fundoscope.cli import app;"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0;"
        "print([m for m in ('torch','langgraph','langchain_core','chromadb','gradio','ultralytics') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_doctor_is_content_with_a_whole_installation(tmp_path: Path) -> None:
    result = run("doctor", cwd=tmp_path)
    assert result.returncode == 0, result.stdout
    assert "expert vessels" in result.stdout and "FUNDOSCOPE_HOME" in result.stdout


def test_unknown_evaluation_and_missing_data_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FUNDOSCOPE_DATA", raising=False)
    assert run("eval", "poems", cwd=tmp_path).returncode == 2
    assert "FUNDOSCOPE_DATA" in run("eval", "vessels", cwd=tmp_path).stderr


def test_read_prints_the_impression_and_writes_the_report(tmp_path: Path, phantom_file: Path) -> None:
    result = run("read", phantom_file, "--out", "out", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Right eye: " in result.stdout and "not a medical device" in result.stdout
    assert (tmp_path / "out" / "report.json").exists() and (tmp_path / "out" / "report.html").exists()


def test_a_cat_is_a_report_with_exit_zero(tmp_path: Path) -> None:
    from skimage.data import chelsea

    Image.fromarray(chelsea()).save(tmp_path / "cat.jpg")
    result = run("read", "cat.jpg", "--out", "out", cwd=tmp_path)
    assert result.returncode == 0
    assert "not a fundus photograph" in result.stdout
    assert json.loads((tmp_path / "out" / "report.json").read_text())["status"] == "not_a_fundus_photograph"


def test_one_expert_is_asked_and_says_why_where_it_did_not_assess(tmp_path: Path, phantom_file: Path) -> None:
    asked = run("consult", "lesions", phantom_file, "--eye", "OD", cwd=tmp_path)
    assert asked.returncode == 0 and asked.stdout.startswith("lesions ")
    assert "right eye" in asked.stdout.splitlines()[0]
    assert re.search(r"^lesion count HE: \d+ \(\d+ to \d+\)$", asked.stdout, re.MULTILINE)
    Image.new("RGB", (640, 480), (200, 30, 90)).save(tmp_path / "card.png")
    refused = run("consult", "grade", "card.png", "--json", cwd=tmp_path)
    assert refused.returncode == 1 and json.loads(refused.stdout)["status"] == "not_assessed"
    unknown = run("consult", "cataracts", "card.png", cwd=tmp_path)
    assert unknown.returncode == 2 and unknown.stderr.startswith("fundoscope: ") and unknown.stderr.count("\n") == 1
