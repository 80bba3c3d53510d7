"""The index of what was read and what was signed, over all sessions of a home: one SQLite row a thread, no person's name."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from ...records import Record, Report
from ...records.files import private_file
from ...records.report import ReportStatus
from ...settings import Settings

_TABLE = (
    "CREATE TABLE IF NOT EXISTS reports (thread TEXT PRIMARY KEY, session TEXT, case_id TEXT, status TEXT, reasons TEXT,"
    " read_at REAL)"
)
_WAIT_SECONDS = 30


class QueuedReport(Record):
    """A report as the queue lists it: `reasons` say why a person should look; `read_at` is in seconds since the epoch."""

    case: str
    session: str
    status: ReportStatus
    reasons: list[str]
    read_at: float

    @property
    def waits(self) -> bool:
        """Whether it needs a person: there is a reason and nobody signed it, an ungradable photograph included."""
        return bool(self.reasons) and self.status is not ReportStatus.REVIEWED


def enter(settings: Settings, session: str, report: Report) -> None:
    """Enter a report as it stands now, in place of what the thread had before."""
    row = (f"{session}:{report.case}", session, report.case, report.status.value, json.dumps(report.review_reasons))
    with _database(settings) as database:
        database.execute("INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?, ?)", (*row, time.time()))


def entries(settings: Settings, case: str | None = None) -> list[QueuedReport]:
    """All reports, or those of one case, the oldest first."""
    with _database(settings) as database:
        rows = database.execute(
            "SELECT case_id, session, status, reasons, read_at FROM reports WHERE ? IN (case_id, '')"
            " ORDER BY read_at, thread",
            (case or "",),
        ).fetchall()
    return [
        QueuedReport(case=case_id, session=session, status=status, reasons=json.loads(reasons), read_at=read_at)
        for case_id, session, status, reasons, read_at in rows
    ]


def forget(settings: Settings, case: str) -> None:
    """Remove a case's rows; nothing of them stays in the file."""
    with _database(settings) as database:
        database.execute("DELETE FROM reports WHERE case_id = ?", (case,))
    with closing(sqlite3.connect(settings.home / "reviews.sqlite", timeout=_WAIT_SECONDS)) as database:
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _database(settings: Settings) -> Iterator[sqlite3.Connection]:
    settings.home.mkdir(parents=True, exist_ok=True)
    file = private_file(settings.home / "reviews.sqlite")
    with closing(sqlite3.connect(file, timeout=_WAIT_SECONDS)) as database:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
            database.execute(f"PRAGMA {pragma}")
        database.execute(_TABLE)
        with database:
            yield database
