"""The SDK's part for files: a report in its formats, its photographs, and its letters."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import BadSetting
from .formats.registry import DEFAULT_FORMATS, Manuscript, parse_formats, render
from .records import Photograph, Report
from .records.files import write_whole
from .sdk_arguments import folder_of, report_of, stem_of
from .sdk_run import run
from .settings import Settings, working_under

if TYPE_CHECKING:
    from .agents.state import Engine
    from .records.letter import Letter


class Writing(ABC):
    """What writes a report that was read."""

    settings: Settings
    session: str

    @property
    @abstractmethod
    def engine(self) -> Engine:
        """Experts, store and planner."""

    def write(
        self, report: Report, out: str | Path, *, stem: str = "report", formats: str | Sequence[str] = DEFAULT_FORMATS
    ) -> list[Path]:
        """Write the report into a folder in these formats, names or a comma list; returns the files' paths in that order.

        Each file appears whole or not at all, none before all are made. Raises BadSetting for an unknown format, a `stem`
        that is no plain file name, or a folder that cannot be written.
        """
        return run(self.awrite(report, out, stem=stem, formats=formats))

    async def awrite(
        self, report: Report, out: str | Path, *, stem: str = "report", formats: str | Sequence[str] = DEFAULT_FORMATS
    ) -> list[Path]:
        """`write`, async."""
        folder, names = folder_of(out), parse_formats(formats)
        stem = stem_of(stem)
        manuscript = Manuscript(report, self.engine.bench.store, await self.aphotographs(report), stem)
        with working_under(self.settings):
            files = await asyncio.to_thread(render, manuscript, names)
        return await asyncio.to_thread(_written, folder, files)

    def letter(self, report: Report, voice: str = "en-patient") -> Letter:
        """The report told in plain words or another language (`voice_names()` in agents.voices), verified again.

        Raises BadSetting for an unknown voice.
        """
        from .agents.voices import write_letter

        return write_letter(report_of(report), voice)

    async def aletter(self, report: Report, voice: str = "en-patient") -> Letter:
        """`letter`, async."""
        return await asyncio.to_thread(self.letter, report, voice)

    def write_letter(self, report: Report, voice: str, out: str | Path, *, stem: str = "letter") -> Path:
        """Write `stem.VOICE.html` into a folder, whole or not at all; returns its path. Raises BadSetting, as `write` does."""
        from .formats.letter import render_letter

        folder, stem = folder_of(out), stem_of(stem)
        page = render_letter(self.letter(report, voice)).encode()
        (path,) = _written(folder, {f"{stem}.{voice}.html": page})
        return path

    async def awrite_letter(self, report: Report, voice: str, out: str | Path, *, stem: str = "letter") -> Path:
        """`write_letter`, async."""
        return await asyncio.to_thread(self.write_letter, report, voice, out, stem=stem)

    def photographs(self, report: Report) -> dict[str, Photograph]:
        """The report's photographs with their pixels, by content hash: from memory, or else from the store.

        Those that are no longer kept are left out. What came as DICOM in this process still names its instance.
        """
        return run(self.aphotographs(report))

    async def aphotographs(self, report: Report) -> dict[str, Photograph]:
        """`photographs`, async."""
        shelf = self.engine.shelf
        hashes = [p.sha256 for eye in report_of(report).eyes.values() for p in eye.photographs]
        hashes += [comparison.earlier.photograph for comparison in report.comparisons]
        found = {sha256: p for sha256 in hashes if (p := shelf.get(sha256)) is not None}
        missing = set(hashes) - set(found)
        earlier = [c.earlier.report for c in report.comparisons if c.earlier.report is not None]
        cases = [report.case, *earlier]
        if missing:
            from .agents.kept import kept_photographs

            back = await kept_photographs(self.settings, self.engine.bench.store, self.session, cases, missing)
            shelf.put(back.values())
            found |= back
        told = self.engine.origins.told
        return {sha256: told(found[sha256], cases) for sha256 in hashes if sha256 in found}


def _written(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write these files, each whole; returns their paths. Raises BadSetting for a folder that cannot be written."""
    try:
        for name, data in files.items():
            write_whole(folder / name, data)
    except OSError as error:
        raise BadSetting(f"{folder}: cannot be written ({error.strerror})") from error
    return [folder / name for name in files]
