"""Batch review: every photograph of a folder once, one row an eye, nothing lost when it is killed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from .. import __version__
from ..errors import FundoscopeError, UnreadableImage
from ..experts import expert_names, load_card
from ..formats import csv_rows
from ..records import Eye, Report
from ..records.files import check_writable, plain_name, write_whole
from ..settings import Settings
from .folder import photographs_in
from .ledger import Entry, Ledger

logger = logging.getLogger(__name__)
_TRY_AGAIN = ""
"""The edition of a row whose failure was not the file's own: the next start reads the file again."""


class Reader(Protocol):
    """What a batch needs of the SDK."""

    settings: Settings

    async def aread(self, photographs: Any) -> Report:
        """Read one photograph into a report."""

    def write(self, report: Report, out: Path) -> Any:
        """Write the report's files into a folder."""


@dataclass(frozen=True)
class BatchSummary:
    """What a batch did: photographs in all, read now, done before, and files that could not be read.

    `again` of those read now had been read by another version or with other weights. `failures` holds the reason of each
    file that could not be read, `others` counts the files that are no photographs, and `unseen` has a line for each
    folder, link or file that could not be looked at.
    """

    total: int
    read: int
    skipped: int
    failed: int
    results: Path
    again: int = 0
    failures: Mapping[str, str] = field(default_factory=dict)
    others: int = 0
    unseen: tuple[str, ...] = ()


async def run_batch(
    reader: Reader, folder: Path, out: Path, on_file: Callable[[str], None] | None = None
) -> BatchSummary:
    """Read each photograph under `folder`; write `results.csv` and a report folder per photograph under `out`.

    A file that cannot be read is a row with its reason. Raises BadSetting when `folder` is not a folder or holds nothing,
    and when `out` cannot be written or holds the results of another folder.
    """
    found = await asyncio.to_thread(photographs_in, folder, out)
    check_writable(out)
    results, today = out / "results.csv", _edition(reader.settings)
    files = {plain_name(file.relative_to(folder)): file for file in found.photographs}
    read = skipped = again = 0
    with closing(Ledger(out / "batch.sqlite")) as ledger:
        ledger.belong_to(folder)
        _write_results(results, ledger, set(files))
        for name, file in files.items():
            content = await asyncio.to_thread(_content, file)
            entry = ledger.entry(name, content)
            if entry and entry.edition == today and (entry.failed or (out / _place(name) / "report.json").is_file()):
                skipped += 1
            else:
                again += entry is not None and entry.edition not in (today, _TRY_AGAIN)
                rows, entry = await _read_one(reader, file, name, out, today)
                ledger.enter(name, content, rows, entry)
                read += 1
                _write_results(results, ledger, set(files))
            if on_file is not None:
                on_file(name)
        failures = ledger.failures(set(files))
    return BatchSummary(
        len(files), read, skipped, len(failures), results, again, failures, found.others, tuple(found.unseen)
    )


def _edition(settings: Settings) -> str:
    """What reads: the version of the package, and a hash of the experts' versions and weights."""
    cards = [load_card(name, settings) for name in expert_names(settings)]
    told = "\n".join(f"{card.name} {card.version} {card.weights_sha256}" for card in cards)
    return f"{__version__} {hashlib.sha256(told.encode()).hexdigest()[:16]}"


def _place(name: str) -> Path:
    """The report's folder under `out`."""
    return Path("reports") / Path(name).with_suffix("") / Path(name).suffix.lstrip(".")


def _content(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _write_results(path: Path, ledger: Ledger, names: set[str]) -> None:
    write_whole(path, (csv_rows.HEADER + "".join(ledger.lines(names))).encode())


async def _read_one(
    reader: Reader, file: Path, name: str, out: Path, today: str
) -> tuple[list[dict[str, object]], Entry]:
    """The rows of a file, and what the ledger says of it; no report stays of a file that cannot be read."""
    try:
        report = await reader.aread(file)
    except FundoscopeError as error:
        reason = plain_name(str(error).removeprefix(f"{file}: "))
        edition = today if isinstance(error, UnreadableImage) else _TRY_AGAIN
    except (OSError, sqlite3.Error):
        raise  # a full disk or a broken store is no fault of this file, and the next would meet it too
    except Exception as error:
        logger.exception("reading a file failed")  # the row names the file; a name can be a patient's
        reason, edition = (
            f"reading it failed ({type(error).__name__}), a defect of Fundoscope: the log has the traceback",
            _TRY_AGAIN,
        )
    else:
        return await _write_one(reader, report, name, out), Entry(False, today)
    await asyncio.to_thread(_remove_report, out / _place(name))
    return [{"file": name, "eye": Eye.UNKNOWN.value, "status": "failed", "reason": reason}], Entry(True, edition)


async def _write_one(reader: Reader, report: Report, name: str, out: Path) -> list[dict[str, object]]:
    place = _place(name)
    await asyncio.to_thread(reader.write, report, out / place)
    path = (place / "report.json").as_posix()
    return [csv_rows.row(report, eye, name, path) for eye in report.eyes]


def _remove_report(folder: Path) -> None:
    for file in folder.glob("report.*"):
        file.unlink()
