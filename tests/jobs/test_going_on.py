"""A second start of a batch: what is done, what is read again, and whose results they are."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fundoscope.errors import BadSetting, StoreBusy, StoreUnreachable, UnreadableImage
from fundoscope.jobs import batch
from fundoscope.settings import load_settings

from .reader import Reader, start, table

OLD_LEDGER = (
    "CREATE TABLE rows (file TEXT, content TEXT, eye TEXT, failed INTEGER, line TEXT, PRIMARY KEY (file, content, eye))"
)


def test_a_defect_met_by_one_file_is_its_row_and_is_tried_again(reader: Reader, folder: Path, tmp_path: Path) -> None:
    reader.fault = lambda file: RuntimeError("no such thing") if file.name == "a.png" else None
    first = start(reader, folder, tmp_path / "out")
    assert (first.read, first.failed) == (1, 1)
    assert "RuntimeError" in first.failures["a.png"] and "\n" not in first.failures["a.png"]
    reader.fault = lambda _file: None
    second = start(reader, folder, tmp_path / "out")
    assert (second.read, second.skipped, second.failed, second.again) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    "fault", [OSError(28, "No space left on device"), StoreUnreachable("the server is gone"), StoreBusy("held")]
)
def test_a_full_disk_or_a_lost_store_ends_the_batch_and_is_no_row(
    reader: Reader, folder: Path, tmp_path: Path, fault: Exception
) -> None:
    reader.fault = lambda _file: fault
    with pytest.raises(type(fault)):
        start(reader, folder, tmp_path / "out")
    reader.fault = lambda _file: None
    assert start(reader, folder, tmp_path / "out").read == 2


def test_a_report_stays_where_the_next_start_may_read_its_file_again(
    reader: Reader, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = table(start(reader, folder, tmp_path / "out"))
    monkeypatch.setattr(batch, "_edition", lambda _settings: "another")
    faults = {"a.png": UnreadableImage("damaged"), "b.png": RuntimeError("a defect")}
    reader.fault = lambda file: faults[file.name]
    assert start(reader, folder, tmp_path / "out").failed == 2
    kept = {name: (tmp_path / "out" / row["report"]).is_file() for name, row in rows.items()}
    assert kept == {"a.png": False, "b.png": True}


def test_a_name_that_is_no_utf8_is_read_and_written_with_escapes(reader: Reader, folder: Path, tmp_path: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9.png")).write_bytes(b"c")
    summary = start(reader, folder, tmp_path / "out")
    row = table(summary)["caf\\udce9.png"]
    assert (tmp_path / "out" / row["report"]).is_file()
    assert start(reader, folder, tmp_path / "out").skipped == 3


def test_the_reason_of_a_file_whose_name_is_no_utf8_does_not_repeat_it(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    (folder / os.fsdecode(b"caf\xe9.png")).write_bytes(b"c")
    reader.fault = lambda file: UnreadableImage(f"{file}: truncated") if file.name not in ("a.png", "b.png") else None
    assert start(reader, folder, tmp_path / "out").failures == {"caf\\udce9.png": "truncated"}


def test_another_folder_is_refused_and_the_first_ones_results_stay(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    first = start(reader, folder, tmp_path / "out").results.read_bytes()
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.png").write_bytes(b"another patient")
    with pytest.raises(BadSetting, match="another --out") as refused:
        start(reader, other, tmp_path / "out")
    assert str(folder) in str(refused.value) and "\n" not in str(refused.value)
    assert (tmp_path / "out" / "results.csv").read_bytes() == first


def test_the_same_folder_by_another_path_goes_on(
    reader: Reader, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(reader, folder, tmp_path / "out")
    (tmp_path / "link").symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    assert start(reader, Path("in"), Path("out")).skipped == 2
    assert start(reader, tmp_path / "link", tmp_path / "out").skipped == 2


def test_a_ledger_of_an_earlier_version_is_taken_over_and_read_again(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    start(reader, folder, tmp_path / "out")
    with closing(sqlite3.connect(tmp_path / "out" / "batch.sqlite")) as ledger, ledger:
        kept = ledger.execute("SELECT file, content, eye, failed, line FROM rows").fetchall()
        ledger.execute("DROP TABLE rows")
        ledger.execute("DROP TABLE source")
        ledger.execute(OLD_LEDGER)
        ledger.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", kept)
    taken = start(reader, folder, tmp_path / "out")
    assert (taken.read, taken.again) == (2, 2)
    assert start(reader, folder, tmp_path / "out").skipped == 2


def test_another_version_reads_again_and_says_so(
    reader: Reader, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(reader, folder, tmp_path / "out")
    monkeypatch.setattr(batch, "__version__", "99")
    summary = start(reader, folder, tmp_path / "out")
    assert (summary.read, summary.skipped, summary.again) == (2, 0, 2)


def test_another_guideline_or_lesion_method_reads_again(reader: Reader, folder: Path, tmp_path: Path) -> None:
    start(reader, folder, tmp_path / "out")
    for settings in ({"guideline": "NICE"}, {"lesion_method": "detector"}, {}):
        reader.settings = load_settings(home=reader.settings.home, **settings)
        assert (start(reader, folder, tmp_path / "out").again, start(reader, folder, tmp_path / "out").skipped) == (
            2,
            2,
        )


def test_a_row_without_its_report_is_not_done(reader: Reader, folder: Path, tmp_path: Path) -> None:
    start(reader, folder, tmp_path / "out")
    (tmp_path / "out" / "reports" / "a" / "png" / "report.json").unlink()
    reader.seen.clear()
    assert start(reader, folder, tmp_path / "out").skipped == 1
    assert reader.seen == ["a.png"]


def test_no_report_stays_of_a_photograph_that_can_no_longer_be_read(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    start(reader, folder, tmp_path / "out")
    (folder / "a.png").write_bytes(b"changed")
    reader.fault = lambda file: UnreadableImage(f"{file}: truncated")
    summary = start(reader, folder, tmp_path / "out")
    assert summary.failures == {"a.png": "truncated"}
    assert [file.parent.parent.name for file in (tmp_path / "out").rglob("report.*")] == ["b"]


def test_what_failed_and_is_no_longer_there_is_not_counted(reader: Reader, folder: Path, tmp_path: Path) -> None:
    reader.fault = lambda file: UnreadableImage(f"{file}: truncated") if file.name == "a.png" else None
    assert start(reader, folder, tmp_path / "out").failed == 1
    (folder / "a.png").unlink()
    assert start(reader, folder, tmp_path / "out").failed == 0


def test_results_that_cannot_be_written_are_noticed_before_anything_is_read(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "spoilt").mkdir()
    (tmp_path / "spoilt" / "batch.sqlite").write_text("no database, however long one looks at it")
    for out in (tmp_path / "file", tmp_path / "file" / "out", tmp_path / "spoilt"):
        with pytest.raises(BadSetting, match="cannot be"):
            start(reader, folder, out)
    assert reader.seen == []
