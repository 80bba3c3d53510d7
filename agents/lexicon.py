"""The language of reports: sentence patterns with typed slots, rendered from values and parsed back into them.

A claim's text is a rendering of a pattern. A text that no pattern parses says something this system has no way to
check, so verification calls it unsupported. The patterns themselves are in `agents/patterns/`, one file a subject.
"""

from __future__ import annotations

from .patterns import (
    adequacy,
    comparison,
    conditions,
    disc,
    grade,
    impression,
    landmarks,
    lesions,
    literature,
    macula,
    recommendation,
    regions,
    similar,
    vessels,
)
from .patterns.pattern import Pattern
from .patterns.slots import SLOT_TYPES, Slots, SlotType
from .patterns.words import CONDITION_NAMES, EYE_WORDS, GRADE_NAMES, LESION_NAMES, RETAKE_REASONS, reasons_text

__all__ = [
    "CONDITION_NAMES",
    "EYE_WORDS",
    "GRADE_NAMES",
    "LESION_NAMES",
    "PATTERNS",
    "RETAKE_REASONS",
    "SLOT_TYPES",
    "Pattern",
    "SlotType",
    "Slots",
    "parse",
    "reasons_text",
]

_SUBJECTS = (
    adequacy,
    landmarks,
    vessels,
    lesions,
    grade,
    macula,
    disc,
    conditions,
    comparison,
    impression,
    similar,
    recommendation,
    regions,
    literature,
)
"""In the order in which their patterns are tried; literature last, since any words before a key are of its form."""

PATTERNS: dict[str, Pattern] = {p.id: p for subject in _SUBJECTS for p in subject.PATTERNS}


def parse(text: str) -> tuple[Pattern, Slots] | None:
    """The first pattern that parses a sentence, with its values."""
    for pattern in PATTERNS.values():
        slots = pattern.parse(text)
        if slots is not None:
            return pattern, slots
    return None
