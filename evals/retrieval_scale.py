"""Retrieval over 100,000 generated passages: ingest rate, query latency, memory.

The passages are generated sentences of random clinical and common words, and their vectors are random unit vectors around
a few hundred directions, for embedding 100,000 texts would measure MiniLM and not the store; the rate of embedding is
measured apart on a sample. Queries run as users run them, the question's embedding included.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ..knowledge import corpus, library
from ..knowledge.embedder import DIMENSION, default_embedder
from ..knowledge.retrieve import Retriever
from ..settings import Settings
from .peak import peak_bytes
from .retrieval import questions
from .table import Row

PASSAGES, FILES = 100_000, 50
LATENCY_BAR_MS, MEMORY_BAR_GB = 150.0, 2.5
_CENTRES, _WORDS, _QUERIES, _SAMPLE = 400, 45, 100, 128


def evaluate(data: Path | None = None, passages: int = PASSAGES) -> list[Row]:
    """The table for `passages` passages in 50 text files, measured in a process of its own: memory is counted from the
    beginning of one. `data` is not used."""
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        return apart.submit(measure, passages).result()


def measure(passages: int) -> list[Row]:
    """The table, in this process."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home")
        files = _written(Path(folder), passages, rng)
        start = time.perf_counter()
        results = library.add(files, settings, embed=_Vectors(rng))
        ingest = time.perf_counter() - start
        added = sum(result.passages for result in results)
        retriever = Retriever(settings)
        start = time.perf_counter()
        retriever.search("microaneurysms")
        opening = time.perf_counter() - start
        times = []
        for question in questions()[:_QUERIES]:
            start = time.perf_counter()
            retriever.search(question.question)
            times.append(1000 * (time.perf_counter() - start))
    name = f"{added:,} generated passages"
    sample = [corpus.index_text(passage) for passage in corpus.passages()[:_SAMPLE]]
    start = time.perf_counter()
    default_embedder()(sample)
    embedding = time.perf_counter() - start
    return [
        Row(
            "ingest, passages a second", name, added / ingest, note="reading, cutting, SQLite and Chroma; not embedding"
        ),
        Row("embedding, passages a second", f"{_SAMPLE} passages of the corpus", _SAMPLE / embedding),
        Row("first search after opening (s)", name, opening, note="builds the BM25 index"),
        Row("query latency, median (ms)", name, median(times), bar=LATENCY_BAR_MS, lower_is_better=True),
        Row(
            "peak memory (GB)",
            name,
            peak_bytes() / 1e9,
            bar=MEMORY_BAR_GB,
            lower_is_better=True,
            note="ingest included",
        ),
    ]


class _Vectors:
    """Random unit vectors around fixed centres, one for each text."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._centres = rng.standard_normal((_CENTRES, DIMENSION)).astype(np.float32)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        near = self._centres[self._rng.integers(0, _CENTRES, len(texts))]
        vectors = near + self._rng.standard_normal(near.shape).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _written(folder: Path, passages: int, rng: np.random.Generator) -> list[Path]:
    known = sorted({word for passage in corpus.passages() for word in passage.text.lower().split() if word.isalpha()})
    vocabulary = np.array(known + [f"word{number}" for number in range(20_000)])
    weights = 1.0 / np.arange(1, len(vocabulary) + 1)
    weights /= weights.sum()
    files = []
    for number in range(FILES):
        words = rng.choice(vocabulary, (passages // FILES, _WORDS), p=weights)
        path = folder / f"{number:03d}.txt"
        path.write_text("\n\n".join(f"{' '.join(row).capitalize()}." for row in words), encoding="utf-8")
        files.append(path)
    return files
