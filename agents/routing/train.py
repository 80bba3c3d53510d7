"""Fit the router: `python -m fundoscope.agents.routing.train`, seeded.

Learns from the examples and the development requests: a linear classifier of clauses, two minutes on one core, then the
reader of whole requests (`--only` one of the two). The test requests stay out.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from .clauses import clauses
from .examples import examples, misspelt
from .features import LENGTH, features
from .intents import NO_WISH, WEIGHTS, examples_version, intents
from .joined import Wished
from .spelling import corrected
from .tune import tune

REQUESTS = Path(__file__).parents[2] / "evals" / "planning" / "requests.jsonl"

STEPS, RATE, DECAY, BATCH = 800, 0.02, 1e-4, 512
REQUEST_COPIES, REQUEST_WEIGHT = 2, 2.0
"""A labelled request is learnt from as it is and misspelt, each copy weighing so much beside an example."""
HELD_OUT = "g"
"""The batch of requests that is not learnt from: the weight and threshold of the two parts (`router.py`) were chosen on it."""
LEAST_LIKELY = 0.15
"""A clause whose likeliest allowed intent is less probable than this is not learnt from."""

Array = NDArray[np.float32]
Indices = NDArray[np.int_]


def train(labelled: Sequence[Wished], path: Path = WEIGHTS, seed: int = 0) -> None:
    """Fit a linear classifier of clauses by cross-entropy and write its weights; rare intents are drawn more often.

    `labelled` are requests with their intents, learnt from beside the examples: first those of a single wish as a
    whole, then the clauses of all, each under the likeliest intent of its request.
    """
    names = list(intents())
    pairs = examples(seed)
    copies = _copies(labelled, seed)
    known = _described([text for _, text in pairs]), np.array([names.index(intent) for intent, _ in pairs])
    whole = _described([text for _, text in copies]), np.array([names.index(intent) for intent, _ in copies], int)
    layer = _fit([known, whole], len(names), seed)
    if labelled:
        parts = [(piece, (*wanted, NO_WISH)) for text, wanted in labelled for piece in _several(text)]
        described = _described([piece for piece, _ in parts])
        allowed = np.array([[name in wanted for name in names] for _, wanted in parts])
        likely = np.where(allowed, _probabilities(layer, described), 0.0)
        sure = likely.max(1) >= LEAST_LIKELY
        layer = _fit([known, whole, (described[sure], likely.argmax(1)[sure])], len(names), seed)
    weight, bias = layer
    tensors = {"weight": weight.astype(np.float16), "bias": bias.astype(np.float16)}
    path.write_bytes(save(tensors, metadata={"examples": examples_version()}))


def _fit(parts: Sequence[tuple[Array, Indices]], count: int, seed: int) -> tuple[Array, Array]:
    """Weight (intents, features) and bias (intents,) of a linear classifier; the first part is the examples."""
    import torch

    torch.manual_seed(seed)
    described = torch.from_numpy(np.concatenate([x for x, _ in parts]))
    wanted = torch.from_numpy(np.concatenate([y for _, y in parts]))
    drawn = torch.bincount(wanted, minlength=count).clamp(min=1).rsqrt()[wanted]
    drawn[len(parts[0][1]) :] *= REQUEST_WEIGHT
    layer = torch.nn.Linear(LENGTH, count)
    torch.nn.init.zeros_(layer.weight)
    optimiser = torch.optim.AdamW(layer.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for _ in range(STEPS):
        chosen = torch.multinomial(drawn, BATCH, replacement=True)
        loss = torch.nn.functional.cross_entropy(layer(described[chosen]), wanted[chosen], label_smoothing=0.02)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return layer.weight.detach().numpy(), layer.bias.detach().numpy()


def _probabilities(layer: tuple[Array, Array], described: Array) -> Array:
    scores = described @ layer[0].T + layer[1]
    scores = np.exp(scores - scores.max(1, keepdims=True))
    return scores / scores.sum(1, keepdims=True)


def _described(texts: Sequence[str]) -> Array:
    return features([corrected(text) for text in texts]) if texts else np.zeros((0, LENGTH), np.float32)


def _read(requests: Path) -> list[Wished]:
    """The labelled requests to learn from."""
    lines = map(json.loads, requests.read_text(encoding="utf-8").splitlines())
    return [(line["request"], tuple(line["intents"])) for line in lines if line["id"][0] != HELD_OUT]


def _copies(labelled: Sequence[Wished], seed: int) -> list[tuple[str, str]]:
    """(intent, request) of each labelled request that holds one wish, and misspelt copies."""
    draw = random.Random(seed)
    found = []
    for text, wanted in labelled:
        if len(wanted) == 1:
            found += [(wanted[0], text)]
            found += [(wanted[0], misspelt(text, draw)) for _ in range(REQUEST_COPIES - 1)]
    return found


def _several(request: str) -> list[str]:
    """The clauses of a request that has more than one."""
    pieces = clauses(corrected(request))
    return pieces if len(pieces) > 1 else []


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=Path, default=REQUESTS, help="labelled requests to learn from")
    parser.add_argument("--only", choices=("clauses", "whole"), help="fit one of the two parts")
    chosen = parser.parse_args()
    asked = _read(chosen.requests)
    if chosen.only != "whole":
        train(asked)
    if chosen.only != "clauses":
        tune(asked)
