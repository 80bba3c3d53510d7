"""What a second start of a batch takes over from the home: what was signed since, what was purged, and what it cannot know."""

from __future__ import annotations

import datetime
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fundoscope.agents.review.sign import signed_report
from fundoscope.jobs import batch
from fundoscope.records import Report, ReviewDecision
from fundoscope.records.report import ReportStatus
from fundoscope.settings import load_settings

from .reader import Reader, start, table


@pytest.fixture(autouse=True)
def two_cases(reader: Reader) -> None:
    """The photograph a.png is a case of its own that waits for a person; b.png is another's and complete."""
    waiting = {"case": "case-a", "status": ReportStatus.NEEDS_REVIEW, "review_reasons": ["right eye: blurred rim"]}
    reader.reports["a.png"] = reader.report.model_copy(update=waiting)
    reader.reports["b.png"] = reader.report.model_copy(
        update={"case": "case-b", "status": ReportStatus.COMPLETE, "review_reasons": []}
    )


def sign(reader: Reader, case: str, grade: int, day: int = 1) -> Report:
    decision = ReviewDecision.model_validate({"signature": "Dr A", "accept_rest": True, "grades": {"right": grade}})
    when = datetime.datetime(2026, 1, day, tzinfo=datetime.UTC)
    return reader.enter(signed_report(reader.stands[case], decision, when))


def written(out: Path, name: str) -> dict[str, object]:
    told: dict[str, object] = json.loads((out / "reports" / name / "png" / "report.json").read_text())
    return told


def test_what_was_signed_since_is_in_rows_and_reports_and_nothing_is_read_again(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = start(reader, folder, out)
    assert (first.waiting, table(first)["a.png"]["needs_review"]) == (1, "True")
    sign(reader, "case-a", 3)
    reader.seen.clear()
    reader.written.clear()
    second = start(reader, folder, out)
    assert (second.read, second.skipped, second.updated, second.waiting) == (0, 2, 1, 0)
    row = table(second)["a.png"]
    assert (row["status"], row["reviewed_grade"], row["needs_review"]) == ("reviewed", "3", "False")
    assert row["grade"] == table(first)["a.png"]["grade"] and table(second)["b.png"]["status"] == "complete"
    assert written(out, "a")["status"] == "reviewed" and written(out, "a")["review"] is not None
    assert reader.seen == [] and reader.written == [out / "reports" / "a" / "png"]
    third = start(reader, folder, out)
    assert (third.updated, third.skipped) == (0, 2) and table(third)["a.png"] == row


def test_a_second_signature_replaces_the_first(reader: Reader, folder: Path, tmp_path: Path) -> None:
    start(reader, folder, tmp_path / "out")
    signed = sign(reader, "case-a", 3)
    start(reader, folder, tmp_path / "out")
    reader.enter(signed.model_copy(update={"status": ReportStatus.NEEDS_REVIEW}))
    asked = start(reader, folder, tmp_path / "out")
    assert (asked.updated, asked.waiting, table(asked)["a.png"]["status"]) == (1, 1, "needs_review")
    sign(reader, "case-a", 1, day=2)
    again = start(reader, folder, tmp_path / "out")
    assert (again.updated, table(again)["a.png"]["reviewed_grade"]) == (1, "1")


def test_a_report_that_was_signed_while_its_row_was_written_is_followed_at_the_next_start(
    reader: Reader, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = reader.write

    def signed_meanwhile(report: Report, out: Path) -> None:
        write(report, out)
        if report.case == "case-a":
            sign(reader, "case-a", 2)

    monkeypatch.setattr(reader, "write", signed_meanwhile)
    assert table(start(reader, folder, tmp_path / "out"))["a.png"]["status"] == "needs_review"
    monkeypatch.undo()
    assert table(start(reader, folder, tmp_path / "out"))["a.png"]["reviewed_grade"] == "2"


def test_what_was_read_again_elsewhere_but_not_signed_is_left_as_it_is(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    start(reader, folder, tmp_path / "out")
    reader.enter(reader.stands["case-a"])
    reader.written.clear()
    assert start(reader, folder, tmp_path / "out").updated == 0 and reader.written == []


def test_a_purged_case_is_marked_and_not_read_again_whatever_else_changed(
    reader: Reader, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    start(reader, folder, out)
    reader.purge("case-a")
    reader.seen.clear()
    summary = start(reader, folder, out)
    row = table(summary)["a.png"]
    assert (summary.read, summary.skipped, summary.purged, summary.waiting, summary.failed) == (0, 1, 1, 0, 0)
    assert (row["status"], row["case"], row["needs_review"], row["grade"]) == ("purged", "case-a", "", "")
    assert "purge" in row["reason"] and (out / row["report"]).is_file()
    (out / row["report"]).unlink()
    (folder / "a.png").rename(folder / "renamed.png")
    monkeypatch.setattr(batch, "__version__", "99")
    later = start(reader, folder, out)
    assert (later.purged, table(later)["renamed.png"]["status"], reader.seen) == (1, "purged", ["b.png"])
    assert table(later)["renamed.png"]["report"] == ""
    reader.settings = load_settings(home=tmp_path / "other home")
    assert start(reader, folder, out).purged == 1 and "renamed.png" not in reader.seen


def test_a_purged_photograph_that_was_read_anew_on_purpose_has_a_row_again(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    start(reader, folder, tmp_path / "out")
    reader.purge("case-a")
    start(reader, folder, tmp_path / "out")
    reader.enter(reader.reports["a.png"])
    summary = start(reader, folder, tmp_path / "out")
    assert (summary.purged, summary.again, table(summary)["a.png"]["status"]) == (0, 0, "needs_review")


def test_in_another_home_nothing_counts_as_purged_and_it_is_told(reader: Reader, folder: Path, tmp_path: Path) -> None:
    first = start(reader, folder, tmp_path / "out")
    rows = table(first)
    reader.settings, reader.stands = load_settings(home=tmp_path / "other home"), {}
    summary = start(reader, folder, tmp_path / "out")
    assert (summary.skipped, summary.elsewhere, summary.purged, summary.updated) == (2, 2, 0, 0)
    assert table(summary) == rows


def test_rows_from_before_cases_were_kept_are_made_anew_from_their_reports(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    rows = table(start(reader, folder, tmp_path / "out"))
    with closing(sqlite3.connect(tmp_path / "out" / "batch.sqlite")) as ledger, ledger:
        for name in ("case_id", "home", "stood_at"):
            ledger.execute(f"ALTER TABLE rows DROP COLUMN {name}")
        ledger.execute("UPDATE rows SET line = replace(line, ',case-a', ',')")
    reader.seen.clear()
    sign(reader, "case-b", 4)
    summary = start(reader, folder, tmp_path / "out")
    assert (summary.skipped, summary.updated, reader.seen) == (2, 1, [])
    assert table(summary)["a.png"] == rows["a.png"] and table(summary)["b.png"]["reviewed_grade"] == "4"


def test_a_damaged_report_is_read_again(reader: Reader, folder: Path, tmp_path: Path) -> None:
    start(reader, folder, tmp_path / "out")
    sign(reader, "case-a", 3)
    (tmp_path / "out" / "reports" / "a" / "png" / "report.json").write_text("{")
    summary = start(reader, folder, tmp_path / "out")
    assert (summary.read, table(summary)["a.png"]["status"]) == (1, "reviewed")


def test_a_photograph_under_several_names_is_counted(reader: Reader, folder: Path, tmp_path: Path) -> None:
    (folder / "copy.png").write_bytes((folder / "a.png").read_bytes())
    reader.reports["copy.png"] = reader.reports["a.png"]
    summary = start(reader, folder, tmp_path / "out")
    assert (summary.total, summary.repeated, summary.waiting) == (3, 1, 2)
    assert table(summary)["copy.png"]["case"] == table(summary)["a.png"]["case"] == "case-a"
    sign(reader, "case-a", 2)
    assert start(reader, folder, tmp_path / "out").updated == 2


def test_each_photograph_is_in_one_of_the_sums(reader: Reader, folder: Path, tmp_path: Path) -> None:
    start(reader, folder, tmp_path / "out")
    reader.purge("case-a")
    for name in ("c.png", "cut.png"):
        (folder / name).write_bytes(name.encode())
    reader.fault = lambda file: RuntimeError("no such thing") if file.name == "cut.png" else None
    summary = start(reader, folder, tmp_path / "out")
    assert (summary.read, summary.skipped, summary.failed, summary.purged, summary.total) == (1, 1, 1, 1, 4)
