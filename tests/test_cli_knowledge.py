"""The knowledge commands: JSON for programs, one line for what was refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from fundoscope.cli_knowledge import app
from fundoscope.errors import BadSetting
from fundoscope.settings import default_settings
from typer.testing import CliRunner

run = CliRunner().invoke


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("FUNDOSCOPE_HOME", str(tmp_path / "home"))
    default_settings.cache_clear()
    yield
    default_settings.cache_clear()


def test_search_json_carries_text_reference_year_and_score() -> None:
    found = json.loads(
        run(app, ["search", "how soon should severe NPDR be seen?", "--guideline", "ICO", "--json"]).stdout
    )
    assert found[0]["reference"] == "wong2018_ico" and found[0]["year"] == 2018
    assert "under 3 months" in found[0]["text"] and 0 < found[0]["score"] <= 1


def test_search_json_is_an_empty_list_when_nothing_is_relevant() -> None:
    assert json.loads(run(app, ["search", "capital of Mongolia", "--json"]).stdout) == []


def test_add_list_and_remove(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Platypus\n\nThe platypus fovea is electric.\n")
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")
    added = run(app, ["add", str(note), str(empty)])
    assert added.exit_code == 0
    assert "added" in added.stdout and f"{empty}: empty file" in added.stderr
    (source,) = json.loads(run(app, ["list", "--json"]).stdout)
    assert source["title"] == "Platypus"
    assert "removed" in run(app, ["remove", source["id"]]).stdout
    assert run(app, ["list"]).stdout == ""


def test_add_exits_2_when_nothing_could_be_read(tmp_path: Path) -> None:
    assert run(app, ["add", str(tmp_path / "nowhere.pdf")]).exit_code == 2


def test_add_exits_2_when_a_folder_holds_nothing_to_add(tmp_path: Path) -> None:
    done = run(app, ["add", str(tmp_path)])
    assert done.exit_code == 2 and "nothing was found to add" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["x", "--guideline", "XXX"], "no passage is of the guideline 'XXX'; there are AAO, ADA, ICO"),
        (
            ["x", "--topic", "dr", "--topic", "calibraton"],
            "no passage has the topic 'calibraton'; near it: calibration",
        ),
        (["x", "--topic", "qqq"], "no passage has the topic 'qqq'; there are agents, agreement, ai, "),
        (["  "], "the query is empty"),
    ],
)
def test_a_search_for_what_is_not_there_is_one_line(arguments: list[str], told: str) -> None:
    done = run(app, ["search", *arguments])
    assert isinstance(done.exception, BadSetting) and told in str(done.exception)


def test_an_address_without_a_host_is_refused_before_anything_is_asked() -> None:
    done = run(app, ["fetch", "retinopathy", "--base", "zzz"])
    assert isinstance(done.exception, BadSetting) and "--base zzz" in str(done.exception)


def test_bibtex_of_one_key() -> None:
    assert run(app, ["bibtex", "wilkinson2003"]).stdout.startswith("@article{wilkinson2003,")


def test_a_file_whose_name_is_no_utf8_is_added_listed_and_removed(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    note = folder / os.fsdecode(b"caf\xe9.md")
    note.write_text("The platypus fovea is electric.\n")
    added = run(app, ["add", str(folder)])
    assert added.exit_code == 0 and added.stdout.startswith("added ") and "caf\\udce9.md" in added.stdout
    assert json.loads(run(app, ["list", "--json"]).stdout)[0]["path"].endswith("caf\\udce9.md")
    assert (tmp_path / "home" / "knowledge.sqlite").stat().st_mode & 0o777 == 0o600
    assert run(app, ["remove", str(note)]).stdout.startswith("removed ")
