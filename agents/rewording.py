"""The report's own sentences on what a model's sentence stands on: offered to the model, or said in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from ..records import Evidence, Eye
from .composing.draft import PlacedClaim
from .lexicon import PATTERNS

MOST_OFFERED = 5
LEAST_ALIKE = 55.0
"""Likeness from which one sentence is said in place of another: 0 to 100 by their words, and more for each number they share."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SHARED_NUMBER = 15.0
"""What a number that both sentences hold adds to their likeness."""


def offered(written: PlacedClaim, own: Iterable[PlacedClaim]) -> list[PlacedClaim]:
    """The built-in sentences on the same evidence and eye, the nearest in words and numbers first."""
    near = sorted(((-_likeness(written, one), n, one) for n, one in enumerate(own) if _on_the_same(written, one)))
    return [one for _, _, one in near[:MOST_OFFERED]]


def instead_of(written: PlacedClaim, own: Iterable[PlacedClaim]) -> PlacedClaim | None:
    """The built-in sentence to say in place of one that failed, or None where none is near enough."""
    nearest = next(iter(offered(written, own)), None)
    return nearest if nearest is not None and _likeness(written, nearest) >= LEAST_ALIKE else None


def quote(entry: Evidence, place: str, eye: Eye | None) -> PlacedClaim:
    """A passage of the ledger as a sentence of its own."""
    assert entry.passage is not None
    slots = {"statement": entry.passage.text, "key": entry.passage.reference}
    claim = PATTERNS["literature"].claim(f"Q-{entry.id}", eye, slots, [entry.id])
    return PlacedClaim(place=place, eye=eye, claim=claim)


def _on_the_same(written: PlacedClaim, one: PlacedClaim) -> bool:
    eyes = {written.claim.eye, one.claim.eye} - {None}
    return len(eyes) < 2 and bool(set(written.claim.evidence) & set(one.claim.evidence))


def _likeness(written: PlacedClaim, one: PlacedClaim) -> float:
    mine, theirs = written.claim.text.lower(), one.claim.text.lower()
    shared = set(_NUMBER.findall(mine)) & set(_NUMBER.findall(theirs))
    return float(fuzz.token_sort_ratio(mine, theirs)) + _SHARED_NUMBER * len(shared)
