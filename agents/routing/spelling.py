"""Spelling: words nobody uses, read as the nearest word of the field or of everyday English."""

from __future__ import annotations

import re
from collections import Counter
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
    if word in SLIPS:
        return SLIPS[word]
    if len(word) < SHORTEST or "'" in word or word in _known():
        return word
    best = [
        (found[1] + bonus, found[0])
        for group, bonus in ((0, FIELD_BONUS), (1, 0.0))
        if (found := _closest(word, _about_as_long(len(word))[group])) is not None
    ]
    return max(best)[1] if best else word


def _closest(word: str, words: tuple[str, ...]) -> tuple[str, float] | None:
    found = process.extractOne(word, words, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=ALIKE)
    return None if found is None else (found[0], found[1])


@lru_cache(maxsize=64)
def _about_as_long(length: int) -> tuple[tuple[str, ...], ...]:
    """The words at most two letters shorter or longer: those of the field, the everyday ones."""
    return tuple(tuple(word for word in words if abs(len(word) - length) <= 2) for words in _words())


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(word for words in _words() for word in words)


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of the field (corpus and examples) and the whole words the embedder knows, the common ones first: of words that
    are equally near the first is taken, in every process the same."""
    count = Counter(word for passage in passages() for word in re.findall(r"[a-z]+", passage.text.lower()))
    count.update(plain_words())
    return tuple(sorted(count, key=lambda word: (-count[word], word))), default_embedder().words()
