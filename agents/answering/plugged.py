"""What plug-in experts measured: no sentence of the report tells it, so that a question that names it is told the numbers."""

from __future__ import annotations

import re

from ...experts.registry import BUILT_IN, PROMPTED
from ...records import Evidence, Finding, Measurement, Status
from ...records.comparison import COMPARE
from ..intake import INTAKE
from ..lexicon import EYE_WORDS
from .asked import Asked, Said, Span, clause_spans, names_a_subject
from .eyes import eyes_named
from .similar import EXPERT as SIMILAR

_OURS = {*BUILT_IN, *PROMPTED, INTAKE, COMPARE, SIMILAR}


def names_plugged(words: str, asked: Asked) -> bool:
    """Whether words name an expert that is not built in, or something that it measures."""
    return any(_named(words, finding) for _entry, finding in _findings(asked))


def plugged(question: str, asked: Asked) -> Said | None:
    """A line on each measurement that a question names, by its own name or its expert's."""
    eyes = eyes_named(question, asked.report.eyes)
    lines: list[str] = []
    for entry, finding in _findings(asked):
        if entry.eye is None or entry.eye in eyes:
            lines += [_line(entry, finding, measurement) for measurement in _named(question, finding)]
    if not lines:
        return None
    return Said("conditions", _settled(question, asked), notes=lines)


def _settled(question: str, asked: Asked) -> list[Span]:
    """The clauses that name a plug-in and nothing that an expert here reads as well."""
    clauses = [(span, question[slice(*span)]) for span in clause_spans(question)]
    return [span for span, words in clauses if names_plugged(words, asked) and not names_a_subject(words)]


def _findings(asked: Asked) -> list[tuple[Evidence, Finding]]:
    return [(e, e.finding) for e in asked.ledger if e.finding is not None and e.finding.expert not in _OURS]


def _named(words: str, finding: Finding) -> list[Measurement]:
    """The measurements of a finding that words name; all of them where they name the expert alone."""
    own = [measurement for measurement in finding.measurements if _holds(words, measurement.name)]
    return own or (finding.measurements if _holds(words, finding.expert) else [])


def _holds(words: str, name: str) -> bool:
    """Whether words hold a name, written with underscores, hyphens or spaces."""
    parts = [re.escape(part) for part in re.split(r"[_\s-]+", name) if part]
    return bool(parts) and re.search(rf"\b{'[_ -]?'.join(parts)}s?\b", words, re.IGNORECASE) is not None


def _line(entry: Evidence, finding: Finding, measurement: Measurement) -> str:
    eye = "" if entry.eye is None else f" of the {EYE_WORDS[entry.eye]}"
    name = f"{measurement.name.replace('_', ' ')}{eye}"
    if measurement.status is Status.NOT_ASSESSED:
        return f"Not assessed: {name}, because {measurement.reason} ({finding.expert}, {entry.id})."
    unit = f" {measurement.unit}" if measurement.unit else ""
    return f"{entry.id}: the {finding.expert} expert gives {name} as {measurement.value}{unit}."
