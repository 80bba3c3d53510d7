"""Reports that are taken up again: their photographs come from the store, and a narrow reading replaces no whole one."""

from __future__ import annotations

import asyncio
import csv
import shutil
from pathlib import Path

import numpy as np
from fundoscope import Fundoscope, Photograph, Report
from fundoscope.agents.state import Engine
from fundoscope.formats.display import layer_names
from fundoscope.imaging.decode import DicomOrigin
from fundoscope.ui.app import Room

QUESTION = "How dense are the vessels?"
SIGNED = {"signature": "Dr Ada Reader", "accept_rest": True}


def restarted(scope: Fundoscope, session: str) -> Fundoscope:
    """Another process's Fundoscope on the same home, with no photograph in memory."""
    again = Fundoscope(scope.settings, session=session)
    again._engine = Engine(again.settings, scope.engine.bench, scope.engine.speaker)
    return again


def page(scope: Fundoscope, report: Report, out: Path) -> str:
    return scope.write(report, out)[1].read_text()


def test_a_report_from_its_json_is_written_after_a_restart_as_it_was_before(
    scope: Fundoscope, phantom_report: Report, tmp_path: Path
) -> None:
    before = page(scope, phantom_report, tmp_path / "before")
    loaded = Report.model_validate_json((tmp_path / "before" / "report.json").read_bytes())
    for session in ("local", "a reviewer's"):
        after = page(restarted(scope, session), loaded, tmp_path / session)
        assert after.count("data:image") == before.count("data:image") > 1


def test_photographs_that_left_memory_come_back_read_only_and_once(scope: Fundoscope, phantom_report: Report) -> None:
    again = restarted(scope, "local")
    (found,) = again.photographs(phantom_report).values()
    (first,) = scope.photographs(phantom_report).values()
    assert np.array_equal(found.pixels, first.pixels) and not found.pixels.flags.writeable
    assert again.photographs(phantom_report)[found.sha256] is found


def test_a_photograph_that_the_store_has_not_got_is_left_out(phantom_report: Report, tmp_path: Path) -> None:
    other = Fundoscope(home=tmp_path / "home")
    assert other.photographs(phantom_report) == {}
    assert "data:image" not in page(other, phantom_report, tmp_path)


def test_the_reading_room_draws_a_report_after_a_restart(scope: Fundoscope, phantom_report: Report) -> None:
    visitor = {"session": "local", "report": phantom_report.model_dump(mode="json")}
    findings = [e.finding for e in phantom_report.evidence if e.finding is not None]
    drawn = asyncio.run(Room(restarted(scope, "ui")).picture(layer_names(findings)[:1], visitor))
    assert drawn is not None and drawn.shape[2] == 3


def test_a_narrow_reading_leaves_the_whole_one_and_its_signature(scope: Fundoscope, phantom_file: Path) -> None:
    desk = scope.in_session("whole and narrow")
    whole = desk.read(phantom_file)
    signed = desk.review(whole, SIGNED)
    narrow = desk.read(phantom_file, question=QUESTION)
    assert narrow.case != whole.case and narrow.question == QUESTION
    assert desk.report(whole.case).review == signed.review
    assert len(desk.report(whole.case).claims()) == len(whole.claims()) > len(narrow.claims())
    assert desk.read(phantom_file, question=f" {QUESTION} ").case == narrow.case
    assert desk.read(phantom_file, context="diabetes for ten years").case == whole.case


def test_a_photograph_signed_whole_and_narrow_is_one_row_with_its_grade(
    scope: Fundoscope, phantom_report: Report, phantom_file: Path, tmp_path: Path
) -> None:
    desk = Fundoscope(home=tmp_path / "home")
    for kept in ("findings", "artifacts"):
        shutil.copytree(scope.settings.home / kept, desk.settings.home / kept)
    desk.engine.bench._experts = scope.engine.bench._experts
    whole, narrow = desk.read(phantom_file), desk.read(phantom_file, question=QUESTION)
    desk.review(whole, {**SIGNED, "grades": {"right": 2}})
    desk.review(narrow, SIGNED)
    folder = tmp_path / "set"
    exported = desk.export_reviewed(folder)
    assert exported.photographs == len(phantom_report.eyes) == 1
    (row,) = csv.DictReader((folder / "labels.csv").open())
    assert row["grade"] == "2" and row["patient"] == whole.case
    assert {path.name for path in folder.iterdir()} == {"labels.csv", row["image"]}


def test_a_photograph_names_its_dicom_instance_after_it_has_left_memory(scope: Fundoscope, phantom_file: Path) -> None:
    origin = DicomOrigin("1.2.777.1", "1.2.777.2", "1.2.777.3", "1.2.777.4")
    photograph = Photograph.from_file(phantom_file)
    photograph._origin = origin
    desk = restarted(scope, "dicom")
    report = desk.read(photograph)
    desk.engine.shelf.clear()
    assert desk.photographs(report)[photograph.sha256].origin == origin
    assert restarted(scope, "dicom").photographs(report)[photograph.sha256].origin is None
    desk.engine.origins.forget(report.case)
    desk.engine.shelf.clear()
    assert desk.photographs(report)[photograph.sha256].origin is None
    for file in desk.settings.home.rglob("*"):
        assert not file.is_file() or origin.instance.encode() not in file.read_bytes()
