"""The shipped corpus's vectors, embedded beforehand so that the first question need not wait for them.

`python -m fundoscope.knowledge.vectors` writes them again after the corpus was edited. They carry the version of corpus
and embedder; vectors of another version are not used, and the corpus is embedded on the spot.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from . import corpus

PATH = Path(__file__).with_name("vectors.safetensors")


def texts_of(kind: str) -> list[str]:
    """What is embedded: `corpus`, the passages, or `scope`, the subjects outside."""
    if kind == "scope":
        return list(corpus.outside_subjects())
    return [corpus.index_text(passage) for passage in corpus.passages()]


def shipped(kind: str, version: str, path: Path = PATH) -> NDArray[np.float32] | None:
    """The shipped vectors of a kind, (count, 384), each of length 1; None when they are not of this version."""
    try:
        with safe_open(path, framework="numpy") as tensors:
            if (tensors.metadata() or {}).get("version") != version:
                return None
            vectors = tensors.get_tensor(kind).astype(np.float32)
    except (OSError, SafetensorError):
        return None
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def write(path: Path = PATH) -> None:
    """Embed corpus and subjects, and write their vectors in half precision."""
    from .embedder import default_embedder
    from .store import version

    tensors = {kind: default_embedder()(texts_of(kind)).astype(np.float16) for kind in ("corpus", "scope")}
    save_file(tensors, path, metadata={"version": version()})


if __name__ == "__main__":
    write()
