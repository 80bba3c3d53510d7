"""Index files of Chroma hold vectors and nothing else that was in memory."""

from __future__ import annotations

from pathlib import Path

import chromadb
import numpy as np
from fundoscope.knowledge.index_files import clear_unused

SIDE = 8


def index_of(folder: Path, vectors: int) -> Path:
    """A folder with one index, as Chroma makes it."""
    store = chromadb.PersistentClient(path=str(folder))
    made = store.create_collection("vectors", embedding_function=None, configuration={"hnsw": {"sync_threshold": 20}})
    rows = np.random.default_rng(0).normal(size=(vectors, SIDE)).astype(np.float32)
    made.add(ids=[f"v{n}" for n in range(vectors)], embeddings=rows)
    made.query(query_embeddings=rows[:1], n_results=1)
    return next(folder.glob("*/data_level0.bin"))


def test_room_that_is_not_filled_is_cleared_and_vectors_stay(tmp_path: Path) -> None:
    file = index_of(tmp_path, 45)
    before = file.read_bytes()
    stray = b"case-0123456789abcdef"
    file.write_bytes(before[: -len(stray)] + stray)
    assert clear_unused(tmp_path) > 0
    after = file.read_bytes()
    assert stray not in after and len(after) == len(before)
    filled = len(after.rstrip(b"\0"))
    assert after[:filled] == before[:filled] and 0 < filled < len(before)
    store = chromadb.PersistentClient(path=str(tmp_path))
    found = store.get_collection("vectors", embedding_function=None)
    rows = np.random.default_rng(0).normal(size=(45, SIDE)).astype(np.float32)
    assert found.query(query_embeddings=rows[7:8], n_results=1)["ids"] == [["v7"]]


def test_a_layout_that_is_not_known_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / "header.bin").write_bytes(b"\x09" * 60)
    (folder / "data_level0.bin").write_bytes(b"something else")
    assert clear_unused(tmp_path) == 0
    assert (folder / "data_level0.bin").read_bytes() == b"something else"
