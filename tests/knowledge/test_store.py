"""The store is built once, shared by processes that start together, and rebuilt when it is not whole."""

from __future__ import annotations

import subprocess
import sys
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


BUILD = """
import sys
from pathlib import Path
import numpy as np
from fundoscope.knowledge import store
from fundoscope.settings import Settings
embed = lambda texts: np.eye(len(texts), 384, dtype=np.float32) + 0.1
print(store.corpus_collection(Settings(home=Path(sys.argv[1])), embed).count())
"""


def test_two_processes_starting_at_once_build_one_whole_store(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILD, str(tmp_path)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [int(process.communicate(timeout=120)[0]) for process in started] == [len(corpus.passages())] * 2


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


def test_topics_are_asked_for_in_upper_or_lower_case() -> None:
    asked = store.Filters(("DR", "Own"), "ico")
    store.check_filters(asked)
    assert asked.where() == store.Filters(("dr", store.OWN), "ICO").where()


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
