"""Spelling: words nobody uses, read as the nearest word of the field or of everyday English."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from ...knowledge.corpus import passages
from ...knowledge.embedder import default_embedder
from .examples import plain_words

SHORTEST = 4
"""Shorter words are left as they are, for they are abbreviations, but for these slips."""
SLIPS = {
    "adn": "and",
    "nad": "and",
    "teh": "the",
    "hte": "the",
    "wat": "what",
    "wen": "when",
    "wot": "what",
    "yuo": "you",
}
FIELD_BONUS = 0.08
"""A word of the field is preferred to an everyday word this much less alike."""
ALIKE = 0.74
"""Words less alike than this (1 less edits over length) are not taken for one another."""


def corrected(text: str) -> str:
    """The text, in lower case, with unknown words replaced by the nearest known ones."""
    return re.sub(r"[a-z]+(?:'[a-z]+)?", lambda match: _nearest(match[0]), text.lower())


@lru_cache(maxsize=4096)
def _nearest(word: str) -> str:
    field, everyday = _words()
    if word in SLIPS:
        return SLIPS[word]
    if len(word) < SHORTEST or "'" in word or word in field or word in everyday:
        return word
    best = [
        (found[1] + bonus, found[0])
        for words, bonus in ((field, FIELD_BONUS), (everyday, 0.0))
        if (found := _closest(word, words)) is not None
    ]
    return max(best)[1] if best else word


def _closest(word: str, words: frozenset[str]) -> tuple[str, float] | None:
    near = [other for other in words if abs(len(other) - len(word)) <= 2]
    found = process.extractOne(word, near, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=ALIKE)
    return None if found is None else (found[0], found[1])


@lru_cache(maxsize=1)
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """The words of the field (examples and corpus) and the whole words the embedder knows."""
    field = set(plain_words())
    for passage in passages():
        field |= set(re.findall(r"[a-z]+", passage.text.lower()))
    return frozenset(field), default_embedder().words()
