"""Search: MiniLM in Chroma and BM25, fused by reciprocal rank, with nothing returned when nothing is relevant."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import BadSetting, KnowledgeError
from ..records.claim import Passage
from ..settings import Settings, default_settings
from . import corpus, library, store
from .embedder import Embedder, default_embedder
from .ranking import LexicalIndex, Tuning, adaptive_cut, best, diversified, fuse, relevance, signals
from .store import Filters

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection


KEPT_FROM = 2000
"""The lexical index of a library of so many passages is kept on disk: building it takes longer than reading it."""
KEPT_VECTORS = 256
"""Questions whose vectors are kept in memory: most are asked by the same findings again."""


@dataclass(frozen=True)
class Shelf:
    """What can be searched, with its indexes; replaced as a whole when the user's library changes.

    `names` are the passage ids in the order of the lexical index, `years` those of the user's own passages.
    """

    version: int
    names: list[str]
    years: dict[str, int | None]
    lexical: LexicalIndex
    collections: list[Collection]
    outside: Collection

    def holds(self, name: str) -> bool:
        """Whether the passage can be searched."""
        return name in self.years or name in corpus.by_id()

    def superseded(self, name: str) -> bool:
        """Whether the passage's source is superseded."""
        return name in corpus.by_id() and corpus.by_id()[name].superseded_by is not None

    def source(self, name: str) -> str:
        """The key of the passage's source."""
        return corpus.by_id()[name].reference if name in corpus.by_id() else name.rsplit("#", 1)[0]


@dataclass(frozen=True)
class Candidates:
    """What each method found for a question, best first, before fusion.

    `outside` is the cosine similarity to the nearest subject that the corpus does not treat.
    """

    dense: list[tuple[str, float]]
    lexical: list[tuple[str, float]]
    outside: float


class Retriever:
    """Searches the shipped corpus and the user's own library. One object may serve many threads."""

    def __init__(self, settings: Settings | None = None, *, tuning: Tuning | None = None) -> None:
        self._settings = settings or default_settings()
        self.tuning = tuning or Tuning()
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None
        self._embedder: Embedder | None = None
        self._vector = lru_cache(maxsize=KEPT_VECTORS)(lambda query: self.embed([query])[0])

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
            (name, score * (self.tuning.superseded if shelf.superseded(name) else 1.0))
            for name, score in fuse(found.dense, found.lexical, self.tuning)
        ]
        ranked.sort(key=lambda pair: (-pair[1], pair[0]))
        ranked = diversified(ranked, shelf.source, self.tuning.repeated)
        kept = adaptive_cut(ranked, self.tuning.keep, limit)
        own = library.passages(self._settings, [name for name, _ in kept if name in shelf.years])
        known = {**own, **{name: corpus.by_id()[name] for name, _ in kept if name in corpus.by_id()}}
        return [known[name].model_copy(update={"score": round(score, 4)}) for name, score in kept if name in known]

    def passage(self, id: str) -> Passage:
        """A passage by its id; raises KnowledgeError when there is none."""
        found = corpus.by_id().get(id) or library.passages(self._settings, [id]).get(id)
        if found is None:
            raise KnowledgeError(f"{id}: there is no such passage")
        return found

    def candidates(self, query: str, filters: Filters | None = None) -> Candidates:
        """The leading passages of each method alone."""
        filters = filters or Filters()
        shelf = self._opened()
        vector = self._vector(query)
        dense: list[tuple[str, float]] = []
        for collection in shelf.collections:
            dense += store.nearest(collection, vector, self.tuning.pool, filters.where())
        dense = [pair for pair in dense if shelf.holds(pair[0])]
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
            version = self._version()
            while self._shelf is None or self._shelf.version != version:
                self._shelf = self._read(version)
                version = self._version()
            return self._shelf

    def _version(self) -> int:
        """That of the user's library; 0 where there is none, or where it is not to be searched."""
        return library.version(self._settings) if self._settings.own_documents else 0

    def _read(self, version: int) -> Shelf:
        years = dict(library.years(self._settings)) if version else {}
        names = [*corpus.by_id(), *years]
        collections = [store.corpus_collection(self._settings, self.embed)]
        if years:
            collections.append(library.collection(self._settings))
        return Shelf(
            version=version,
            names=names,
            years=years,
            lexical=self._lexical(names, len(years)),
            collections=collections,
            outside=store.scope_collection(self._settings, self.embed),
        )

    def _lexical(self, names: list[str], own: int) -> LexicalIndex:
        """The index over corpus and library; that of a large library is kept, under the hash of its passages' ids."""
        texts = [corpus.lexical_text(passage) for passage in corpus.passages()]
        if own < KEPT_FROM:
            return LexicalIndex([*texts, *library.indexed(self._settings)]) if own else LexicalIndex(texts)
        digest = hashlib.sha256("\n".join([store.version(), *names]).encode()).hexdigest()[:24]
        shelf = self._settings.home / "lexical"
        found = LexicalIndex.load(shelf / digest, len(names))
        if found is None:
            found = LexicalIndex([*texts, *library.indexed(self._settings)])
            if found.size == len(names):
                with store.locked(self._settings):
                    shutil.rmtree(shelf, ignore_errors=True)
                    shelf.mkdir()
                    found.save(shelf / digest)
        return found


def _allowed(shelf: Shelf, filters: Filters) -> NDArray[np.bool_]:
    def meets(name: str) -> bool:
        passage = corpus.by_id().get(name)
        topics, year = (passage.topics, passage.year) if passage else ((store.OWN,), shelf.years[name])
        if filters.topics is not None and not set(filters.topics) & set(topics):
            return False
        if filters.guideline is not None and (
            passage is None or filters.guideline.upper() not in store.guidelines_of(passage)
        ):
            return False
        return filters.year_from is None or (year is not None and year >= filters.year_from)

    return np.array([meets(name) for name in shelf.names], bool)
