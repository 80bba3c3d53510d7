"""The SDK's part for files: a report in its formats, and its letters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .formats.registry import DEFAULT_FORMATS, Manuscript, parse_formats, render
from .records import Photograph, Report
from .records.files import write_whole

if TYPE_CHECKING:
    from .agents.state import Engine
    from .records.letter import Letter


class Writing(ABC):
    """What writes a report that was read."""

    @property
    @abstractmethod
    def engine(self) -> Engine:
        """Experts, store and planner."""

    def write(
        self, report: Report, out: str | Path, *, stem: str = "report", formats: str | Sequence[str] = DEFAULT_FORMATS
    ) -> list[Path]:
        """Write the report into a folder in these formats, names or a comma list; returns the files' paths in that order.

        Each file appears whole or not at all, none before all are made. Raises BadSetting for an unknown format.
        """
        manuscript = Manuscript(report, self.engine.bench.store, self.photographs(report), stem)
        files = render(manuscript, parse_formats(formats))
        for name, data in files.items():
            write_whole(Path(out) / name, data)
        return [Path(out) / name for name in files]

    def letter(self, report: Report, voice: str = "en-patient") -> Letter:
        """The report told in plain words or another language (`voice_names()` in agents.voices), verified again.

        Raises BadSetting for an unknown voice.
        """
        from .agents.voices import write_letter

        return write_letter(report, voice)

    def write_letter(self, report: Report, voice: str, out: str | Path, *, stem: str = "letter") -> Path:
        """Write `stem.VOICE.html` into a folder, whole or not at all; returns its path."""
        from .formats.letter import render_letter

        path = Path(out) / f"{stem}.{voice}.html"
        write_whole(path, render_letter(self.letter(report, voice)).encode())
        return path

    def photographs(self, report: Report) -> dict[str, Photograph]:
        """The report's photographs that are still decoded in memory, by content hash."""
        shelf = self.engine.shelf
        hashes = [p.sha256 for eye in report.eyes.values() for p in eye.photographs]
        hashes += [comparison.earlier.photograph for comparison in report.comparisons]
        return {sha256: shelf[sha256] for sha256 in hashes if sha256 in shelf}
