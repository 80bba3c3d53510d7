"""The training loop: what a step depends on, and on what it does not."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from fundoscope.experts.training.loop import Reader, Run
from torch import Tensor, nn


class Pair(nn.Module):
    """A convolution and a batch norm, its answer in a dict and a tuple."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4))

    def forward(self, x: Tensor) -> dict[str, tuple[Tensor, list[Tensor]]]:
        y = self.layer(x)
        return {"out": (y, [y.mean()])}


def run_in(folder: Path, steps: int = 8, **rates: float) -> Run:
    folder.mkdir(exist_ok=True)
    torch.manual_seed(0)
    return Run(Pair(), folder, steps, **rates)


def go(run: Run, until: int) -> None:
    def batch_of(rng: np.random.Generator) -> Tensor:
        return torch.from_numpy(rng.standard_normal((2, 1, 6, 6), dtype=np.float32))

    def loss_of(read: Reader, batch: Tensor) -> Tensor:
        y, (mean,) = read(batch)["out"]
        assert y.dtype == mean.dtype == torch.float32
        return (y - batch).square().mean()

    run.go(batch_of, loss_of, until=until, seed=3)


def test_a_run_that_was_broken_off_ends_like_one_that_was_not(tmp_path: Path):
    whole = run_in(tmp_path / "whole")
    go(whole, 8)
    go(run_in(tmp_path / "broken"), 3)
    resumed = run_in(tmp_path / "broken")
    assert resumed.step == 3
    go(resumed, 8)
    for name, value in whole.average.items():
        torch.testing.assert_close(resumed.average[name], value, rtol=0, atol=0)


def test_the_learning_rate_rises_and_falls_with_the_steps(tmp_path: Path):
    run = run_in(tmp_path, steps=100)
    rates = []
    for run.step in range(100):
        rates.append(run.rate())
    assert rates[0] < rates[5] < rates[9]
    assert all(a > b for a, b in pairwise(rates[10:]))
    assert rates[-1] == pytest.approx(0.01, abs=0.002)


def test_parameters_named_so_learn_at_the_slow_rate(tmp_path: Path):
    run = run_in(tmp_path, slow=0.0, fast=1e-2, slow_prefix="layer.0.", weight_decay=0.0)
    before = {name: p.detach().clone() for name, p in run.network.named_parameters()}
    go(run, 4)
    changed = {name: not torch.equal(p, before[name]) for name, p in run.network.named_parameters()}
    assert changed == {"layer.0.weight": False, "layer.0.bias": False, "layer.1.weight": True, "layer.1.bias": True}


def test_the_average_takes_in_counters_and_reads_like_the_network(tmp_path: Path):
    run = run_in(tmp_path)
    go(run, 5)
    assert run.average["layer.1.num_batches_tracked"] == 5
    network = run.averaged()
    assert not network.training
    assert torch.equal(network.state_dict()["layer.0.weight"], run.average["layer.0.weight"])


def test_samples_are_drawn_by_their_odds(tmp_path: Path):
    run, seen = run_in(tmp_path), []

    def view_of(sample: int, _: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        seen.append(sample)
        return (np.zeros((1, 4, 4), dtype=np.float32),) * 3

    def loss_of(answer: dict, target: Tensor, weight: Tensor) -> Tensor:
        return ((answer["out"][0] - target) * weight).sum()

    run.train([0, 1, 2], np.array([0.0, 3.0, 1.0]), view_of, loss_of, until=8, seed=0)
    assert len(seen) == 64
    assert seen.count(0) == 0
    assert seen.count(1) > seen.count(2) > 0
