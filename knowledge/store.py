"""The passages' vectors in Chroma: embedded in the user's folder by default, a server by setting.

Chroma never embeds anything here (`embedding_function=None` on creating and on getting); it is handed vectors. The
collection of the shipped corpus is named after the hash of corpus and embedder, so another version never reads it.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from ..errors import BadSetting, KnowledgeError
from ..records.claim import Passage
from ..settings import Settings
from . import corpus, references, vectors
from .embedder import WEIGHTS_SHA256
from .index_files import clear_unused

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
OWN = "own"
"""The topic of the user's own passages: by it they can be asked for alone."""
_BATCH = 1000
_LOCK_SECONDS = 300


@dataclass(frozen=True)
class Filters:
    """What a passage must meet: any of the topics, the guideline, the year or later. None asks nothing.

    Upper and lower case are the same in topics and guidelines.
    """

    topics: tuple[str, ...] | None = None
    guideline: str | None = None
    year_from: int | None = None

    def __post_init__(self) -> None:
        if self.topics is not None:
            object.__setattr__(self, "topics", tuple(topic.lower() for topic in self.topics))

    @property
    def empty(self) -> bool:
        """Whether nothing is asked."""
        return self.topics is None and self.guideline is None and self.year_from is None

    def where(self) -> dict[str, Any] | None:
        """The filter in Chroma's language."""
        parts: list[dict[str, Any]] = []
        if self.topics is not None:
            tags = [{f"topic:{topic}": True} for topic in self.topics]
            parts.append(tags[0] if len(tags) == 1 else {"$or": tags})
        if self.guideline is not None:
            parts.append({f"guideline:{self.guideline.upper()}": True})
        if self.year_from is not None:
            parts.append({"year": {"$gte": self.year_from}})
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else {"$and": parts}


def guidelines_of(passage: Passage) -> set[str]:
    """The guideline bodies whose documents the passage cites."""
    bodies = {passage.guideline} if passage.guideline else set()
    if passage.id in corpus.by_id():
        bodies |= {body for key in passage.references if (body := references.custom(key)["guideline"])}
    return bodies


def check_filters(filters: Filters) -> None:
    """Raises BadSetting for a guideline that no passage cites, and for a topic that none has, with those that come near, or
    else all there are."""
    bodies = {body for passage in corpus.passages() for body in guidelines_of(passage)}
    if filters.guideline is not None and filters.guideline.upper() not in bodies:
        raise BadSetting(f"no passage is of the guideline {filters.guideline!r}; there are {', '.join(sorted(bodies))}")
    topics = {topic for passage in corpus.passages() for topic in passage.topics} | {OWN}
    for topic in filters.topics or ():
        if topic not in topics:
            near = difflib.get_close_matches(topic, sorted(topics), n=5, cutoff=0.4)
            told = f"near it: {', '.join(near)}" if near else f"there are {', '.join(sorted(topics))}"
            raise BadSetting(f"no passage has the topic {topic!r}; {told}")


def metadata_of(passage: Passage) -> dict[str, Any]:
    """The fields of a passage that Chroma filters by."""
    fields: dict[str, Any] = {"reference": passage.reference}
    if passage.year is not None:
        fields["year"] = passage.year
    fields |= {f"guideline:{body}": True for body in guidelines_of(passage)}
    fields |= {f"topic:{topic}": True for topic in passage.topics}
    return fields


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Hold the folder's lock: one process builds, the others wait."""
    from filelock import FileLock, Timeout

    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(settings.home / "knowledge.lock", timeout=_LOCK_SECONDS)
        lock.acquire()
    except Timeout as error:
        raise KnowledgeError(
            f"{settings.home}: another process has been building the passage store for too long"
        ) from error
    except OSError as error:
        raise KnowledgeError(f"{settings.home}: the passage store cannot be written ({error.strerror})") from error
    try:
        yield
    finally:
        lock.release()


def client(settings: Settings) -> ClientAPI:
    """The Chroma client of these settings; raises KnowledgeError when the server does not answer."""
    return _client(str(settings.home / "chroma"), settings.chroma_url)


@lru_cache(maxsize=8)
def _client(folder: str, url: str | None) -> ClientAPI:
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    quiet = ChromaSettings(anonymized_telemetry=False)
    if url is None:
        try:
            return chromadb.PersistentClient(path=folder, settings=quiet)
        except (OSError, ValueError, RuntimeError) as error:
            raise KnowledgeError(f"{folder}: the passage store cannot be opened ({_line(error)}); remove it") from error
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise KnowledgeError(f"FUNDOSCOPE_CHROMA_URL: {url} is not like http://host:8000")
    secure = parts.scheme == "https"
    try:
        return chromadb.HttpClient(
            host=parts.hostname, port=parts.port or (443 if secure else 8000), ssl=secure, settings=quiet
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise KnowledgeError(f"{url}: the Chroma server does not answer ({_line(error)})") from error


def _line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def pack(settings: Settings) -> None:
    """Write the folder's database anew without what was deleted. Raises KnowledgeError when another process uses it."""
    try:
        with closing(sqlite3.connect(settings.home / "chroma" / "chroma.sqlite3", timeout=_LOCK_SECONDS)) as database:
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise KnowledgeError(f"{settings.home}: the store cannot be packed while it is used ({error})") from error


def version() -> str:
    """The version of what is stored: it changes with the corpus and with the embedder."""
    return hashlib.sha256(f"{corpus.corpus_sha256()} {WEIGHTS_SHA256}".encode()).hexdigest()[:24]


def get_or_create(store: ClientAPI, name: str) -> Collection:
    """A collection by cosine distance that embeds nothing itself."""
    return store.get_or_create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 200}}
    )


def corpus_collection(settings: Settings, embed: Embed) -> Collection:
    """The collection of the shipped corpus, built when it is not there, not whole, or of another version."""
    passages = corpus.passages()
    return _built(
        settings, "corpus", len(passages), lambda created: upsert(created, passages, _vectors("corpus", embed))
    )


def scope_collection(settings: Settings, embed: Embed) -> Collection:
    """The collection of the subjects that the corpus does not treat."""
    ids = [f"{number:03d}" for number in range(len(corpus.outside_subjects()))]
    return _built(
        settings, "scope", len(ids), lambda created: created.upsert(ids=ids, embeddings=_vectors("scope", embed))
    )


def _vectors(kind: str, embed: Embed) -> NDArray[np.float32]:
    found = vectors.shipped(kind, version())
    return embed(vectors.texts_of(kind)) if found is None else found


def _built(settings: Settings, kind: str, count: int, fill: Callable[[Collection], None]) -> Collection:
    from chromadb.errors import NotFoundError

    name = f"{kind}-{version()}"
    with locked(settings):
        store = client(settings)
        try:
            found = store.get_collection(name, embedding_function=None)
            if found.count() == count:
                return found
            store.delete_collection(name)
        except NotFoundError:
            pass
        if settings.chroma_url is None:
            for old in store.list_collections():
                if old.name.startswith(f"{kind}-"):
                    store.delete_collection(old.name)
        created = get_or_create(store, name)
        fill(created)
        if settings.chroma_url is None:
            clear_unused(settings.home / "chroma")
        return created


def upsert(collection: Collection, passages: Sequence[Passage], embedded: NDArray[np.float32]) -> None:
    """Write passages with their vectors (len(passages), 384) under their ids."""
    for start in range(0, len(passages), _BATCH):
        part = passages[start : start + _BATCH]
        collection.upsert(
            ids=[passage.id for passage in part],
            embeddings=embedded[start : start + _BATCH],
            metadatas=[metadata_of(passage) for passage in part],
        )


def nearest(
    collection: Collection, vector: NDArray[np.float32], limit: int, where: dict[str, Any] | None = None
) -> list[tuple[str, float]]:
    """The ids of the nearest passages with their cosine similarity, best first, ties by id."""
    found = collection.query(query_embeddings=vector[None, :], n_results=limit, where=where, include=["distances"])
    distances = (found["distances"] or [[]])[0]
    pairs = [(id_, round(1.0 - float(distance), 5)) for id_, distance in zip(found["ids"][0], distances, strict=True)]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
