"""The router: a request to its intents, by a linear classifier over each of its clauses. No network, no language model."""

from __future__ import annotations

import threading
from collections.abc import Sequence
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

SURE = 0.6
"""A clause's likeliest intent counts when its probability, helped by the whole request's, reaches this."""
HELP = 0.3
"""How much the whole request's probability of the same intent helps."""
FRAGMENT_WORDS, FRAGMENT_SURE = 2, 0.8
"""A later clause of so few words ("and hypertension") is rarely a wish of its own: it must be as sure as this."""
GOVERNING = frozenset({"literature", "compare", "similar", "explain", "zoom", "outline"})
"""Intents whose wording names a subject that is no wish of its own: a fragment after them goes with them."""


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
        text = corrected(request)
        pieces = clauses(text)
        rows = self.probabilities([text, *pieces])
        return Route(request=request, intents=tuple(decide(rows[0], rows[1:], pieces)))


def decide(whole: NDArray[np.float32], parts: NDArray[np.float32], pieces: Sequence[str]) -> list[Intent]:
    """The intents of a request from the probabilities of the whole (intents,) and of its clauses (clauses, intents)."""
    known = list(intents().values())
    chosen: dict[str, Intent] = {}
    governed = False
    for place, (row, piece) in enumerate(zip(parts, pieces, strict=True)):
        intent = known[int(row.argmax())]
        fragment = place > 0 and len(piece.split()) <= FRAGMENT_WORDS
        if intent.name == NO_WISH or (fragment and (governed or row.max() < FRAGMENT_SURE)):
            continue
        if row.max() + HELP * whole[int(row.argmax())] >= SURE:
            chosen[intent.name] = intent
            governed = intent.name in GOVERNING
    if not chosen:
        likely = parts.max(0) + whole
        likely[list(intents()).index(NO_WISH)] = 0.0
        return [known[int(likely.argmax())]]
    served = [intent for intent in chosen.values() if intent.kind not in ("small_talk", "out_of_scope")]
    return served or list(chosen.values())


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
