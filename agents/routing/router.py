"""The router: a request to its intents, by a linear classifier over each of its clauses. No network, no language model."""

from __future__ import annotations

import threading
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from ...errors import KnowledgeError
from ...records import Record
from .clauses import clauses
from .features import features
from .intents import NO_WISH, WEIGHTS, Intent, intents

SURE = 0.5
"""A clause whose likeliest intent is less probable than this is decided together with the whole request."""


class Route(Record):
    """What a request wants: its intents in the order they come up."""

    request: str
    intents: tuple[Intent, ...]

    @property
    def tools(self) -> frozenset[str]:
        """The tools a reader would consult, beyond triage."""
        return frozenset(tool for intent in self.intents for tool in intent.tools)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of answer wanted, each once."""
        return tuple(dict.fromkeys(intent.kind for intent in self.intents))

    def wants(self, *names: str) -> bool:
        """Whether one of these intents is among them."""
        return any(intent.name in names for intent in self.intents)


class Router:
    """Routes requests; safe to share between threads."""

    def __init__(self) -> None:
        with safe_open(WEIGHTS, framework="numpy") as stored:
            self._weight = stored.get_tensor("weight").astype(np.float32)
            self._bias = stored.get_tensor("bias").astype(np.float32)
        self._intents = list(intents().values())
        if len(self._intents) != len(self._bias):
            raise KnowledgeError("the router's weights do not fit its intents; fit them again")

    def probabilities(self, texts: list[str]) -> NDArray[np.float32]:
        """(len(texts), number of intents), each row sums to 1."""
        scores = features(texts) @ self._weight.T + self._bias
        scores = np.exp(scores - scores.max(1, keepdims=True))
        return scores / scores.sum(1, keepdims=True)

    def route(self, request: str) -> Route:
        """The intents of a request."""
        pieces = clauses(request)
        rows = self.probabilities([request, *pieces])
        whole, parts = rows[0], rows[1:]
        chosen: dict[str, Intent] = {}
        for row in parts:
            if row.max() < SURE:
                row = row * whole
            intent = self._intents[int(row.argmax())]
            chosen[intent.name] = intent
        return Route(request=request, intents=tuple(_settled(chosen, self._intents[int(whole.argmax())])))


def _settled(chosen: dict[str, Intent], of_whole: Intent) -> list[Intent]:
    """Words without a wish drop out beside a wish; courtesy and refusals count only where nothing else is wanted."""
    wishes = [intent for name, intent in chosen.items() if name != NO_WISH] or [of_whole]
    served = [intent for intent in wishes if intent.kind not in ("small_talk", "out_of_scope")]
    return served or wishes


_lock = threading.Lock()


@lru_cache(maxsize=1)
def _loaded() -> Router:
    return Router()


@lru_cache(maxsize=256)
def route(request: str) -> Route:
    """The intents of a request, by this process's router."""
    with _lock:
        router = _loaded()
    return router.route(request)
