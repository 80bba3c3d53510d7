"""Removing a case: no byte of it is left, and what another case needs stays. Exporting what a person signed."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from fundoscope import Fundoscope, Report
from fundoscope.agents.state import Engine
from fundoscope.errors import BadSetting
from fundoscope.evals.own_labels import read_labels
from fundoscope.evals.phantom import write_phantom
from fundoscope.records import Eye, Photograph
from fundoscope.tools.bench import Bench

NOTE = "seen with the unmistakable zebrafish"


@pytest.fixture(scope="module")
def desk(scope: Fundoscope, tmp_path_factory: pytest.TempPathFactory) -> Fundoscope:
    """A home of its own, with the experts that are loaded already."""
    own = Fundoscope(scope.settings, home=tmp_path_factory.mktemp("own home"))
    bench = Bench(own.settings)
    bench._experts = scope.engine.bench._experts
    own._engine = Engine(own.settings, bench, scope.engine.speaker)
    return own


@pytest.fixture(scope="module")
def other_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("other") / "left.png"
    write_phantom(path, seed=11, eye="left", lesions={"MA": 4})
    return path


@pytest.fixture(scope="module")
def signed(desk: Fundoscope, phantom_file: Path) -> Report:
    report = desk.read(phantom_file)
    return desk.review(report, {"signature": "Dr A", "note": NOTE, "accept_rest": True, "grades": {"right": 3}})


def holding(home: Path, text: str) -> list[Path]:
    """Files under a home whose name or bytes hold a text."""
    return [p for p in home.rglob("*") if text in p.name or (p.is_file() and text.encode() in p.read_bytes())]


def test_signed_cases_are_exported_as_labels_that_eval_and_calibrate_read(
    desk: Fundoscope, signed: Report, other_file: Path, tmp_path: Path
) -> None:
    unsigned = desk.read(other_file)
    done = desk.export_reviewed(tmp_path / "set")
    assert done.photographs == 1 and done.problems == []
    with done.labels.open(newline="") as file:
        rows = list(csv.DictReader(file))
    image = f"{signed.case}-right.png"
    assert rows == [{"image": image, "grade": "3", "gradable": "1", "patient": signed.case}]
    assert [row.label for row in read_labels(done.labels, "grade").rows] == [3]
    assert [row.label for row in read_labels(done.labels, "quality").rows] == [1]
    photograph = Photograph.from_file(tmp_path / "set" / image)
    assert photograph.sha256 == signed.eyes[Eye.RIGHT].photographs[0].sha256
    assert not holding(tmp_path / "set", unsigned.case)
    with pytest.raises(BadSetting, match="an empty or a new folder"):
        desk.export_reviewed(tmp_path / "set")


def test_no_byte_of_a_purged_case_is_left(desk: Fundoscope, signed: Report, phantom_file: Path) -> None:
    home, photograph = desk.settings.home, signed.eyes[Eye.RIGHT].photographs[0]
    other = desk.in_session("another visitor")
    other.ask(other.read(phantom_file), "How many microaneurysms are there?")
    desk.keep(phantom_file, 3, note="kept because of the zebrafish")
    desk.write(signed, home / "ui" / "visitor")
    shutil.copy(phantom_file, home / "ui" / "upload.png")
    traces = (signed.case, photograph.sha256, photograph.sha256[:16], NOTE, "zebrafish", "Dr A")
    assert all(holding(home, trace) for trace in traces)
    gone = desk.purge(signed)
    assert (gone.threads, gone.kept_cases, gone.shared) == (2, 1, 0) and gone.findings and gone.artifacts > 5
    assert gone.files == 3
    assert {trace: holding(home, trace) for trace in traces} == {trace: [] for trace in traces}
    with pytest.raises(BadSetting, match="is not known here; nothing was removed"):
        desk.purge(signed)
    with pytest.raises(BadSetting, match="was not read in this session"):
        desk.report(signed.case)
    assert all(entry.case != signed.case for entry in desk.queue())
    assert desk.read(phantom_file).eyes[Eye.RIGHT].lesions == signed.eyes[Eye.RIGHT].lesions


def test_what_another_case_needs_stays(desk: Fundoscope, phantom_file: Path, other_file: Path) -> None:
    alone, both = desk.read(other_file), desk.read([phantom_file, other_file])
    assert desk.purge(alone).shared == 1
    desk.engine.shelf.clear()
    assert not holding(desk.settings.home, alone.case)
    assert desk.ask(both, "How dense are the vessels?").answered
    for entry in desk.report(both.case).evidence:
        if entry.finding is not None:
            assert all(desk.engine.bench.store.get(ref) for ref in entry.finding.artifacts.values())
