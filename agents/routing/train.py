"""Fit the router to its examples: `python -m fundoscope.agents.routing.train`, a minute on one core, seeded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from .examples import examples
from .features import LENGTH, features
from .intents import WEIGHTS, examples_version, intents

STEPS, RATE, DECAY, BATCH = 1500, 0.02, 1e-4, 512


def train(path: Path = WEIGHTS, seed: int = 0) -> None:
    """Fit a linear classifier of clauses by cross-entropy, every intent weighted alike, and write its weights."""
    import torch

    torch.manual_seed(seed)
    names = list(intents())
    pairs = examples(seed)
    described = torch.from_numpy(features([text for _, text in pairs]))
    wanted = torch.tensor([names.index(intent) for intent, _ in pairs])
    balance = (len(pairs) / torch.bincount(wanted, minlength=len(names)).clamp(min=1)).sqrt()
    layer = torch.nn.Linear(LENGTH, len(names))
    torch.nn.init.zeros_(layer.weight)
    optimiser = torch.optim.AdamW(layer.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for _ in range(STEPS):
        chosen = torch.randint(len(pairs), (BATCH,))
        loss = torch.nn.functional.cross_entropy(
            layer(described[chosen]), wanted[chosen], weight=balance / balance.mean(), label_smoothing=0.02
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    tensors = {
        "weight": layer.weight.detach().numpy().astype(np.float16),
        "bias": layer.bias.detach().numpy().astype(np.float16),
    }
    save_file(tensors, path, metadata={"examples": examples_version()})


if __name__ == "__main__":
    train()
