"""The index of what was read and what was signed, over all sessions of a home: one SQLite row a thread, no person's name."""

from __future__ import annotations

import json
import secrets
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


def enter(settings: Settings, session: str, report: Report, *, anew: bool = True) -> None:
    """Enter a report as it stands now, in place of what the thread had before; its time too, if it was read or signed `anew`."""
    row = (f"{session}:{report.case}", session, report.case, report.status.value, json.dumps(report.review_reasons))
    with _database(settings) as database:
        database.execute(
            "INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (thread) DO UPDATE SET status = excluded.status,"
            " reasons = excluded.reasons, read_at = iif(?, excluded.read_at, read_at)",
            (*row, time.time(), anew),
        )


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


def standing(settings: Settings, session: str, case: str | None = None) -> dict[str, QueuedReport]:
    """By case, of all or of one, the report that stands for it: the one of this session, or else the latest."""
    own_last = sorted(entries(settings, case), key=lambda entry: entry.session == session)
    return {entry.case: entry for entry in own_last}


def home_id(settings: Settings) -> str:
    """An id of this home's own, drawn once: who wrote it down knows later whether a case is gone or this is another home."""
    with _database(settings) as database:
        database.execute("CREATE TABLE IF NOT EXISTS home (id TEXT NOT NULL)")
        drawn = secrets.token_hex(8)
        database.execute("INSERT INTO home SELECT ? WHERE NOT EXISTS (SELECT 1 FROM home)", (drawn,))
        kept: tuple[str] = database.execute("SELECT id FROM home").fetchone()
    return kept[0]


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
