"""BM25 scores, reciprocal-rank fusion and the adaptive cut."""

from __future__ import annotations

import json
import logging
import math
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .terms import terms

_FREQUENCIES = "frequencies.json"


@dataclass(frozen=True)
class Tuning:
    """The constants of retrieval, chosen on the development half of `evals/retrieval` alone.

    `pool` candidates per method; `rank_constant` of the fusion; the methods' weights; `superseded` multiplies the fused
    score of a superseded source, `repeated` that of each further passage of a source; a passage is kept while its score is at least `keep` of the best one's. `relevance`
    are the coefficients (intercept first) of the logistic on `signals`; a question below `relevant` gets no answer.
    """

    pool: int = 60
    rank_constant: float = 5.0
    dense_weight: float = 0.8
    lexical_weight: float = 1.0
    superseded: float = 0.8
    repeated: float = 0.7
    keep: float = 0.4
    relevance: tuple[float, float, float, float] = (-0.24, -4.29, 3.92, 13.13)
    relevant: float = 0.25


class LexicalIndex:
    """BM25 over texts, by the terms of `terms.py`."""

    def __init__(self, texts: Sequence[str]) -> None:
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)
        self.size = len(texts)
        tokens = [terms(text) for text in texts]
        self._frequency = Counter(word for words in tokens for word in set(words))
        self._index = bm25s.BM25(k1=1.2, b=0.6)
        if self._frequency:
            self._index.index(tokens, show_progress=False)

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, as a whole or not at all."""
        temporary = Path(tempfile.mkdtemp(prefix="lexical-", dir=folder.parent))
        self._index.save(temporary)
        (temporary / _FREQUENCIES).write_text(json.dumps(self._frequency), encoding="utf-8")
        try:
            temporary.rename(folder)
        except OSError:
            shutil.rmtree(temporary)

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex | None:
        """The index of `size` texts that was saved in `folder`; None when there is none to be read."""
        import bm25s

        index = cls([])
        try:
            index._frequency = Counter(json.loads((folder / _FREQUENCIES).read_text(encoding="utf-8")))
            index._index = bm25s.BM25.load(folder)
        except (OSError, ValueError):
            return None
        index.size = size
        return index

    def scores(self, query: str) -> NDArray[np.float32]:
        """The score of every text for a query; zeros where no term is shared."""
        words = [word for word in dict.fromkeys(terms(query)) if word in self._frequency]
        if not words:
            return np.zeros(self.size, np.float32)
        return np.asarray(self._index.get_scores(words), np.float32)

    def unknown(self, query: str) -> float:
        """How much of the query's information lies in terms that no text contains, 0 to 1."""
        words = dict.fromkeys(terms(query))
        total = sum(map(self._rarity, words))
        return sum(self._rarity(word) for word in words if word not in self._frequency) / total if total else 1.0

    @property
    def scale(self) -> float:
        """The rarity of a term that no text contains: BM25 scores grow with it as the collection grows."""
        return self._rarity("")

    def _rarity(self, word: str) -> float:
        count = self._frequency.get(word, 0)
        return math.log(1 + (self.size - count + 0.5) / (count + 0.5))


def signals(
    dense: Sequence[tuple[str, float]],
    lexical: Sequence[tuple[str, float]],
    unknown: float,
    scale: float,
    outside: float,
) -> tuple[float, float, float]:
    """What relevance is judged by.

    The share of unknown terms, the best BM25 score by the collection's scale, and by how much the best cosine similarity
    exceeds `outside`, the similarity to the nearest subject that the corpus does not treat.
    """
    return unknown, lexical[0][1] / scale if lexical else 0.0, (dense[0][1] if dense else 0.0) - outside


def relevance(values: Sequence[float], tuning: Tuning) -> float:
    """The probability that the collection answers the question, by the logistic of `tuning`."""
    intercept, *slopes = tuning.relevance
    return 1.0 / (1.0 + math.exp(-intercept - sum(a * b for a, b in zip(slopes, values, strict=True))))


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


def diversified(
    ranked: Sequence[tuple[str, float]], source_of: Callable[[str], str], repeated: float
) -> list[tuple[str, float]]:
    """Each further passage of the same source counts `repeated` times the last, so that several sources are heard."""
    seen: Counter[str] = Counter()
    weighed: list[tuple[str, float]] = []
    for name, score in ranked:
        source = source_of(name)
        weighed.append((name, score * repeated ** seen[source]))
        seen[source] += 1
    return sorted(weighed, key=lambda pair: (-pair[1], pair[0]))


def adaptive_cut(ranked: Sequence[tuple[str, float]], keep: float, limit: int) -> list[tuple[str, float]]:
    """The leading passages: none scores below `keep` of the first one's score, and at most `limit` come back."""
    if not ranked:
        return []
    floor = keep * ranked[0][1]
    return [pair for pair in ranked[:limit] if pair[1] >= floor]
