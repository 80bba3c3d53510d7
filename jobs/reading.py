"""Reading one file of a batch into its folder: the report, or why there is none."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..errors import FundoscopeError, StoreBusy, StoreUnreachable, UnreadableImage
from ..records import Report
from ..records.files import plain_name
from ..settings import Settings

logger = logging.getLogger(__name__)


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


@dataclass(frozen=True)
class Failure:
    """Why a file has no report; `of_the_file` where no other start would read it either."""

    reason: str
    of_the_file: bool


Read = Callable[[Path, Path], Awaitable[Report | Failure]]
"""Reads a file and writes its report into a folder."""


async def read_into(reader: Reader, file: Path, folder: Path) -> Report | Failure:
    """Read a file and write its report into `folder`. Raises OSError, sqlite3.Error, StoreBusy and StoreUnreachable: a full disk
    or a broken store is no fault of this file, and the next would meet it too."""
    try:
        report = await reader.aread(file)
    except (OSError, sqlite3.Error, StoreBusy, StoreUnreachable):
        raise
    except FundoscopeError as error:
        return Failure(plain_name(str(error).removeprefix(f"{file}: ")), isinstance(error, UnreadableImage))
    except Exception as error:
        logger.exception("reading a file failed")  # the row names the file; a name can be a patient's
        told = f"reading it failed ({type(error).__name__}), a defect of Fundoscope: the log has the traceback"
        return Failure(told, of_the_file=False)
    await asyncio.to_thread(reader.write, report, folder)
    return report
