"""One file of a batch: read, left as it is, brought up to date with its review, or known to be purged."""

from __future__ import annotations

import asyncio
import hashlib
from enum import Enum, auto
from pathlib import Path

from ..errors import BadSetting, UnreadableReport
from ..formats import csv_rows
from ..records import Eye, Report, load_report
from .cases import Cases
from .ledger import PURGED, Entry, Ledger
from .reading import Failure, Read, Reader

_TRY_AGAIN = ""
"""The edition of a row whose failure was not the file's own: the next start reads the file again."""
_WHY_PURGED = "its case was removed by fundoscope purge, and it is not read again"


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
    """Takes the files of a batch and keeps its ledger; `reads` reads one, and `edition` says what reads today."""

    def __init__(self, reader: Reader, reads: Read, out: Path, ledger: Ledger, edition: str) -> None:
        self._reader, self._reads, self._out, self._ledger, self._edition = reader, reads, out, ledger, edition
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
        """Read a file; no report stays of one that cannot be read, but where the next start may read it."""
        read = await self._reads(file, self._out / _place(name))
        if isinstance(read, Failure):
            if read.of_the_file:
                await asyncio.to_thread(_remove_report, self._out / _place(name))
            row = {"file": name, "eye": Eye.UNKNOWN.value, "status": "failed", "reason": read.reason}
            self._ledger.enter(name, content, [row], Entry(True, self._edition if read.of_the_file else _TRY_AGAIN))
            return Outcome.FAILED
        self._ledger.enter(name, content, _rows(read, name), self._cases.entry(read, self._edition))
        again = before is not None and before.edition not in (self._edition, _TRY_AGAIN, PURGED)
        return Outcome.READ_AGAIN if again else Outcome.READ

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
