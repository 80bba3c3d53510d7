"""A batch's ledger: which folder it reads, and what became of each file, so that a second start knows what is done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from ..errors import BadSetting
from ..formats import csv_rows
from ..records.files import plain_name

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rows (
    file TEXT, content TEXT, eye TEXT, failed INTEGER, line TEXT, edition TEXT, case_id TEXT, home TEXT, stood_at REAL,
    PRIMARY KEY (file, content, eye)
);
CREATE TABLE IF NOT EXISTS source (folder TEXT NOT NULL);
"""
_SINCE = {"edition": "TEXT", "case_id": "TEXT", "home": "TEXT", "stood_at": "REAL"}
"""Columns that ledgers of earlier versions lack."""
PURGED = "purged"
"""The edition of a row that says no more than that its case was purged."""


@dataclass(frozen=True)
class Entry:
    """What the ledger says of a file: whether it could not be read, and the edition that tried; None before there were editions.

    `case` is the id of the report's case and `home` that of the home that keeps it; `stood_at` is when that home entered
    the report that the rows are of, in seconds since the epoch. Each is None where it is not known.
    """

    failed: bool
    edition: str | None
    case: str | None = None
    home: str | None = None
    stood_at: float | None = None


class Ledger:
    """One SQLite row per file, its content and its eye, beside the results."""

    def __init__(self, path: Path) -> None:
        """Open or make it. Raises BadSetting when it cannot be used."""
        self._out = path.parent
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path)
            self._db.executescript(_SCHEMA)
            has = {column[1] for column in self._db.execute("PRAGMA table_info(rows)")}
            for name in _SINCE.keys() - has:
                self._db.execute(f"ALTER TABLE rows ADD COLUMN {name} {_SINCE[name]}")
        except OSError as error:
            raise BadSetting(f"{plain_name(path.parent)}: cannot be written ({error.strerror})") from error
        except sqlite3.Error as error:
            raise BadSetting(f"{plain_name(path)}: the batch's ledger cannot be used ({error})") from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def belong_to(self, folder: Path) -> None:
        """Be the ledger of this folder, by whatever path it is named. Raises BadSetting when it is another's."""
        mine = plain_name(folder.resolve())
        kept = self._db.execute("SELECT folder FROM source").fetchone()
        if kept is None:
            with self._db:
                self._db.execute("INSERT INTO source VALUES (?)", (mine,))
        elif kept[0] != mine:
            raise BadSetting(
                f"{plain_name(self._out)}: it holds the results of {kept[0]}; give {plain_name(folder)} another --out, "
                "or remove what is there to start anew"
            )

    def entry(self, file: str, content: str) -> Entry | None:
        """What became of a file when it had this content; None when it was not seen."""
        found = self._db.execute(
            "SELECT failed, edition, case_id, home, stood_at FROM rows WHERE file = ? AND content = ?", (file, content)
        ).fetchone()
        return None if found is None else Entry(bool(found[0]), *found[1:])

    def enter(self, file: str, content: str, rows: Sequence[Mapping[str, object]], entry: Entry) -> None:
        """Replace what was known of the file, in one transaction."""
        with self._db:
            self._db.execute("DELETE FROM rows WHERE file = ?", (file,))
            self._db.executemany(
                "INSERT INTO rows (file, content, eye, line, failed, edition, case_id, home, stood_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(file, content, row["eye"], csv_rows.lines([row]), *astuple(entry)) for row in rows],
            )

    def cases(self, home: str) -> dict[str, str]:
        """The case of each content that was read into this home or is marked as purged, those of files now gone too."""
        found = self._db.execute(
            "SELECT content, case_id FROM rows WHERE case_id IS NOT NULL AND (home = ? OR edition = ?)", (home, PURGED)
        )
        return dict(found.fetchall())

    def lines(self, files: set[str]) -> Iterator[str]:
        """The lines of these files for `results.csv`, by file and eye."""
        for file, line in self._db.execute("SELECT file, line FROM rows ORDER BY file, eye"):
            if file in files:
                yield csv_rows.whole(line)

    def failures(self, files: set[str]) -> dict[str, str]:
        """Which of these files could not be read, in order, and why."""
        found = self._db.execute("SELECT file, line FROM rows WHERE failed = 1 ORDER BY file")
        return {file: csv_rows.field(line, "reason") for file, line in found if file in files}

    def waiting(self, files: set[str]) -> int:
        """How many of these files need a person, by their rows."""
        found = self._db.execute("SELECT file, line FROM rows WHERE failed = 0")
        return len({file for file, line in found if file in files and csv_rows.field(line, "needs_review") == "True"})

    def repeated(self, files: set[str]) -> int:
        """How many of these files hold a photograph that another of them, counted already, holds too."""
        found = self._db.execute("SELECT DISTINCT file, case_id FROM rows WHERE case_id IS NOT NULL").fetchall()
        cases = [case for file, case in found if file in files]
        return len(cases) - len(set(cases))
