"""The report as JSON: the record itself, from which every other format can be made again."""

from __future__ import annotations

from .registry import Manuscript


def render(manuscript: Manuscript) -> dict[str, bytes]:
    """The report as indented JSON, UTF-8."""
    return {".json": (manuscript.report.model_dump_json(indent=2) + "\n").encode()}
