"""What the router sees of a text: its MiniLM embedding and its letter sequences, which survive misspelling."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...knowledge.embedder import DIMENSION, default_embedder

BUCKETS = 4096
"""Letter sequences are counted in this many places."""
LENGTH = DIMENSION + BUCKETS
_SEQUENCES = (3, 4, 5)
_LETTERS_WEIGHT = 0.7

Array = NDArray[np.float32]


def normalised(text: str) -> str:
    """Lower case, one space between words, only letters, digits and signs that carry meaning."""
    return re.sub(r"\s+", " ", re.sub(r"[^a-z0-9/%=()<>+' -]+", " ", text.lower())).strip()


def features(texts: Sequence[str]) -> Array:
    """Describe texts whose spelling was mended; returns (len(texts), LENGTH)."""
    plain = [normalised(text) for text in texts]
    return np.concatenate([default_embedder()(plain), np.stack([_letters(text) for text in plain])], axis=1)


def _letters(text: str) -> Array:
    counts = np.zeros(BUCKETS, np.float32)
    for word in re.findall(r"[a-z0-9]+", text):
        padded = f"<{word}>"
        for size in _SEQUENCES:
            for start in range(max(1, len(padded) - size + 1)):
                counts[zlib.crc32(padded[start : start + size].encode()) % BUCKETS] += 1.0
    counts = np.sqrt(counts)
    return counts * np.float32(_LETTERS_WEIGHT / max(1e-6, float(np.linalg.norm(counts))))
