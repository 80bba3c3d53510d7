"""Faults of disk, store and arguments are one line and exit status 2; Ctrl-C is one line and 130."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fundoscope import cli, sdk
from PIL import Image

from .test_cli import run


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that the command ends with."""
    monkeypatch.setattr(sys, "argv", ["fundoscope", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.err.startswith("fundoscope: ") and told.err.count("\n") == 1, told.err
    return told.err


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(28, "No space left on device", "/full/report.json"), "/full/report.json: No space left on device"),
        (PermissionError(13, "Permission denied", "/tmp/.a.1", None, "/closed/a"), "/closed/a: Permission denied"),
        (sqlite3.OperationalError("database or disk is full"), "database or disk is full"),
        (sqlite3.DatabaseError("file is not a database"), "file is not a database"),
    ],
)
def test_a_fault_of_disk_or_store_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: Exception, words: str
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise fault

    monkeypatch.setattr(sdk.Fundoscope, "batch", fail)
    assert words in refused(monkeypatch, capsys, "batch", "in", "--out", "out")


@pytest.mark.parametrize(
    "arguments",
    [
        ("phantom", "phantom"),
        ("phantom", "a.gif"),
        ("phantom", "a.png", "--lesions", "MA=²"),
        ("phantom", "a.png", "--lesions", f"MA={'9' * 5000}"),
        ("phantom", "a.png", "--seed", "-1"),
        ("phantom", "/dev/null/a.png"),
        ("ui", "--port", "0"),
        ("ui", "--port", "99999999999"),
    ],
)
def test_arguments_that_cannot_be_used_are_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(monkeypatch, capsys, *arguments)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "out", "told"),
    [
        (("outline", "{photo}", "--point", "500,500"), "{photo}", "would be written over"),
        (("outline", "{photo}", "--point", "500,500"), "mask.jpg", "ends in .png"),
        (("outline", "{photo}", "--point", "500,500"), "folder.png", "a folder, not a file"),
        (("letter", "{report}"), "{report}", "ends in .html"),
        (("letter", "{page}"), "{page}", "would be written over"),
    ],
)
def test_what_is_read_is_not_written_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, phantom_file: Path,
    command: tuple[str, ...], out: str, told: str,
) -> None:  # fmt: skip
    names = {"photo": tmp_path / "a.png", "report": tmp_path / "report.json", "page": tmp_path / "report.html"}
    shutil.copy(phantom_file, names["photo"])
    (tmp_path / "folder.png").mkdir()
    for name in ("report", "page"):
        names[name].write_text("{}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sdk.Fundoscope, "outline", lambda *_given, **_named: pytest.fail("it was read"))
    before = {path: path.read_bytes() for path in names.values()}
    arguments = [word.format(**names) for word in (*command, "--out", out)]
    assert told in refused(monkeypatch, capsys, *arguments)
    assert before == {path: path.read_bytes() for path in names.values()}


def test_another_cases_files_are_not_mixed_with_this_ones(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, phantom_file: Path
) -> None:
    letter = tmp_path / "letter.en-patient.html"
    letter.write_text("<p>case-0123456789abcdef</p>")
    monkeypatch.setattr(sdk.Fundoscope, "read", lambda *_given, **_named: pytest.fail("it was read"))
    assert "is of another case" in refused(monkeypatch, capsys, "read", str(phantom_file), "--out", str(tmp_path))
    assert list(tmp_path.iterdir()) == [letter]


def test_an_eye_is_not_given_to_a_case_that_was_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--eye goes with photographs" in refused(
        monkeypatch, capsys, "chat", "case-0123456789abcdef", "--eye", "left"
    )


def test_a_mistyped_data_folder_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = refused(monkeypatch, capsys, "eval", "lesions", "--data", str(tmp_path / "dta"))
    assert "dta: there is no such folder of labelled photographs" in told


def test_a_folder_that_cannot_be_written_is_noticed_before_the_reading(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, phantom_file: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(sdk.Fundoscope, "read", lambda *_given, **_named: pytest.fail("it was read"))
    assert "not a folder" in refused(monkeypatch, capsys, "read", str(phantom_file), "--out", str(tmp_path / "file"))


def test_the_status_of_a_batch_says_whether_all_were_read(tmp_path: Path, phantom_file: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(phantom_file, tmp_path / "in" / "a.png")
    (tmp_path / "in" / "notes.txt").write_text("no photograph")
    whole = run("batch", "in", "--out", "out", cwd=tmp_path)
    assert whole.returncode == 0, whole.stderr
    assert whole.stdout.startswith("1 photograph: 1 read now, 0 done before, 0 could not be read; ")
    assert whole.stdout.splitlines()[0].endswith(" need a person; 1 other file")
    (tmp_path / "in" / "cut.png").write_bytes(phantom_file.read_bytes()[:5000])
    (tmp_path / "in" / "gone.png").symlink_to("nothing")
    partly = run("batch", "in", "--out", "out", cwd=tmp_path)
    assert partly.returncode == 1
    assert partly.stdout.startswith("2 photographs: 0 read now, 1 done before, 1 could not be read; ")
    assert "  not read: cut.png: the file is truncated or damaged\n" in partly.stdout
    assert "  not seen: gone.png: a link to nothing\n" in partly.stdout


def test_ctrl_c_during_a_batch_is_one_line_and_the_next_start_goes_on(tmp_path: Path, phantom_file: Path) -> None:
    (tmp_path / "in").mkdir()
    drawn = Image.open(phantom_file)
    for shade, name in enumerate(
        "abc"
    ):  # three pictures: of one and the same the second and third would be read at once
        drawn.putpixel((0, 0), (shade, 0, 0))
        drawn.save(tmp_path / "in" / f"{name}.png")
    command = [sys.executable, "-m", "fundoscope", "batch", "in", "--out", "out"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # ignored where the tests run in the background
    )
    wait_for(lambda: (tmp_path / "out" / "reports" / "a").exists())
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)
    assert (process.returncode, told) == (130, "fundoscope: interrupted\n")
    assert "0 could not be read" in run("batch", "in", "--out", "out", cwd=tmp_path).stdout


def wait_for(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not reached():
        time.sleep(0.02)
