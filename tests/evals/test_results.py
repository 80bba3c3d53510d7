"""Tables that are kept are the tables that were printed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from fundoscope import evals
from fundoscope.cli import app
from fundoscope.errors import FundoscopeError
from fundoscope.evals import run
from fundoscope.evals.results import kept_rows, record, render
from fundoscope.evals.table import Row
from typer.testing import CliRunner

KEPT = Path(evals.__file__).parent
KILLED = """
import os, signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from fundoscope.evals.run import _begin_worker

if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, get_context("spawn"), _begin_worker, (1,))
    print(pool.submit(os.getpid).result(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_page_holds_every_kept_table_with_its_command(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    first = {"one": [Row("Dice", "DRIVE test (20)", 0.8154, (0.8, 0.83), 0.828)], "two": [Row("AUC", "HRF", 0.97)]}
    record(first, "vessels", folder)
    page = record({"three": [Row("error", "x", 0.05, None, 0.1, True, "px")]}, "landmarks", folder).read_text()
    assert "`fundoscope eval vessels`" in page
    assert "| Dice | DRIVE test (20) | 0.815 | 0.800 to 0.830 | >= 0.828 | fail |" in page
    assert "| error (px) | x | 0.050 |  | <= 0.1 | pass |" in page
    assert page.index("landmarks") < page.index("vessels")


def test_recording_into_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "absent" / "deeper"):
        with pytest.raises(FundoscopeError, match="not a folder"):
            record({"m": []}, "m", folder)


def test_the_committed_page_is_made_of_the_committed_tables() -> None:
    assert (KEPT / "RESULTS.md").read_text(encoding="utf-8") == render(KEPT / "results")


def test_the_kept_tables_are_those_of_all() -> None:
    assert {file.stem for file in (KEPT / "results").glob("*.json")} == set(run.evaluations("all", KEPT))


def test_all_is_kept_evaluation_by_evaluation_parts_of_others_once_and_no_module_is_run_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def module(name: str, _package: str) -> SimpleNamespace:
        def evaluate(data: Path | None) -> list[Row]:
            ran.append(name)
            return [Row(f"metric of {name}", "x", 0.5, None, 0.4)]

        return SimpleNamespace(evaluate=evaluate)

    monkeypatch.setattr(run, "import_module", module)
    done = CliRunner().invoke(app, ["eval", "all", "--data", str(tmp_path), "--record", str(tmp_path / "results")])
    assert done.exit_code == 0, done.output
    assert len(ran) == len(set(ran)) and ".registration" in ran
    assert {file.stem for file in (tmp_path / "results").glob("*.json")} == set(run.EVALUATIONS) - {
        "claims",
        "registration",
    }
    assert "metric of .registration" in (tmp_path / "RESULTS.md").read_text()


def test_a_folder_that_cannot_be_is_found_out_before_anything_is_measured(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["eval", "claims", "--record", str(tmp_path / "none" / "results")])
    assert isinstance(done.exception, FundoscopeError) and "not a folder" in str(done.exception)


def test_fewer_than_one_evaluation_at_a_time_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["eval", "all", "--data", str(tmp_path), "--jobs", "0"])
    assert isinstance(done.exception, FundoscopeError) and "--jobs" in str(done.exception)


def test_what_fails_in_one_of_several_processes_is_raised(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"labels\.csv"):
        list(run.run_evaluations(("disc", "region"), tmp_path, jobs=2))


def test_the_processes_of_a_killed_run_end_with_it(tmp_path: Path) -> None:
    (tmp_path / "killed.py").write_text(KILLED)
    command = [sys.executable, tmp_path / "killed.py"]
    # The worker holds the pipe too: it is read to its end, within the time, only where the worker ended.
    killed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
    assert killed.returncode == -signal.SIGKILL and int(killed.stdout) > 0


@pytest.mark.realdata
def test_evaluations_side_by_side_print_the_kept_tables(data_dir: Path) -> None:
    for name, results in run.run_evaluations(("disc", "disc"), data_dir, jobs=2):
        kept = kept_rows(KEPT / "results" / f"{name}.json")
        assert [r.figure for rows in results.values() for r in rows] == pytest.approx(
            [r.figure for r in kept], abs=2e-3
        )


def test_a_mistyped_name_leaves_no_folder(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["eval", "vesels", "--data", str(tmp_path), "--record", str(tmp_path / "results")])
    assert isinstance(done.exception, FundoscopeError) and not (tmp_path / "results").exists()
