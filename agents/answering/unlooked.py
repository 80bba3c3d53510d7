"""What nobody here looked for: said so by name, and never answered with what else was or was not found."""

from __future__ import annotations

import re

from ..routing import route
from ..routing.spelling import corrected
from .asked import Asked, Said, Span, asks_for_literature, clause_spans, without
from .eyes import eyes_named
from .gaps import gap_lines
from .plugged import names_plugged
from .unlooked_names import NAMES

_PLACE = (
    r"(?: (?:in|at|on|of|near|around|within|elsewhere in) (?:the )?(?:optic |central |peripheral )?"
    r"(?:dis[ck]|macula|fovea|retina|periphery|vitreous|arcades?|nerve)\b)?"
)
"""Where a question looks for it, which no more answers it than what it looks for."""
_PATTERNS = {name: re.compile(rf"\b(?:{spellings}){_PLACE}", re.IGNORECASE) for name, spellings in NAMES.items()}
_ELSEWHERE = ("zoom", "outline", "similar")
"""Intents whose requests may name anything: a place that is pointed at, a case that was kept."""


def unlooked(question: str, asked: Asked) -> Said | None:
    """That nobody looks for the signs and diseases a question names; for those that an expert left out, its reason."""
    settles: list[Span] = []
    named: dict[str, None] = {}
    for begin, end in clause_spans(question):
        clause = question[begin:end]
        found = _found(clause)
        spans = [(begin + start, begin + stop) for _name, (start, stop) in found]
        if not found and (found := _found(corrected(clause))):
            spans = [(begin, end)]
        if found and not _of_something_else(clause) and not names_plugged(clause, asked):
            settles += spans
            named |= dict.fromkeys(name for name, _span in found)
    if not named:
        return None
    return Said("conditions", settles, notes=_lines(list(named), question, asked), answers=False)


def _found(clause: str) -> list[tuple[str, Span]]:
    """The names in a clause with their places; what a longer name holds is not taken for a shorter one."""
    found: list[tuple[str, Span]] = []
    for name, pattern in _PATTERNS.items():
        spans = [match.span() for match in pattern.finditer(clause)]
        found += [(name, span) for span in spans]
        clause = without(clause, spans)
    return found


def _of_something_else(clause: str) -> bool:
    """Whether a clause asks for literature or a picture, and not what is to be seen."""
    wish = route(clause)
    return wish.wants(*_ELSEWHERE) or (asks_for_literature(clause) and wish.wants("literature"))


def _lines(named: list[str], question: str, asked: Asked) -> list[str]:
    eyes = eyes_named(question, asked.report.eyes)
    items = [
        item
        for item in asked.report.not_assessed
        if item.subject.lower() in {name.lower() for name in named} and (item.eye is None or item.eye in eyes)
    ]
    reasoned = {item.subject.lower() for item in items}
    others = [name for name in named if name.lower() not in reasoned]
    return [*(f"Not assessed: {name}; no expert here looks for it." for name in others), *gap_lines(items)]
