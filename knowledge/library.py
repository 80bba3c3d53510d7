"""The user's own literature: added by content, replaced when a file changed, removed without a trace.

Documents and passages are kept in SQLite, vectors in Chroma. A source is `adding` until its last vector is written and
`removing` from before its first is deleted; both are swept away by the next change, and search sees neither.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import KnowledgeError
from ..records.claim import Passage
from ..records.files import plain_name, private_file
from ..settings import Settings
from . import references, store
from .embedder import WEIGHTS_SHA256
from .ingest import Document, read_documents
from .ingest.read import SUFFIXES

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

    from .store import Embed

_BATCH = 256
_SCHEMA = """
CREATE TABLE IF NOT EXISTS sources (
    id TEXT PRIMARY KEY, path TEXT NOT NULL, title TEXT NOT NULL, passages INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('adding', 'ready', 'removing'))
);
CREATE TABLE IF NOT EXISTS documents (key TEXT PRIMARY KEY, source TEXT NOT NULL, csl TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, place TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_of_source ON passages (source);
CREATE INDEX IF NOT EXISTS documents_of_source ON documents (source);
"""
Progress = Callable[[Path, int, int], None]
"""Called with the file, the passages done and all its passages."""


@dataclass(frozen=True)
class AddResult:
    """What became of one file; `reason` says why it was refused."""

    path: Path
    status: Literal["added", "replaced", "unchanged", "refused"]
    source: str | None = None
    passages: int = 0
    reason: str | None = None


@dataclass(frozen=True)
class Source:
    """A file of the library."""

    id: str
    path: str
    title: str
    passages: int


def database(settings: Settings) -> Path:
    """Where documents and passages are kept."""
    return settings.home / "knowledge.sqlite"


@contextmanager
def connected(settings: Settings) -> Iterator[sqlite3.Connection]:
    """A connection to the library; changes are kept only by an explicit commit."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(private_file(database(settings)), timeout=60)) as connection:
            connection.executescript(_SCHEMA)
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise KnowledgeError(f"{database(settings)}: the library cannot be used ({error})") from error


def version(settings: Settings) -> int:
    """A number that changes with every change of the library; 0 while there is none."""
    if not database(settings).exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{database(settings).resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as error:
        raise KnowledgeError(f"{database(settings)}: the library cannot be read ({error})") from error


def collection(settings: Settings) -> Collection:
    """The library's vectors."""
    return store.get_or_create(store.client(settings), f"library-{WEIGHTS_SHA256[:16]}")


def add(
    paths: Iterable[str | Path], settings: Settings, progress: Progress | None = None, *, embed: Embed | None = None
) -> list[AddResult]:
    """Add files, and the readable files of folders. A bad file is one result with its reason; the rest goes in."""
    if embed is None:
        from .embedder import default_embedder

        embed = default_embedder()
    results = []
    with store.locked(settings), connected(settings) as connection:
        vectors = collection(settings)
        _sweep(connection, vectors)
        for path in _files(paths):
            try:
                results.append(_add(connection, vectors, path, embed, progress))
            except (KnowledgeError, OSError) as error:
                connection.rollback()
                reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
                results.append(AddResult(path, "refused", reason=reason))
    return results


def remove(id_or_path: str | Path, settings: Settings) -> Source:
    """Remove a source by its id (or the beginning of it) or its path. Raises KnowledgeError when there is none."""
    wanted = str(id_or_path)
    resolved = plain_name(Path(wanted).resolve())
    with store.locked(settings), connected(settings) as connection:
        found = [s for s in _ready(connection) if s.path == resolved or (len(wanted) >= 6 and s.id.startswith(wanted))]
        if len(found) != 1:
            raise KnowledgeError(f"{wanted}: {'no such source' if not found else 'several sources begin so'}")
        connection.execute("UPDATE sources SET status = 'removing' WHERE id = ?", (found[0].id,))
        _commit(connection)
        _sweep(connection, collection(settings))
        return found[0]


def list_sources(settings: Settings) -> list[Source]:
    """The sources that search sees, by path."""
    if not database(settings).exists():
        return []
    with connected(settings) as connection:
        return _ready(connection)


def _ready(connection: sqlite3.Connection) -> list[Source]:
    rows = connection.execute("SELECT id, path, title, passages FROM sources WHERE status = 'ready' ORDER BY path, id")
    return [Source(*row) for row in rows]


def _files(paths: Iterable[str | Path]) -> Iterator[Path]:
    for path in map(Path, paths):
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)
        else:
            yield path


def _add(
    connection: sqlite3.Connection, vectors: Collection, path: Path, embed: Embed, progress: Progress | None
) -> AddResult:
    data = path.read_bytes()
    source, resolved = hashlib.sha256(data).hexdigest()[:16], plain_name(path.resolve())
    known = connection.execute("SELECT passages FROM sources WHERE id = ?", (source,)).fetchone()
    older = connection.execute("SELECT id FROM sources WHERE path = ? AND id != ?", (resolved, source)).fetchall()
    if known is None:
        passages = _passages(source, read_documents(Path(plain_name(path)), data), connection)
        connection.execute(
            "INSERT INTO sources VALUES (?, ?, ?, ?, 'adding')", (source, resolved, passages[0].title, len(passages))
        )
        connection.commit()
        for start in range(0, len(passages), _BATCH):
            part = passages[start : start + _BATCH]
            store.upsert(vectors, part, embed([f"{passage.title}: {passage.text}" for passage in part]))
            if progress is not None:
                progress(path, min(start + _BATCH, len(passages)), len(passages))
    elif not older:
        return AddResult(path, "unchanged", source, known[0])
    connection.execute("UPDATE sources SET status = 'ready', path = ? WHERE id = ?", (resolved, source))
    connection.executemany("UPDATE sources SET status = 'removing' WHERE id = ?", older)
    _commit(connection)
    _sweep(connection, vectors)
    count = connection.execute("SELECT passages FROM sources WHERE id = ?", (source,)).fetchone()[0]
    return AddResult(path, "replaced" if older else "added", source, count)


def _passages(source: str, documents: Sequence[Document], connection: sqlite3.Connection) -> list[Passage]:
    passages = []
    for number, document in enumerate(documents, start=1):
        key = f"user-{source}-{number}"
        item = {"id": key, "type": "document", **document.csl}
        connection.execute("INSERT INTO documents VALUES (?, ?, ?)", (key, source, json.dumps(item)))
        for place, piece in enumerate(document.pieces, start=1):
            passages.append(_passage((f"{key}#{place}", key, piece.text, piece.place), item))
    connection.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?)",
        [(passage.id, source, passage.reference, passage.text, passage.place) for passage in passages],
    )
    return passages


def _passage(row: tuple[str, str, str, str], item: dict[str, Any]) -> Passage:
    id_, key, text, place = row
    return Passage(
        id=id_,
        text=text,
        reference=key,
        references=[key],
        title=str(item.get("title", "untitled")),
        year=references.item_year(item),
        topics=[store.OWN],
        place=place,
    )


def _sweep(connection: sqlite3.Connection, vectors: Collection) -> None:
    """Delete what interrupted additions left and what is to be removed."""
    for (source,) in connection.execute("SELECT id FROM sources WHERE status != 'ready'").fetchall():
        ids = [row[0] for row in connection.execute("SELECT id FROM passages WHERE source = ?", (source,))]
        for start in range(0, len(ids), 1000):
            vectors.delete(ids=ids[start : start + 1000])
        for table, column in (("passages", "source"), ("documents", "source"), ("sources", "id")):
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (source,))
        _commit(connection)


def _commit(connection: sqlite3.Connection) -> None:
    number = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute(f"PRAGMA user_version = {int(number) + 1}")
    connection.commit()


def passages(settings: Settings, ids: Sequence[str]) -> dict[str, Passage]:
    """The passages of `ids` that search sees, by id; their sources can then be cited."""
    found: dict[str, Passage] = {}
    if not ids or not database(settings).exists():
        return found
    with connected(settings) as connection:
        for id_ in ids:
            row = connection.execute(
                "SELECT p.id, p.key, p.text, p.place, d.csl FROM passages p JOIN documents d ON d.key = p.key "
                "JOIN sources s ON s.id = p.source WHERE p.id = ? AND s.status = 'ready'",
                (id_,),
            ).fetchone()
            if row is not None:
                item = json.loads(row[4])
                references.register(item)
                found[id_] = _passage(row[:4], item)
    return found


def years(settings: Settings) -> Iterator[tuple[str, int | None]]:
    """Id and year of every passage that search sees, by id."""
    with connected(settings) as connection:
        of_document = {
            key: references.item_year(json.loads(csl))
            for key, csl in connection.execute("SELECT key, csl FROM documents")
        }
        for id_, key in connection.execute(
            "SELECT p.id, p.key FROM passages p JOIN sources s ON s.id = p.source WHERE s.status = 'ready' ORDER BY p.id"
        ):
            yield id_, of_document[key]


def indexed(settings: Settings) -> Iterator[str]:
    """The text to index of every passage that search sees, in the order of `years`."""
    with connected(settings) as connection:
        items = {key: json.loads(csl) for key, csl in connection.execute("SELECT key, csl FROM documents")}
        for key, text in connection.execute(
            "SELECT p.key, p.text FROM passages p JOIN sources s ON s.id = p.source "
            "WHERE s.status = 'ready' ORDER BY p.id"
        ):
            yield f"{items[key].get('title', '')} {text} {references.item_year(items[key]) or ''}"


def described_source(key: str, settings: Settings) -> dict[str, Any] | None:
    """The CSL-JSON item of a document of the library."""
    if not database(settings).exists():
        return None
    with connected(settings) as connection:
        row = connection.execute("SELECT csl FROM documents WHERE key = ?", (key,)).fetchone()
    return None if row is None else json.loads(row[0])
