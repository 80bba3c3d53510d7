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
    {"gradable", "quality_score", "is_fundus"},
    {"possible", "conformal_set", "grade"},
    {"not_fundus", "retake", "fundus_probability"},
    {"not_fundus", "no_grade", "fundus_probability"},
    {"side", "not_located"},
    {"unsure", "conformal_set", "grade", "grade_probability"},
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


_TOPICS = frozenset({"CDR", "SCORE", "REFER", "VESSEL", "SKELETON", "DISC"})


def _parts(tokens: Sequence[Token], n: int) -> bool:
    """Whether a clause may begin here: not between the numbers of a list, nor at "to"."""
    token = tokens[n]
    if token.kind == "BECAUSE":
        return True
    if token.kind != "JOIN" or token.value == "to":
        return False
    around = [t.value for t in (*tokens[n - 1 : n], *tokens[n + 1 : n + 2]) if t.kind == "N"]
    listed = len(around) == 2 and not any(number.decimals or number.unit or number.percent for number in around)
    return not (listed and token.value in ("and", "or", ","))


class _Clauses:
    """Splits concepts at joining words into the fewest stretches that can each be read."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.starts = [0, *(n for n in range(len(tokens)) if n and _parts(tokens, n)), len(tokens)]
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
            if facts is None:
                facts = self._on_the_same_topic(place, stretch)
            if facts is not None:
                rest = self._from(end)
                if rest is not None:
                    named = values(stretch, "E")
                    return [(tuple(named[-1]) if named else (), facts), *rest]
        return None

    def _on_the_same_topic(self, place: int, stretch: Sequence[Token]) -> list[Fact] | None:
        """ "CDR: 0.42 in OD; not assessed in OS": a clause that names no measurement is about the one named before."""
        if not {"E", "N", "NOT_MEASURED", "MORE", "LARGER"} & {token.kind for token in stretch}:
            return None
        kinds = {token.kind for token in stretch}
        exudates = [t for t in self.tokens[: self.starts[place]] if t.kind == "L" and t.value[0] == "EX"]
        if exudates and "FOVEA" in kinds and kinds & {"N", "NOT_MEASURED"}:
            return facts_of([*exudates[-1:], *stretch])
        if kinds & {"MORE", "LARGER"} and "E" not in kinds:
            eyes = [token for token in self.tokens[: self.starts[place]] if token.kind == "E"]
            return facts_of([*eyes[-1:], *stretch])
        topics = [token for token in reversed(self.tokens[: self.starts[place]]) if token.kind in _TOPICS]
        read = (facts_of([topic, *stretch]) for topic in topics[:2])
        return next((facts for facts in read if facts is not None), None)


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
