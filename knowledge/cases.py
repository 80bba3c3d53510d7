"""Similar cases: photographs that the user chose to keep, found again by what the grade expert saw in them.

A kept case is an embedding, the photograph's content hash and its confirmed reading. It stays in the user's folder (or on
the user's Chroma server) and can be removed; nothing is kept that was not asked for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence, Set
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from ..errors import BadSetting, KnowledgeError
from ..records.base import Record
from ..settings import Settings
from . import store
from .index_files import clear_unused

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection


class KeptCase(Record):
    """A kept photograph: `photograph` is its SHA-256, `reading` what was confirmed, `similarity` -1 to 1 in a search.

    `noticed`, when it is kept: what its owner should know of it, a line each; not kept with it.
    """

    id: str
    photograph: str
    reading: dict[str, Any] = Field(default_factory=dict)
    similarity: float | None = None
    noticed: list[str] = Field(default_factory=list)


class SimilarCases:
    """The kept cases of one embedding model: `model` is the weights hash that made the vectors.

    Vectors of different models are never compared.
    """

    def __init__(self, settings: Settings, model: str) -> None:
        if len(model) < 12 or not model.isalnum():
            raise BadSetting(f"model {model!r}: a weights hash is needed")
        self._settings = settings
        self._name = f"cases-{model[:24]}"

    def keep(self, case: KeptCase, embedding: Sequence[float] | np.ndarray) -> None:
        """Keep a case with its embedding (any length, the same for all of a model); the same id replaces."""
        with store.locked(self._settings):
            self._collection().upsert(
                ids=[case.id],
                embeddings=_unit(embedding)[None, :],
                metadatas=[{"photograph": case.photograph, "reading": json.dumps(case.reading, sort_keys=True)}],
            )

    def remove(self, id: str) -> None:
        """Remove a case; raises KnowledgeError when it is not kept."""
        with store.locked(self._settings):
            collection = self._collection()
            if not collection.get(ids=[id])["ids"]:
                raise KnowledgeError(f"{id}: no such case is kept")
            collection.delete(ids=[id])

    def kept(self) -> list[KeptCase]:
        """All kept cases, by id."""
        found = self._collection().get(include=["metadatas"])
        cases = [_case(id_, fields) for id_, fields in zip(found["ids"], found["metadatas"] or [], strict=True)]
        return sorted(cases, key=lambda case: case.id)

    def find(
        self, embedding: Sequence[float] | np.ndarray, *, limit: int = 5, but: str | None = None
    ) -> list[KeptCase]:
        """The kept cases nearest to an embedding, best first; `but` leaves out a photograph by its hash."""
        collection = self._collection()
        count = collection.count()
        if count == 0:
            return []
        where: dict[str, Any] | None = {"photograph": {"$ne": but}} if but else None
        found = collection.query(
            query_embeddings=_unit(embedding)[None, :],
            n_results=min(count, limit + 1),
            where=where,
            include=["metadatas", "distances"],
        )
        rows = zip(found["ids"][0], (found["metadatas"] or [[]])[0], (found["distances"] or [[]])[0], strict=True)
        cases = [
            _case(id_, fields).model_copy(update={"similarity": round(1.0 - float(distance), 5)})
            for id_, fields, distance in rows
        ]
        return sorted(cases, key=lambda case: (-(case.similarity or 0.0), case.id))[:limit]

    def _collection(self) -> Collection:
        return store.get_or_create(store.client(self._settings), self._name)


def forget_photographs(settings: Settings, photographs: Set[str]) -> list[KeptCase]:
    """Remove the kept cases of these photographs (SHA-256), whichever model described them; returns what was removed.

    A collection is written anew without them and the folder's database is packed, so that nothing of them stays in it;
    what stray memory Chroma left in its index files is cleared, whether or not a case was kept.
    On a Chroma server what its own log and free pages hold is the server's.
    """
    if settings.chroma_url is None and not (settings.home / "chroma").is_dir():
        return []
    removed: dict[str, KeptCase] = {}
    with store.locked(settings):
        client = store.client(settings)
        for name in [c.name for c in client.list_collections() if c.name.startswith("cases-")]:
            old = client.get_collection(name, embedding_function=None)
            found = old.get(include=["metadatas", "embeddings"])
            fields, vectors = found["metadatas"] or [], np.asarray(found["embeddings"], np.float32)
            gone = [place for place, of in enumerate(fields) if of["photograph"] in photographs]
            if not gone:
                continue
            removed |= {found["ids"][place]: _case(found["ids"][place], fields[place]) for place in gone}
            stays = [place for place in range(len(fields)) if place not in gone]
            client.delete_collection(name)
            if stays:
                store.get_or_create(client, name).add(
                    ids=[found["ids"][place] for place in stays],
                    embeddings=vectors[stays],
                    metadatas=[fields[place] for place in stays],
                )
        if removed and settings.chroma_url is None:
            store.pack(settings)
        if settings.chroma_url is None:
            clear_unused(settings.home / "chroma")
    return [removed[id_] for id_ in sorted(removed)]


def _case(id_: str, fields: Any) -> KeptCase:
    return KeptCase(id=id_, photograph=fields["photograph"], reading=json.loads(fields["reading"]))


def _unit(embedding: Sequence[float] | np.ndarray) -> np.ndarray:
    vector = np.asarray(embedding, np.float32).reshape(-1)
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length == 0.0:
        raise BadSetting("the embedding of a case must be finite and not zero")
    return vector / length
