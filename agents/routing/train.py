"""Fit the router: `python -m fundoscope.agents.routing.train --requests evals/planning/requests.jsonl`.

Two minutes on one core, seeded. The requests are the development set; the test set stays out.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from .examples import examples, misspelt
from .features import LENGTH, features
from .intents import WEIGHTS, examples_version, intents
from .spelling import corrected

STEPS, RATE, DECAY, BATCH = 1500, 0.02, 1e-4, 512
REQUEST_COPIES, REQUEST_WEIGHT = 3, 2.0
"""A labelled request is learnt from as it is and misspelt, each copy weighing so much beside an example."""


def train(requests: Path | None, path: Path = WEIGHTS, seed: int = 0) -> None:
    """Fit a linear classifier of clauses by cross-entropy and write its weights; rare intents are drawn more often.

    `requests` is a file of labelled requests (JSON lines); those of a single wish are learnt from beside the examples.
    """
    import torch

    torch.manual_seed(seed)
    names = list(intents())
    pairs = examples(seed)
    labelled = [] if requests is None else single_wishes(requests, seed)
    texts = [text for _, text in (*pairs, *labelled)]
    described = torch.from_numpy(features([corrected(text) for text in texts]))
    wanted = torch.tensor([names.index(intent) for intent, _ in (*pairs, *labelled)])
    drawn = torch.bincount(wanted, minlength=len(names)).clamp(min=1).rsqrt()[wanted]
    drawn[len(pairs) :] *= REQUEST_WEIGHT
    layer = torch.nn.Linear(LENGTH, len(names))
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
    tensors = {
        "weight": layer.weight.detach().numpy().astype(np.float16),
        "bias": layer.bias.detach().numpy().astype(np.float16),
    }
    path.write_bytes(save(tensors, metadata={"examples": examples_version()}))


def single_wishes(requests: Path, seed: int) -> list[tuple[str, str]]:
    """(intent, request) of each labelled request that holds one wish which is one intent's, and misspelt copies."""
    draw = random.Random(seed)
    by_label = {(i.kind, frozenset(i.tools)): i.name for i in reversed(intents().values())}
    found = []
    for item in map(json.loads, requests.read_text(encoding="utf-8").splitlines()):
        intent = by_label.get((item["kind"], frozenset(item["tools"])))
        if intent is not None and len(item.get("kinds", [])) < 2:
            found += [(intent, item["request"])]
            found += [(intent, misspelt(item["request"], draw)) for _ in range(REQUEST_COPIES - 1)]
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=Path, default=None, help="labelled requests to learn from too")
    train(parser.parse_args().requests)
