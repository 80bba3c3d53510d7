"""A reader for tests of batches: it reads every file into one report, enters it in its home as the graph does, and fails as told."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fundoscope.agents.review import index
from fundoscope.errors import BadSetting
from fundoscope.jobs import batch
from fundoscope.records import Report
from fundoscope.settings import Settings


class Reader:
    """Reads a file into `report`, or into what `reports` has for its name; `stands` is what became of the cases since."""

    session = "local"

    def __init__(self, report: Report, settings: Settings) -> None:
        self.settings = settings
        self.report = report
        self.reports: dict[str, Report] = {}
        self.stands: dict[str, Report] = {}
        self.fault: Callable[[Path], Exception | None] = lambda _file: None
        self.seen: list[str] = []
        self.written: list[Path] = []

    async def aread(self, photographs: Any) -> Report:
        self.seen.append(photographs.name)
        fault = self.fault(photographs)
        if fault is not None:
            raise fault
        read = self.reports.get(photographs.name, self.report)
        return self.enter(self.stands.get(read.case, read))

    async def astanding(self, case: str) -> Report:
        if case not in self.stands:
            raise BadSetting(f"{case} is not known here")
        return self.stands[case]

    def enter(self, report: Report) -> Report:
        """Have the report stand for its case in the home."""
        self.stands[report.case] = report
        index.enter(self.settings, self.session, report)
        return report

    def purge(self, case: str) -> None:
        """Have the home forget a case."""
        del self.stands[case]
        index.forget(self.settings, case)

    def write(self, report: Report, out: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.written.append(out)
        (out / "report.json").write_text(report.model_dump_json())


def start(reader: Reader, folder: Path, out: Path) -> batch.BatchSummary:
    return asyncio.run(batch.run_batch(reader, folder, out))


def table(summary: batch.BatchSummary) -> dict[str, dict[str, str]]:
    with summary.results.open(newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}
