"""Processes that read a batch side by side: one that is lost takes no other file with it, and rows are those of one process."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from fundoscope import Fundoscope
from fundoscope.errors import BadSetting, FundoscopeError
from fundoscope.evals.phantom import write_phantom
from fundoscope.jobs.reading import Failure
from fundoscope.jobs.workers import started
from fundoscope.records import Report
from fundoscope.settings import load_settings

from .test_batch import rows

FAKE = """
import json, os, sys, time
told = json.loads(sys.stdin.readline())
print("a library says something")
print("fundoscope worker is ready", flush=True)
for line in sys.stdin:
    file, folder = (bytes.fromhex(place).decode() for place in json.loads(line))
    name = os.path.basename(file)
    with open(os.path.dirname(file) + "/seen", "a") as seen:
        seen.write(f"{name} {os.getpid()}\\n")
    if name == "deadly" or name == "unlucky" and not os.path.exists(file + ".again"):
        open(file + ".again", "w").close()
        os._exit(9)
    time.sleep(0.2)
    print(json.dumps({"stopped": "OSError: full"} if name == "full" else {"reason": f"{name}, {told['threads']}", "of_the_file": True}), flush=True)
"""


def read_by(script: str, tmp_path: Path, names: Sequence[str], workers: int) -> list[Report | Failure | BaseException]:
    """What processes that run a script make of files of these names."""

    async def all_of_them() -> list[Report | Failure | BaseException]:
        command = (sys.executable, "-c", script)
        async with started(load_settings(home=tmp_path / "home"), "local", workers, command) as read:
            asked = (read(tmp_path / name, tmp_path / "out") for name in names)
            return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(all_of_them())


def test_a_process_that_is_lost_takes_no_other_file_with_it(tmp_path: Path) -> None:
    names = ["one", "deadly", "two", "unlucky", "three"]
    found = dict(zip(names, read_by(FAKE, tmp_path, names, 2), strict=True))
    share = max(1, (os.cpu_count() or 1) // 2)
    for name in ("one", "two", "three", "unlucky"):
        assert found[name] == Failure(f"{name}, {share}", of_the_file=True)
    lost = found["deadly"]
    assert isinstance(lost, Failure) and "ended from outside" in lost.reason and not lost.of_the_file
    seen = [line.split() for line in (tmp_path / "seen").read_text().splitlines()]
    assert sorted(name for name, _pid in seen) == sorted([*names, "deadly", "unlucky"])
    assert not [pid for _name, pid in seen if Path(f"/proc/{pid}").exists()]


def test_what_every_file_would_meet_ends_the_batch(tmp_path: Path) -> None:
    (told,) = read_by(FAKE, tmp_path, ["full"], 2)
    assert isinstance(told, FundoscopeError) and str(told) == "the batch stopped: OSError: full"


def test_processes_end_when_the_batch_is_left(tmp_path: Path) -> None:
    async def leave() -> None:
        script = FAKE.replace("time.sleep(0.2)", "time.sleep(600)")
        async with started(load_settings(home=tmp_path), "local", 2, (sys.executable, "-c", script)) as read:
            reading = asyncio.create_task(read(tmp_path / "slow", tmp_path))  # type: ignore[arg-type]
            until = time.monotonic() + 30
            while not (tmp_path / "seen").exists() and time.monotonic() < until:
                await asyncio.sleep(0.05)
            reading.cancel()

    asyncio.run(leave())
    pid = (tmp_path / "seen").read_text().split()[1]
    assert not Path(f"/proc/{pid}").exists()


def test_a_reading_that_is_left_answers_for_no_other_file(tmp_path: Path) -> None:
    async def leave_one() -> Report | Failure:
        async with started(load_settings(home=tmp_path), "local", 1, (sys.executable, "-c", FAKE)) as read:
            first = asyncio.create_task(read(tmp_path / "first", tmp_path))  # type: ignore[arg-type]
            until = time.monotonic() + 30
            while not (tmp_path / "seen").exists() and time.monotonic() < until:
                await asyncio.sleep(0.01)
            first.cancel()
            return await read(tmp_path / "second", tmp_path)

    told = asyncio.run(leave_one())
    assert isinstance(told, Failure) and told.reason.startswith("second")


def test_processes_that_cannot_be_started_end_the_batch(tmp_path: Path) -> None:
    (told,) = read_by("raise SystemExit(3)", tmp_path, ["one"], 2)
    assert isinstance(told, FundoscopeError) and "cannot be started" in str(told)


def test_the_folder_one_stands_in_is_no_place_for_modules(
    tmp_path: Path, phantom_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(phantom_file, folder / "one.png")
    (folder / "queue.py").write_text("raise RuntimeError('not meant to be imported')")
    monkeypatch.chdir(folder)
    summary = Fundoscope(home=tmp_path / "home").batch(folder, tmp_path / "out", workers=2)
    assert (summary.read, summary.failed) == (1, 0)


@pytest.mark.parametrize("workers", [0, -1, 65])
def test_a_number_of_processes_that_cannot_be_is_refused(scope: Fundoscope, tmp_path: Path, workers: int) -> None:
    with pytest.raises(BadSetting, match="from 1 to 64"):
        scope.batch(tmp_path, tmp_path / "out", workers=workers)
    assert not (tmp_path / "out").exists()


def test_several_processes_make_the_rows_that_one_makes(tmp_path: Path, phantom_file: Path) -> None:
    folder = tmp_path / "in"
    write_phantom(folder / "left.png", seed=5, eye="left", lesions={"MA": 3})
    shutil.copy(phantom_file, folder / "right.png")
    shutil.copy(phantom_file, folder / "the same.png")
    (folder / "cut.png").write_bytes(phantom_file.read_bytes()[:5000])
    heard: list[str] = []
    one = Fundoscope(home=tmp_path / "one").batch(folder, tmp_path / "out one")
    two = Fundoscope(home=tmp_path / "two").batch(folder, tmp_path / "out two", workers=2, on_file=heard.append)
    assert rows(two.results) == rows(one.results) and len(rows(one.results)) == 4
    assert (two.read, two.failed, two.repeated) == (one.read, one.failed, one.repeated) == (3, 1, 1)
    assert sorted(heard) == sorted(row["file"] for row in rows(one.results))
    for row in rows(two.results):
        if row["report"]:
            same = [(tmp_path / out / row["report"]).with_suffix(".html").exists() for out in ("out one", "out two")]
            assert same == [True, True]
    home = Fundoscope(home=tmp_path / "two")
    assert home.report(rows(two.results)[1]["case"]).case == rows(one.results)[1]["case"]
    again = home.batch(folder, tmp_path / "out two", workers=2)
    assert (again.read, again.skipped, again.failed) == (0, 3, 1)
