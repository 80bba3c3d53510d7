"""The report as one self-contained HTML page: no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..records import ArtifactStore, Photograph, Report
from . import words
from .overlays import hex_colour
from .registry import Manuscript
from .said import absences, rejected_by_grade
from .view import evidence_views, eye_views
from .visits import CHANGES, comparison_views

_TEMPLATES = Path(__file__).parent / "templates"


def render(manuscript: Manuscript) -> dict[str, bytes]:
    """The page, UTF-8."""
    return {".html": render_html(manuscript.report, manuscript.store, manuscript.photographs).encode()}


def render_html(report: Report, store: ArtifactStore, photographs: Mapping[str, Photograph]) -> str:
    """The page. `store` holds the findings' maps; `photographs` are the decoded ones by content hash.

    A photograph or map that is not at hand is left out and the page says so. All text of the report is data: it is
    escaped, and only web addresses become links.
    """
    for entry in report.evidence:
        if entry.finding is not None:
            entry.finding.use(store)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            status=words.STATUS_WORDS[report.status],
            eyes=eye_views(report, photographs),
            evidence=evidence_views(report),
            visits=comparison_views(report, photographs),
            changes={change.value: shown for change, shown in CHANGES.items()},
            known={entry.id for entry in report.evidence},
            citations={citation.key for citation in report.citations},
            absences=absences(report),
            against=rejected_by_grade(report.review) if report.review is not None else "",
            hex_colour=hex_colour,
            words=words,
        )
    )


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of this package; everything put into them is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["anchor"] = words.anchor
    environment.filters["readable"] = words.readable
    environment.filters["links"] = words.links
    return environment
