"""The whole request in one look: MiniLM with its last two layers tuned, and a probability for each of several intents.

The clauses' classifier takes a request apart; this one sees what the parts make of each other ("no need to look at the
vessels", "what changed since June, vessels too"). The first layers are the published embedder's, which stays as it is for retrieval.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from ...errors import KnowledgeError
from ...knowledge.embedder import LAYERS, default_embedder, encode, one_thread
from .features import normalised
from .intents import NO_WISH, intents

FIRST_TUNED = 4
"""The layers from this one on are tuned."""
SCALE = 5.0
"""Length of the mean state before the classifier."""
PATH = Path(__file__).with_name("whole.safetensors")

Array = NDArray[np.float32]


class Wishes(NamedTuple):
    """`probability` (texts, intents) of each intent, the one without a wish at 0; `place` (texts, intents), the token it comes up at."""

    probability: Array
    place: NDArray[np.int_]


class WholeReader:
    """Reads whole requests; safe to share between threads."""

    def __init__(self, path: Path = PATH) -> None:
        self._weights = {name: value.astype(np.float32) for name, value in load(path.read_bytes()).items()}
        self._columns = [n for n, name in enumerate(intents()) if name != NO_WISH]
        if len(self._columns) != len(self._weights["head.bias"]):
            raise KnowledgeError("the router's weights do not fit its intents; fit them again")

    def __call__(self, texts: Sequence[str]) -> Wishes:
        """Read texts whose spelling was mended."""
        states, mask = default_embedder().states([normalised(text) or "?" for text in texts], FIRST_TUNED)
        weights = self._weights
        with one_thread():
            hidden = encode(weights, range(FIRST_TUNED, LAYERS), states, mask)
            mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
            mean *= np.float32(SCALE) / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
            spots = hidden @ weights["head.token.weight"].T - (1.0 - mask)[:, :, None] * np.float32(1e4)
            highest = spots.max(1)
            logits = mean @ weights["head.mean.weight"].T + weights["head.bias"] + highest
            logits += np.log(np.exp(spots - highest[:, None]).sum(1) / mask.sum(1, keepdims=True))
        probability = np.zeros((len(texts), len(intents())), np.float32)
        probability[:, self._columns] = 1.0 / (1.0 + np.exp(-logits))
        place = np.zeros(probability.shape, int)
        place[:, self._columns] = spots.argmax(1)
        return Wishes(probability, place)
