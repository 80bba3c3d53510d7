"""Tune the whole-request reader: the embedder's last layers and a classifier of several intents at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from torch import Tensor
from torch.nn import functional

from ...knowledge.embedder import DIMENSION, EPSILON, HEADS, LAYERS, default_embedder
from .features import normalised
from .intents import NO_WISH, examples_version, intents
from .joined import Wished, wished
from .whole import FIRST_TUNED, PATH, SCALE

EPOCHS, BATCH, WARM_UP, DROPOUT, DECAY = 4, 32, 100, 0.1, 0.01
RATE, HEAD_RATE = 3e-4, 3e-3
RARE = -2.5
"""Where the classifier's bias begins: an intent is absent from most requests."""
LEAST, MOST = 0.005, 0.985
"""The probabilities learnt for absent and present."""


def tune(labelled: Sequence[Wished], path: Path = PATH, seed: int = 0) -> None:
    """Learn from labelled requests, templates and joined ones by cross-entropy per intent; write what was changed, in half precision."""
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed)
    names = [name for name in intents() if name != NO_WISH]
    learnt = wished(labelled, seed)
    wanted = torch.tensor([[float(name in intent) for name in names] for _, intent in learnt])
    wanted = LEAST + (MOST - LEAST) * wanted
    states = _states([text for text, _ in learnt])
    model = Tuned(len(names))
    head = [value for name, value in model.named_parameters() if name.startswith("head")]
    body = [value for name, value in model.named_parameters() if not name.startswith("head")]
    optimiser = torch.optim.AdamW([{"params": head, "lr": HEAD_RATE}, {"params": body, "lr": RATE}], weight_decay=DECAY)
    steps = EPOCHS * (len(states) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARM_UP) * max(0.02, 1.0 - step / steps)
    )
    for _ in range(EPOCHS):
        order = np.argsort([len(state) + draw.random() * 4 for state in states])
        batches = [order[start : start + BATCH] for start in range(0, len(order) - BATCH + 1, BATCH)]
        for number in draw.permutation(len(batches)):
            batch = batches[number]
            logits = model(*_padded([states[i] for i in batch]))
            loss = functional.binary_cross_entropy_with_logits(logits, wanted[batch], reduction="none").sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(body, 1.0)
            optimiser.step()
            schedule.step()
    tensors = {
        name.replace("/", "."): value.detach().numpy().astype(np.float16) for name, value in model.named_parameters()
    }
    path.write_bytes(save(tensors, metadata={"examples": examples_version()}))


class Tuned(torch.nn.Module):
    """The layers that are tuned, beginning as the published ones, and the classifier: by the mean state and by single tokens."""

    def __init__(self, count: int) -> None:
        super().__init__()
        published = default_embedder().layers(FIRST_TUNED)
        for name, value in published.items():
            self.register_parameter(name.replace(".", "/"), torch.nn.Parameter(torch.from_numpy(value.copy())))
        self.register_parameter("head/mean/weight", torch.nn.Parameter(torch.zeros(count, DIMENSION)))
        self.register_parameter("head/token/weight", torch.nn.Parameter(torch.randn(count, DIMENSION) * 0.01))
        self.register_parameter("head/bias", torch.nn.Parameter(torch.full((count,), RARE)))

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Logits (texts, intents) from states (texts, tokens, 384) and the mask of tokens."""
        bias = (1.0 - mask)[:, None, None, :] * -1e9
        for layer in range(FIRST_TUNED, LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden, bias)
        there = mask[:, :, None]
        mean = functional.normalize((hidden * there).sum(1) / there.sum(1), dim=-1) * SCALE
        spots = self._dropped(hidden) @ self._of("head.token.weight").T + (1.0 - there) * -1e4
        logits = self._dropped(mean) @ self._of("head.mean.weight").T + self._of("head.bias")
        return logits + torch.logsumexp(spots, 1) - torch.log(there.sum(1))

    def _layer(self, prefix: str, hidden: Tensor, bias: Tensor) -> Tensor:
        count, length, width = hidden.shape

        def heads(name: str) -> Tensor:
            return self._linear(f"{prefix}attention.self.{name}", hidden).view(count, length, HEADS, -1).transpose(1, 2)

        scores = torch.softmax(heads("query") @ heads("key").transpose(-1, -2) / (width // HEADS) ** 0.5 + bias, -1)
        attended = (self._dropped(scores) @ heads("value")).transpose(1, 2).reshape(count, length, width)
        attended = self._dropped(self._linear(f"{prefix}attention.output.dense", attended)) + hidden
        attended = self._norm(f"{prefix}attention.output.LayerNorm", attended)
        widened = functional.gelu(self._linear(f"{prefix}intermediate.dense", attended))
        widened = self._dropped(self._linear(f"{prefix}output.dense", widened))
        return self._norm(f"{prefix}output.LayerNorm", widened + attended)

    def _of(self, name: str) -> Tensor:
        return self.get_parameter(name.replace(".", "/"))

    def _linear(self, name: str, values: Tensor) -> Tensor:
        return functional.linear(values, self._of(f"{name}.weight"), self._of(f"{name}.bias"))

    def _norm(self, name: str, values: Tensor) -> Tensor:
        return functional.layer_norm(
            values, (DIMENSION,), self._of(f"{name}.weight"), self._of(f"{name}.bias"), EPSILON
        )

    def _dropped(self, values: Tensor) -> Tensor:
        return functional.dropout(values, DROPOUT, self.training)


def _states(texts: Sequence[str]) -> list[NDArray[np.float16]]:
    """Each text as the untouched layers read it: (tokens, 384)."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found: list[NDArray[np.float16]] = [np.zeros((0, DIMENSION), np.float16)] * len(texts)
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        hidden, mask = default_embedder().states([normalised(texts[i]) or "?" for i in chosen], FIRST_TUNED)
        for i, row, there in zip(chosen, hidden, mask, strict=True):
            found[i] = row[there > 0].astype(np.float16)
    return found


def _padded(states: Sequence[NDArray[np.float16]]) -> tuple[Tensor, Tensor]:
    length = max(map(len, states))
    hidden = torch.zeros(len(states), length, DIMENSION)
    mask = torch.zeros(len(states), length)
    for row, state in enumerate(states):
        hidden[row, : len(state)] = torch.from_numpy(state).float()
        mask[row, : len(state)] = 1.0
    return hidden, mask
