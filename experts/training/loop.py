"""A resumable training loop whose every step is a function of the seed and the step's number."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..precision import quick_precision

log = logging.getLogger(__name__)
_CHECKPOINT_EVERY = 50
Sample = TypeVar("Sample")
Batch = TypeVar("Batch")
View = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
"""Input, targets and target weights of one sample."""
Reader = Callable[..., Any]
"""A network as `Run.go` hands it on, for pictures and what else it takes: reads in bfloat16, gives back float32."""


class Run:
    """A network in training, its optimiser, the running average of its weights and the step it is at.

    `slow` and `fast` are the peak learning rates of parameters whose names do and do not begin with `slow_prefix`;
    `clip` the gradient's largest norm, `inertia` the running average's largest. The checkpoint `file` in `out` is gone
    on with.
    """

    def __init__(
        self,
        network: nn.Module,
        out: Path,
        steps: int,
        *,
        slow: float = 4e-4,
        fast: float = 2e-3,
        slow_prefix: str = "features.",
        weight_decay: float = 1e-4,
        clip: float = 5.0,
        inertia: float = 0.99,
        file: str = "checkpoint.pt",
        device: str = "cpu",
    ) -> None:
        self.network = network.to(device).to(memory_format=torch.channels_last)
        self.average = {k: v.detach().clone() for k, v in network.state_dict().items()}
        slowly: list[nn.Parameter] = []
        quickly: list[nn.Parameter] = []
        for name, parameter in network.named_parameters():
            (slowly if name.startswith(slow_prefix) else quickly).append(parameter)
        groups = [{"params": slowly, "top": slow}, {"params": quickly, "top": fast}]
        self.optimiser = torch.optim.AdamW(groups, lr=fast, weight_decay=weight_decay)
        self.clip, self.inertia, self.device = clip, inertia, device
        self.steps, self.step, self.file = steps, 0, out / file
        if self.file.exists():
            stored = torch.load(self.file, weights_only=True)
            self.network.load_state_dict(stored["network"])
            self.optimiser.load_state_dict(stored["optimiser"])
            self.average, self.step = stored["average"], stored["step"]
            log.info("going on at step %d", self.step)

    def save(self) -> None:
        """Write the checkpoint; it appears whole or not at all."""
        partial = self.file.with_suffix(".partial")
        state = {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict()}
        torch.save({**state, "average": self.average, "step": self.step}, partial)
        partial.replace(self.file)

    def averaged(self) -> nn.Module:
        """A copy of the network with the averaged weights, ready to read."""
        network = copy.deepcopy(self.network)
        network.load_state_dict(self.average)
        return network.eval()

    def rate(self) -> float:
        """This step's learning rate as a fraction of the peak: a short rise, then a cosine."""
        return (
            min(1.0, (self.step + 1) / min(60, max(1, self.steps // 10)))
            * 0.5
            * (1 + float(np.cos(np.pi * self.step / self.steps)))
            + 0.01
        )

    def train(
        self,
        samples: Sequence[Sample],
        odds: NDArray[np.float64],
        view_of: Callable[[Sample, np.random.Generator], View],
        loss_of: Callable[[Tensor, Tensor, Tensor], Tensor],
        *,
        until: int,
        seed: int,
        batch: int = 8,
    ) -> None:
        """Train up to step `until` on views of samples; `odds` says how often each sample is drawn."""

        def batch_of(rng: np.random.Generator) -> list[Tensor]:
            views = [view_of(samples[i], rng) for i in rng.choice(len(samples), batch, p=odds / odds.sum())]
            return [torch.from_numpy(np.stack(parts)).to(self.device) for parts in zip(*views, strict=True)]

        def loss(read: Reader, drawn: list[Tensor]) -> Tensor:
            return loss_of(read(drawn[0]), drawn[1], drawn[2])

        self.go(batch_of, loss, until=until, seed=seed)

    def go(
        self,
        batch_of: Callable[[np.random.Generator], Batch],
        loss_of: Callable[[Reader, Batch], Tensor],
        *,
        until: int,
        seed: int,
    ) -> None:
        """Train up to step `until` on whatever `batch_of` draws; `loss_of` reads it with the network it is handed."""
        self.network.train()
        losses: list[float] = []
        start = time.monotonic()
        while self.step < until:
            batch = batch_of(np.random.default_rng([seed, self.step]))
            for group in self.optimiser.param_groups:
                group["lr"] = group["top"] * self.rate()
            loss = loss_of(self._read, batch)
            self.optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
            self.optimiser.step()
            self.step += 1
            self._follow()
            losses.append(loss.item())
            if self.step % _CHECKPOINT_EVERY == 0 or self.step == until:
                speed = (time.monotonic() - start) / len(losses)
                log.info("step %d of %d, loss %.3f, %.2f s a step", self.step, self.steps, np.mean(losses[-50:]), speed)
                self.save()

    def _read(self, x: Tensor, *others: Tensor) -> Any:
        with quick_precision(self.device):
            return _floats(self.network(x.contiguous(memory_format=torch.channels_last), *others))

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the running average of weights and batch statistics towards the network."""
        keep = min(self.inertia, self.step / (self.step + 10))
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                self.average[name].lerp_(value, 1 - keep)
            else:
                self.average[name].copy_(value)


def _floats(value: Any) -> Any:
    """Every tensor in nested dicts, lists and tuples as float32."""
    if isinstance(value, Tensor):
        return value.float()
    if isinstance(value, dict):
        return {k: _floats(v) for k, v in value.items()}
    return type(value)(_floats(v) for v in value) if isinstance(value, list | tuple) else value
