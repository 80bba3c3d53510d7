"""Batch review: every photograph of a folder once, one row an eye, nothing lost when it is killed."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..errors import BadSetting, FundoscopeError
from ..formats import csv_rows
from ..records import Eye, Report
from ..records.files import write_whole

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".dcm"})


class Reader(Protocol):
    """What a batch needs of the SDK."""

    async def aread(self, photographs: Any) -> Report:
        """Read one photograph into a report."""

    def write(self, report: Report, out: Path) -> Any:
        """Write the report's files into a folder."""


@dataclass(frozen=True)
class BatchSummary:
    """What a batch did: photographs in all, read now, done before, and files that could not be read."""

    total: int
    read: int
    skipped: int
    failed: int
    results: Path


class _Book:
    """The batch's ledger: one SQLite row per file and its content, so that a second start knows what is done."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS rows (file TEXT, content TEXT, eye TEXT, failed INTEGER, line TEXT,"
            " PRIMARY KEY (file, content, eye))"
        )

    def close(self) -> None:
        self._db.close()

    def has(self, file: str, content: str) -> bool:
        found = self._db.execute("SELECT 1 FROM rows WHERE file = ? AND content = ?", (file, content)).fetchone()
        return found is not None

    def enter(self, file: str, content: str, rows: list[dict[str, object]], failed: bool) -> None:
        """Replace what an earlier version of the file left, in one transaction."""
        with self._db:
            self._db.execute("DELETE FROM rows WHERE file = ?", (file,))
            for row in rows:
                line = csv_rows.lines([row])
                self._db.execute(
                    "INSERT INTO rows VALUES (?, ?, ?, ?, ?)", (file, content, row["eye"], int(failed), line)
                )

    def lines(self, files: set[str]) -> Iterator[str]:
        for file, line in self._db.execute("SELECT file, line FROM rows ORDER BY file, eye"):
            if file in files:
                yield csv_rows.whole(line)

    def failures(self) -> int:
        return int(self._db.execute("SELECT COUNT(*) FROM rows WHERE failed = 1").fetchone()[0])


async def run_batch(
    reader: Reader, folder: Path, out: Path, on_file: Callable[[str], None] | None = None
) -> BatchSummary:
    """Read each photograph under `folder`; write `results.csv` and a report folder per photograph under `out`.

    A file that cannot be read is a row with its reason. Raises BadSetting when `folder` is not a folder or holds nothing.
    """
    if not folder.is_dir():
        raise BadSetting(f"{folder}: no such folder")
    files = [f for f in _photographs(folder) if out.resolve() not in f.resolve().parents]
    if not files:
        raise BadSetting(f"{folder}: no photographs ({', '.join(sorted(SUFFIXES))})")
    results = out / "results.csv"
    names = {str(file.relative_to(folder)) for file in files}
    read = skipped = 0
    with closing(_Book(out / "batch.sqlite")) as book:
        for file in files:
            name = str(file.relative_to(folder))
            content = await asyncio.to_thread(_content, file)
            if book.has(name, content):
                skipped += 1
            else:
                rows, failed = await _read_one(reader, file, name, out)
                book.enter(name, content, rows, failed)
                read += 1
                _write_results(results, book, names)
            if on_file is not None:
                on_file(name)
        _write_results(results, book, names)
        return BatchSummary(len(files), read, skipped, book.failures(), results)


def _photographs(folder: Path) -> list[Path]:
    return sorted(f for f in folder.rglob("*") if f.is_file() and f.suffix.lower() in SUFFIXES)


def _content(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _write_results(path: Path, book: _Book, names: set[str]) -> None:
    write_whole(path, (csv_rows.HEADER + "".join(book.lines(names))).encode())


async def _read_one(reader: Reader, file: Path, name: str, out: Path) -> tuple[list[dict[str, object]], bool]:
    try:
        report = await reader.aread(file)
        target = out / "reports" / Path(name).with_suffix("") / Path(name).suffix.lstrip(".")
        await asyncio.to_thread(reader.write, report, target)
    except FundoscopeError as error:
        reason = str(error).removeprefix(f"{file}: ")
        return [{"file": name, "eye": Eye.UNKNOWN.value, "status": "failed", "reason": reason}], True
    path = (target.relative_to(out) / "report.json").as_posix()
    return [csv_rows.row(report, eye, name, path) for eye in report.eyes], False
