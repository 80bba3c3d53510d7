"""One file of a batch after the other: read, left as it is, brought up to date with its review, or known to be purged."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sqlite3
from enum import Enum, auto
from pathlib import Path
from typing import Any, Protocol

from ..errors import BadSetting, FundoscopeError, UnreadableImage, UnreadableReport
from ..formats import csv_rows
from ..records import Eye, Report, load_report
from ..records.files import plain_name
from ..settings import Settings
from .cases import Cases
from .ledger import PURGED, Entry, Ledger

logger = logging.getLogger(__name__)
_TRY_AGAIN = ""
"""The edition of a row whose failure was not the file's own: the next start reads the file again."""
_WHY_PURGED = "its case was removed by fundoscope purge, and it is not read again"


class Reader(Protocol):
    """What a batch needs of the SDK."""

    settings: Settings
    session: str

    async def aread(self, photographs: Any) -> Report:
        """Read one photograph into a report."""

    async def astanding(self, case: str) -> Report:
        """The report of a case as it stands, signed or not. Raises BadSetting when the home has not got it."""

    def write(self, report: Report, out: Path) -> Any:
        """Write the report's files into a folder."""


class Outcome(Enum):
    """What was done with a file. ELSEWHERE is done before, into a home that is not this one or lost it."""

    READ = auto()
    READ_AGAIN = auto()
    DONE = auto()
    UPDATED = auto()
    ELSEWHERE = auto()
    FAILED = auto()
    PURGED = auto()


class Taking:
    """Takes a batch's files one by one and keeps its ledger; `edition` says what reads today."""

    def __init__(self, reader: Reader, out: Path, ledger: Ledger, edition: str) -> None:
        self._reader, self._out, self._ledger, self._edition = reader, out, ledger, edition
        self._cases = Cases(reader.settings, reader.session, ledger)

    async def take(self, file: Path, name: str) -> Outcome:
        """Do what is to be done with a file, known by its name under the batch's folder, and enter it in the ledger."""
        content = await asyncio.to_thread(_content, file)
        if case := self._cases.gone(content):
            return self._mark_purged(name, content, case)
        entry = self._ledger.entry(name, content)
        if entry is not None and entry.edition == self._edition:
            if entry.failed:
                return Outcome.FAILED
            if (self._out / _place(name) / "report.json").is_file():
                try:
                    return await self._follow(name, content, entry)
                except UnreadableReport:
                    pass  # what lies there is no report any more
        return await self._read(file, name, content, entry)

    async def _read(self, file: Path, name: str, content: str, before: Entry | None) -> Outcome:
        """Read a file; no report stays of one that cannot be read."""
        try:
            report = await self._reader.aread(file)
        except FundoscopeError as error:
            reason = plain_name(str(error).removeprefix(f"{file}: "))
            edition = self._edition if isinstance(error, UnreadableImage) else _TRY_AGAIN
        except (OSError, sqlite3.Error):
            raise  # a full disk or a broken store is no fault of this file, and the next would meet it too
        except Exception as error:
            logger.exception("reading a file failed")  # the row names the file; a name can be a patient's
            reason, edition = (
                f"reading it failed ({type(error).__name__}), a defect of Fundoscope: the log has the traceback",
                _TRY_AGAIN,
            )
        else:
            await asyncio.to_thread(self._reader.write, report, self._out / _place(name))
            self._ledger.enter(name, content, _rows(report, name), self._cases.entry(report, self._edition))
            again = before is not None and before.edition not in (self._edition, _TRY_AGAIN, PURGED)
            return Outcome.READ_AGAIN if again else Outcome.READ
        await asyncio.to_thread(_remove_report, self._out / _place(name))
        row = {"file": name, "eye": Eye.UNKNOWN.value, "status": "failed", "reason": reason}
        self._ledger.enter(name, content, [row], Entry(True, edition))
        return Outcome.FAILED

    async def _follow(self, name: str, content: str, entry: Entry) -> Outcome:
        """Bring rows and report of a file that was read before to what the home says today. Raises UnreadableReport."""
        place = self._out / _place(name)
        case = entry.case or load_report(place / "report.json").case
        if not self._cases.here(entry, case):
            return Outcome.ELSEWHERE
        if not self._cases.moved(entry):
            return Outcome.DONE
        before = load_report(place / "report.json")
        try:
            stands = await self._reader.astanding(case)
        except BadSetting:
            return Outcome.ELSEWHERE
        changed = (stands.status, stands.review) != (before.status, before.review)
        if changed:
            await asyncio.to_thread(self._reader.write, stands, place)
        rows = _rows(stands if changed else before, name)
        self._ledger.enter(name, content, rows, self._cases.entry(stands, self._edition))
        return Outcome.UPDATED if changed else Outcome.DONE

    def _mark_purged(self, name: str, content: str, case: str) -> Outcome:
        """The row of a photograph whose case was purged has nothing of the reading; a report in the batch's folder stays."""
        path = _place(name) / "report.json"
        report = path.as_posix() if (self._out / path).is_file() else None
        row = {"file": name, "eye": Eye.UNKNOWN.value, "status": "purged", "reason": _WHY_PURGED, "case": case}
        self._ledger.enter(name, content, [{**row, "report": report}], Entry(False, PURGED, case))
        return Outcome.PURGED


def _place(name: str) -> Path:
    """The report's folder under `out`."""
    return Path("reports") / Path(name).with_suffix("") / Path(name).suffix.lstrip(".")


def _content(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _rows(report: Report, name: str) -> list[dict[str, object]]:
    path = (_place(name) / "report.json").as_posix()
    return [csv_rows.row(report, eye, name, path) for eye in report.eyes]


def _remove_report(folder: Path) -> None:
    for file in folder.glob("report.*"):
        file.unlink()
