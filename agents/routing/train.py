"""Fit the router: `python -m fundoscope.agents.routing.train --requests evals/planning/requests.jsonl`.

Two minutes on one core, seeded. The requests are the development set; the test set stays out.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from .clauses import clauses
from .examples import examples, misspelt
from .features import LENGTH, features
from .intents import NO_WISH, WEIGHTS, examples_version, intents
from .spelling import corrected

STEPS, RATE, DECAY, BATCH = 1500, 0.02, 1e-4, 512
REQUEST_COPIES, REQUEST_WEIGHT = 3, 2.0
"""A labelled request is learnt from as it is and misspelt, each copy weighing so much beside an example."""
LEAST_LIKELY = 0.15
"""A clause whose likeliest allowed intent is less probable than this is not learnt from."""

Array = NDArray[np.float32]
Indices = NDArray[np.int_]


def train(requests: Path | None, path: Path = WEIGHTS, seed: int = 0) -> None:
    """Fit a linear classifier of clauses by cross-entropy and write its weights; rare intents are drawn more often.

    `requests` is a file of labelled requests (JSON lines), learnt from beside the examples: first those of a single
    wish as a whole, then the clauses of all, each under the likeliest intent that its request's label allows.
    """
    names = list(intents())
    pairs = examples(seed)
    labelled = _read(requests)
    copies = _copies(labelled, seed)
    known = _described([text for _, text in pairs]), np.array([names.index(intent) for intent, _ in pairs])
    whole = _described([text for _, text in copies]), np.array([names.index(intent) for intent, _ in copies], int)
    layer = _fit([known, whole], len(names), seed)
    if labelled:
        parts = [(piece, item) for item in labelled for piece in _several(item)]
        described = _described([piece for piece, _ in parts])
        allowed = np.array([_allowed(item) for _, item in parts])
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


def _read(requests: Path | None) -> list[dict[str, Any]]:
    return [] if requests is None else [json.loads(line) for line in requests.read_text(encoding="utf-8").splitlines()]


def _copies(labelled: Sequence[dict[str, Any]], seed: int) -> list[tuple[str, str]]:
    """(intent, request) of each labelled request that holds one wish which is one intent's, and misspelt copies."""
    draw = random.Random(seed)
    by_label = {(i.kind, frozenset(i.tools)): i.name for i in reversed(intents().values())}
    found = []
    for item in labelled:
        intent = by_label.get((item["kind"], frozenset(item["tools"])))
        if intent is not None and "kinds" not in item:
            found += [(intent, item["request"])]
            found += [(intent, misspelt(item["request"], draw)) for _ in range(REQUEST_COPIES - 1)]
    return found


def _several(item: dict[str, Any]) -> list[str]:
    """The clauses of a request that has more than one."""
    pieces = clauses(corrected(item["request"]))
    return pieces if len(pieces) > 1 else []


def _allowed(item: dict[str, Any]) -> list[bool]:
    """Which intents a clause of this request can have: those of its kinds and within its tools, or no wish."""
    kinds, tools = set(item.get("kinds", [item["kind"]])), set(item["tools"])
    return [i.name == NO_WISH or (i.kind in kinds and set(i.tools) <= tools) for i in intents().values()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=Path, default=None, help="labelled requests to learn from too")
    train(parser.parse_args().requests)
