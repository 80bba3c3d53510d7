"""Search: MiniLM in Chroma and BM25, fused by reciprocal rank, with nothing returned when nothing is relevant."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import BadSetting, KnowledgeError
from ..records.claim import Passage
from ..settings import Settings, default_settings
from . import corpus, store
from .embedder import Embedder, default_embedder
from .ranking import LexicalIndex, Tuning, adaptive_cut, best, diversified, fuse, relevance, signals
from .store import Filters

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection


@dataclass(frozen=True)
class Shelf:
    """The passages that can be searched, with their indexes; replaced as a whole when they change."""

    names: list[str]
    passages: dict[str, Passage]
    lexical: LexicalIndex
    collections: list[Collection]
    outside: Collection


@dataclass(frozen=True)
class Candidates:
    """What each method found for a question, best first, before fusion.

    `outside` is the cosine similarity to the nearest subject that the corpus does not treat.
    """

    dense: list[tuple[str, float]]
    lexical: list[tuple[str, float]]
    outside: float


class Retriever:
    """Searches the shipped corpus. One object may serve many threads."""

    def __init__(self, settings: Settings | None = None, *, tuning: Tuning | None = None) -> None:
        self._settings = settings or default_settings()
        self.tuning = tuning or Tuning()
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None
        self._embedder: Embedder | None = None

    def search(
        self,
        query: str,
        *,
        topics: Iterable[str] | None = None,
        guideline: str | None = None,
        year_from: int | None = None,
        limit: int = 8,
    ) -> list[Passage]:
        """The passages that answer `query`, best first, each with its `score` (0 to 1); [] when nothing is relevant.

        `topics` keeps passages with any of them, `guideline` those that cite that body, `year_from` that year or later.
        """
        if limit < 1:
            raise BadSetting(f"limit {limit}: at least 1 passage must be asked for")
        if not query.strip():
            return []
        filters = Filters(None if topics is None else tuple(topics) or None, guideline, year_from)
        shelf = self._opened()
        found = self.candidates(query, filters)
        if not self.relevant(query, found):
            return []
        ranked = [
            (name, score * (self.tuning.superseded if shelf.passages[name].superseded_by else 1.0))
            for name, score in fuse(found.dense, found.lexical, self.tuning)
        ]
        ranked.sort(key=lambda pair: (-pair[1], pair[0]))
        ranked = diversified(ranked, lambda name: shelf.passages[name].reference, self.tuning.repeated)
        kept = adaptive_cut(ranked, self.tuning.keep, limit)
        return [shelf.passages[name].model_copy(update={"score": round(score, 4)}) for name, score in kept]

    def passage(self, id: str) -> Passage:
        """A passage by its id; raises KnowledgeError when there is none."""
        try:
            return corpus.by_id()[id]
        except KeyError:
            raise KnowledgeError(f"{id}: there is no such passage") from None

    def candidates(self, query: str, filters: Filters | None = None) -> Candidates:
        """The leading passages of each method alone."""
        filters = filters or Filters()
        shelf = self._opened()
        vector = self.embed([query])[0]
        dense: list[tuple[str, float]] = []
        for collection in shelf.collections:
            dense += store.nearest(collection, vector, self.tuning.pool, filters.where())
        dense = [pair for pair in dense if pair[0] in shelf.passages]
        dense.sort(key=lambda pair: (-pair[1], pair[0]))
        scores = shelf.lexical.scores(query)
        if not filters.empty:
            scores = np.where(_allowed(shelf, filters), scores, 0).astype(np.float32)
        outside = store.nearest(shelf.outside, vector, 1)[0][1]
        return Candidates(dense[: self.tuning.pool], best(scores, shelf.names, self.tuning.pool), outside)

    def relevant(self, query: str, found: Candidates) -> bool:
        """Whether anything found bears on the question."""
        return bool(found.dense) and relevance(self.signals(query, found), self.tuning) >= self.tuning.relevant

    def signals(self, query: str, found: Candidates) -> tuple[float, float, float]:
        """What the relevance of a question's candidates is judged by."""
        lexical = self._opened().lexical
        return signals(found.dense, found.lexical, lexical.unknown(query), lexical.scale, found.outside)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of texts, (len(texts), 384)."""
        if self._embedder is None:
            self._embedder = default_embedder()
        return self._embedder(texts)

    def _opened(self) -> Shelf:
        with self._lock:
            if self._shelf is None:
                passages = corpus.passages()
                self._shelf = Shelf(
                    names=[passage.id for passage in passages],
                    passages={passage.id: passage for passage in passages},
                    lexical=LexicalIndex([corpus.lexical_text(passage) for passage in passages]),
                    collections=[store.corpus_collection(self._settings, self.embed)],
                    outside=store.scope_collection(self._settings, self.embed),
                )
            return self._shelf


def _allowed(shelf: Shelf, filters: Filters) -> NDArray[np.bool_]:
    def meets(passage: Passage) -> bool:
        if filters.topics is not None and not set(filters.topics) & set(passage.topics):
            return False
        if filters.guideline is not None and filters.guideline.upper() not in store.guidelines_of(passage):
            return False
        return filters.year_from is None or (passage.year is not None and passage.year >= filters.year_from)

    return np.array([meets(shelf.passages[name]) for name in shelf.names], bool)
