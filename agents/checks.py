"""What each pattern of the lexicon must find in the evidence that a sentence names.

The checks themselves are in `agents/checking/`, one file a subject.
"""

from __future__ import annotations

from .checking import (
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
from .checking.cited import Check, Cited

__all__ = ["CHECKS", "Check", "Cited"]

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

CHECKS: dict[str, tuple[Check, ...]] = {
    name: checks for subject in _SUBJECTS for name, checks in subject.CHECKS.items()
}
