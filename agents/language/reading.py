"""A sentence read into facts: split where clauses join, each stretch read whole, eyes carried from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .binding import SILENT, values
from .facts import Fact
from .frames import facts_of
from .tokens import Token, plain, tokens_of

MOST_CHARACTERS = 600
"""Longer sentences are not read."""
MOST_CLAUSES = 14

_REASONED: tuple[set[str], ...] = (
    {"no_grade", "not_gradable", "quality_score"},
    {"worse_eye", "grade"},
    {"exudate_near", "nearest_exudate"},
    {"exudate_far", "nearest_exudate", "lesion_count"},
    {"not_assessed", "not_located"},
    {"lesions_mean", "lesion_count", "lesion_total"},
    {"retake", "not_gradable", "not_fundus", "quality_score"},
    {"gradable", "quality_score"},
)
"""Kinds of fact of which one may be given as the reason of another."""


def facts_in(text: str) -> list[Fact] | None:
    """What a sentence states; None when any of it is outside the lexicon or can be read in no one way. Linear time."""
    if not text or len(text) > MOST_CHARACTERS:
        return None
    normal = plain(text)
    tokens = None if normal is None else tokens_of(normal.rstrip(". "))
    if not tokens:
        return None
    facts = _Clauses(tokens).read()
    if not facts:
        return None
    if any(token.kind == "BECAUSE" for token in tokens):
        kinds = {fact.kind for fact in facts}
        if not any(kinds <= reasoned for reasoned in _REASONED):
            return None
    return facts


class _Clauses:
    """Splits concepts at joining words into the fewest stretches that can each be read."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.starts = [0, *(n for n, t in enumerate(tokens) if n and t.kind in ("JOIN", "BECAUSE")), len(tokens)]
        self.known: dict[int, list[tuple[tuple[str, ...], list[Fact]]] | None] = {}

    def read(self) -> list[Fact] | None:
        if len(self.starts) > MOST_CLAUSES + 1:
            return None
        stretches = self._from(0)
        return None if stretches is None else _with_eyes(stretches)

    def _from(self, place: int) -> list[tuple[tuple[str, ...], list[Fact]]] | None:
        if place == len(self.starts) - 1:
            return []
        if place not in self.known:
            self.known[place] = self._split(place)
        return self.known[place]

    def _split(self, place: int) -> list[tuple[tuple[str, ...], list[Fact]]] | None:
        for end in range(len(self.starts) - 1, place, -1):
            stretch = self.tokens[self.starts[place] : self.starts[end]]
            facts = _stretch_facts(stretch)
            if facts is not None:
                rest = self._from(end)
                if rest is not None:
                    named = values(stretch, "E")
                    return [(tuple(named[-1]) if named else (), facts), *rest]
        return None


def _stretch_facts(stretch: Sequence[Token]) -> list[Fact] | None:
    if all(token.kind in SILENT for token in stretch):
        return []
    return facts_of(stretch)


def _with_eyes(stretches: list[tuple[tuple[str, ...], list[Fact]]]) -> list[Fact]:
    """Facts without an eye are of the eye named before, else of the one named after."""
    made: list[Fact] = []
    for n, (_, facts) in enumerate(stretches):
        before = next((eyes for eyes, _ in reversed(stretches[:n]) if eyes), None)
        after = next((eyes for eyes, _ in stretches[n + 1 :] if eyes), ())
        for fact in facts:
            if fact.eye is not None or fact.kind == "same_grade":
                made.append(fact)
            else:
                made += [replace(fact, eye=eye) for eye in (before or after)] or [fact]
    return made
