"""The router: a request to its intents, by a linear classifier over each of its clauses and a reader of the whole. No network,
no language model."""

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
from .spelling import corrected
from .whole import WholeReader

TRUST, ENOUGH = 0.5, 0.6
"""How much the reader of the whole counts beside the likeliest clause; an intent counts when both together reach this."""


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
        self._whole = WholeReader()
        if len(intents()) != len(self._bias):
            raise KnowledgeError("the router's weights do not fit its intents; fit them again")

    def probabilities(self, texts: list[str]) -> NDArray[np.float32]:
        """(len(texts), number of intents), each row sums to 1."""
        scores = features(texts) @ self._weight.T + self._bias
        scores = np.exp(scores - scores.max(1, keepdims=True))
        return scores / scores.sum(1, keepdims=True)

    def route(self, request: str) -> Route:
        """The intents of a request."""
        text = corrected(request)
        read = self._whole([text])
        chosen = decide(read.probability[0], self.probabilities(clauses(text)))
        known, place = list(intents().values()), read.place[0]
        return Route(request=request, intents=tuple(known[n] for n in sorted(chosen, key=lambda n: int(place[n]))))


def decide(whole: NDArray[np.float32], parts: NDArray[np.float32]) -> list[int]:
    """The numbers of a request's intents, from the probabilities of the whole (intents,) and of its clauses (clauses, intents)."""
    known = list(intents().values())
    score = TRUST * whole + (1.0 - TRUST) * parts.max(0)
    score[list(intents()).index(NO_WISH)] = 0.0
    chosen = [n for n in range(len(known)) if score[n] >= ENOUGH] or [int(score.argmax())]
    return [n for n in chosen if known[n].kind not in ("small_talk", "out_of_scope")] or chosen


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
