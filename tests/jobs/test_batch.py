"""Batch: every photograph once, bad files as rows, and nothing lost when it is killed."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fundoscope import Fundoscope
from fundoscope.errors import BadSetting
from fundoscope.evals.phantom import write_phantom


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder_is_read_once_and_bad_files_are_rows(scope: Fundoscope, tmp_path: Path, phantom_file: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    (folder / "deep").mkdir(parents=True)
    shutil.copy(phantom_file, folder / "deep" / "good.png")
    (folder / "cut.png").write_bytes(phantom_file.read_bytes()[:5000])
    (folder / "notes.txt").write_text("not a photograph")
    first = scope.batch(folder, out)
    assert (first.total, first.read, first.skipped, first.failed) == (2, 1, 0, 1)
    table = {row["file"]: row for row in rows(first.results)}
    assert table["cut.png"]["status"] == "failed" and "truncated" in table["cut.png"]["reason"]
    good = table[str(Path("deep/good.png"))]
    assert good["eye"] == "right" and good["gradable"] == "True"
    assert (out / good["report"]).exists()
    before = first.results.read_bytes()
    second = scope.batch(folder, out)
    assert (second.read, second.skipped, second.failed) == (0, 1, 1)
    assert second.results.read_bytes() == before
    shutil.copy(phantom_file, folder / "cut.png")
    third = scope.batch(folder, out)
    assert (third.read, third.failed) == (1, 0)


def test_a_case_signed_under_its_rows_id_is_brought_up_to_date_and_a_purged_one_is_marked(
    scope: Fundoscope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    write_phantom(folder / "mine.png", seed=31, eye="left", lesions={"HE": 5})
    (first,) = rows(scope.batch(folder, out).results)
    page = (out / first["report"]).with_suffix(".html")
    assert "Dr Example" not in page.read_text()
    scope.review(first["case"], {"signature": "Dr Example", "accept_rest": True, "grades": {"left": 4}})
    monkeypatch.setattr(scope.engine.bench, "consult", lambda *_given: pytest.fail("an expert was asked"))
    summary = scope.batch(folder, out)
    (row,) = rows(summary.results)
    assert (summary.updated, row["status"], row["reviewed_grade"]) == (1, "reviewed", "4")
    assert "Dr Example" in page.read_text() and "Dr Example" in (out / first["report"]).read_text()
    scope.purge(first["case"])
    assert (scope.batch(folder, out).purged, scope.batch(folder, out).read) == (1, 0)


def test_an_empty_folder_is_refused(scope: Fundoscope, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="no photographs"):
        scope.batch(tmp_path, tmp_path / "out")
    with pytest.raises(BadSetting, match="no such folder"):
        scope.batch(tmp_path / "missing", tmp_path / "out")


@pytest.mark.realdata
def test_a_killed_batch_goes_on_where_it_stopped(data_dir: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    sources = [
        *sorted((data_dir / "drive" / "images").glob("*.png"))[:4],
        *sorted((data_dir / "odir5k_subset" / "images").glob("*.jpg"))[:3],
        *sorted((data_dir / "unam_dme_dr" / "images").glob("*.jpg"))[:2],
    ]
    for source in sources:
        shutil.copy(source, folder / source.name)
    (folder / "cut.jpg").write_bytes(sources[-1].read_bytes()[:2000])
    command = [sys.executable, "-m", "fundoscope", "batch", str(folder), "--out", str(out)]
    environment = {**os.environ, "FUNDOSCOPE_HOME": str(tmp_path / "home")}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and not ((out / "results.csv").exists() and len(rows(out / "results.csv")) >= 3):
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = len(rows(out / "results.csv"))
    assert 3 <= done < 10
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 1 and "not read: cut.jpg" in again.stdout
    table = rows(out / "results.csv")
    assert sorted(row["file"] for row in table) == sorted([*(s.name for s in sources), "cut.jpg"])
    assert f"{done} done before" in again.stdout or f"{done + 1} done before" in again.stdout
    assert [row["file"] for row in table if row["status"] == "failed"] == ["cut.jpg"]
