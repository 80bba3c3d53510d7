"""The store is built once, shared by processes that start together, and rebuilt when it is not whole."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import numpy as np
import pytest
from fundoscope.errors import KnowledgeError
from fundoscope.knowledge import corpus, store, vectors
from fundoscope.knowledge.embedder import default_embedder
from fundoscope.settings import Settings


def cheap(texts: list[str]) -> np.ndarray:
    rng = np.random.default_rng(len(texts))
    vectors = rng.standard_normal((len(texts), 384)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _count(home: str, results: multiprocessing.Queue[int]) -> None:
    results.put(store.corpus_collection(Settings(home=Path(home)), cheap).count())


def test_two_processes_starting_at_once_build_one_whole_store(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    started = [context.Process(target=_count, args=(str(tmp_path), results)) for _ in range(2)]
    for process in started:
        process.start()
    counts = [results.get(timeout=60) for _ in started]
    for process in started:
        process.join()
    assert counts == [len(corpus.passages())] * 2


def test_a_store_that_was_left_half_built_is_built_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    collection = store.corpus_collection(settings, cheap)
    collection.delete(ids=["irma#1"])
    assert store.corpus_collection(settings, cheap).count() == len(corpus.passages())


def test_another_version_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path)
    store.corpus_collection(settings, cheap)
    monkeypatch.setattr(store, "version", lambda: "another")
    store.corpus_collection(settings, cheap)
    assert [collection.name for collection in store.client(settings).list_collections()] == ["corpus-another"]


def test_a_second_start_embeds_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    store.corpus_collection(settings, cheap)

    def fail(texts: list[str]) -> np.ndarray:
        raise AssertionError("embedded again")

    assert store.corpus_collection(settings, fail).count() == len(corpus.passages())


def test_shipped_vectors_are_those_of_this_corpus_and_embedder() -> None:
    found = vectors.shipped("corpus", store.version())
    assert found is not None, "run python -m fundoscope.knowledge.vectors"
    texts = vectors.texts_of("corpus")
    assert len(found) == len(texts)
    np.testing.assert_allclose(found[::40], default_embedder()(texts[::40]), atol=2e-3)


def test_vectors_of_another_version_are_not_used(tmp_path: Path) -> None:
    assert vectors.shipped("corpus", "another") is None
    assert vectors.shipped("corpus", store.version(), tmp_path / "missing.safetensors") is None


def test_a_bad_server_address_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="FUNDOSCOPE_CHROMA_URL"):
        store.client(Settings(home=tmp_path, chroma_url="nonsense"))
    with pytest.raises(KnowledgeError, match="does not answer"):
        store.client(Settings(home=tmp_path, chroma_url="http://127.0.0.1:9"))
