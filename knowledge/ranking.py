"""BM25 scores, reciprocal-rank fusion and the adaptive cut."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .terms import terms


@dataclass(frozen=True)
class Tuning:
    """The constants of retrieval, chosen on the development half of `evals/retrieval`.

    `pool` candidates per method; `rank_constant` of the fusion; the methods' weights; `superseded` multiplies the fused
    score of a superseded source; a passage is kept while its score is at least `keep` of the best one's. `relevance_*`
    are the coefficients of the question's relevance, of which at least `relevant` is asked.
    """

    pool: int = 60
    rank_constant: float = 10.0
    dense_weight: float = 1.0
    lexical_weight: float = 1.0
    superseded: float = 0.8
    keep: float = 0.25
    relevant: float = 0.35


class LexicalIndex:
    """BM25 over texts, by the terms of `terms.py`."""

    def __init__(self, texts: Sequence[str]) -> None:
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)
        self._size = len(texts)
        tokens = [terms(text) for text in texts]
        self.vocabulary: set[str] = {word for words in tokens for word in words}
        self._index = bm25s.BM25(k1=1.2, b=0.6)
        if self.vocabulary:
            self._index.index(tokens, show_progress=False)

    def scores(self, query: str) -> NDArray[np.float32]:
        """The score of every text for a query; zeros where no term is shared."""
        words = [word for word in dict.fromkeys(terms(query)) if word in self.vocabulary]
        if not words:
            return np.zeros(self._size, np.float32)
        return np.asarray(self._index.get_scores(words), np.float32)


def best(scores: NDArray[np.float32], names: Sequence[str], limit: int) -> list[tuple[str, float]]:
    """The names with the highest positive scores, best first, ties by name."""
    count = min(limit, len(scores))
    if not count:
        return []
    chosen = np.argpartition(-scores, count - 1)[:count]
    pairs = [(names[i], round(float(scores[i]), 4)) for i in chosen if scores[i] > 0]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def fuse(
    dense: Sequence[tuple[str, float]], lexical: Sequence[tuple[str, float]], tuning: Tuning
) -> list[tuple[str, float]]:
    """Reciprocal-rank fusion; a passage first in both lists scores 1. Best first, ties by name."""
    total = (tuning.dense_weight + tuning.lexical_weight) / (tuning.rank_constant + 1)
    fused: dict[str, float] = {}
    for ranked, weight in ((dense, tuning.dense_weight), (lexical, tuning.lexical_weight)):
        for rank, (name, _) in enumerate(ranked, start=1):
            fused[name] = fused.get(name, 0.0) + weight / (tuning.rank_constant + rank) / total
    return sorted(((name, round(score, 4)) for name, score in fused.items()), key=lambda pair: (-pair[1], pair[0]))


def adaptive_cut(ranked: Sequence[tuple[str, float]], keep: float, limit: int) -> list[tuple[str, float]]:
    """The leading passages: none scores below `keep` of the first one's score, and at most `limit` come back."""
    if not ranked:
        return []
    floor = keep * ranked[0][1]
    return [pair for pair in ranked[:limit] if pair[1] >= floor]
