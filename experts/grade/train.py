"""Train the grader: `python -m fundoscope.experts.grade.train --data DIR --out DIR`.

`--start MODEL` begins with an earlier run's network instead of the ImageNet weights, with larger pictures if `--side` says
so; `--leave SET` keeps data sets out, for figures on a camera that was never seen. The schedule follows the steps alone.
Writes `model/` (a transformers folder) and `split.csv` under --out, with a checkpoint that a second start continues
from. `python -m fundoscope.experts.grade.calibrate` follows: it measures validation and writes what the card needs.
"""

from __future__ import annotations

import argparse
import logging
import math
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from transformers import MobileNetV2ForImageClassification

from ..precision import quick_precision
from ..training.metrics import quadratic_kappa, roc_auc
from .augment import view
from .corpus import load_squares
from .model import write_preprocessing
from .network import as_input, forward, freeze, from_imagenet
from .preprocess import flatten
from .split import Example, examples, write_split

log = logging.getLogger("fundoscope.experts.grade.train")

STORED_SIDE = 448
SHARES = {"idrid_grading": 0.30, "odir5k_subset": 0.43, "unam_dme_dr": 0.12, "aptos_gauss224": 0.15}
"""How often each set is drawn from; within a set rare grades are drawn more often, by the root of their rarity."""
SMOOTHING = 2.0
"""Steepness of the ordinal target: a grade at distance d gets exp(-SMOOTHING d)."""
FROZEN_BLOCKS = 3


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="the folder `model` of an earlier run")
    parser.add_argument("--leave", nargs="*", default=[], choices=SHARES, help="data sets that do not train")
    parser.add_argument("--side", type=int, default=288, help="pixels across the field of view")
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    train(parser.parse_args())


def train(options: argparse.Namespace) -> None:
    """One run, from the ImageNet weights, an earlier network, or the checkpoint under `options.out`."""
    torch.manual_seed(options.seed)
    rows = examples(options.data, aptos=True)
    squares = load_squares(options.data, rows, options.out / "cache", STORED_SIDE)
    write_split([r for r in rows if r.dataset != "aptos_gauss224"], options.out / "split.csv")
    network = _beginning(options)
    network = network.to(options.device, memory_format=torch.channels_last)
    network.train()
    freeze(network, FROZEN_BLOCKS)
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    head = [p for n, p in named if n.startswith("classifier")]
    body = [p for n, p in named if not n.startswith("classifier")]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": options.rate}, {"params": head, "lr": 5 * options.rate}], weight_decay=0.03
    )
    average = {n: p.detach().clone() for n, p in named}
    checkpoint = options.out / "checkpoint.pt"
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True, map_location=options.device)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        average, first = state["average"], int(state["step"])
        log.info("continuing at step %d", first)
    draw = _drawing([r if r.part == "train" and r.dataset not in options.leave else None for r in rows])
    started, running = time.monotonic(), 0.0
    for step in range(first, options.steps):
        for group, factor in zip(optimiser.param_groups, (1, 5), strict=True):
            group["lr"] = factor * options.rate * rate_at(step / options.steps)
        rng = np.random.default_rng((options.seed, step))
        chosen = rng.choice(len(rows), options.batch, p=draw)
        natural = [rows[i].dataset != "aptos_gauss224" for i in chosen]
        batch = np.stack([view(squares[i], options.side, rng, natural=n) for i, n in zip(chosen, natural, strict=True)])
        allowed = _allowed([rows[i] for i in chosen]).to(options.device)
        with quick_precision(options.device):
            logits = network(as_input(batch).to(options.device)).logits.float()
        loss = ordinal_loss(logits, allowed)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*body, *head], 2.0)
        optimiser.step()
        decay = min(0.998, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, parameter in named:
                average[name].lerp_(parameter, 1 - decay)
        running += float(loss.detach())
        if (step + 1) % 25 == 0:
            pace = (step + 1 - first) * options.batch / (time.monotonic() - started)
            log.info("step %d loss %.3f, %.1f photographs/s", step + 1, running / 25, pace)
            running = 0.0
        if (step + 1) % 50 == 0:
            state = {
                "network": network.state_dict(),
                "optimiser": optimiser.state_dict(),
                "average": average,
                "step": step + 1,
            }
            torch.save(state, checkpoint.with_suffix(".partial"))
            checkpoint.with_suffix(".partial").replace(checkpoint)
            _save(network, average, options.out / "model")
    _save(network, average, options.out / "model")
    _validate(options.out / "model", rows, squares, options.side)


def _beginning(options: argparse.Namespace) -> MobileNetV2ForImageClassification:
    if options.start is None:
        return from_imagenet(options.data / "pretrained/mobilenet_v2_imagenet_fp16.npz", options.side)
    network = MobileNetV2ForImageClassification.from_pretrained(options.start, local_files_only=True).float()
    network.config.image_size = options.side
    return network


def rate_at(progress: float) -> float:
    """Share of the highest learning rate at `progress` (0 to 1) of the run: a short rise, then half a cosine."""
    if progress < 0.06:
        return 0.05 + 0.95 * progress / 0.06
    return 0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * (progress - 0.06) / 0.94))


def ordinal_loss(logits: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """Mean loss of logits (n, 5) against the grades a label leaves open, bool (n, 5).

    One grade: cross-entropy against a target that falls off with the distance between grades, plus a tenth of the
    squared distance of the expected grade. Several: minus the log of their summed probability.
    """
    grades = torch.arange(logits.shape[1], device=logits.device, dtype=torch.float32)
    logs = logits.log_softmax(1)
    single = allowed.sum(1) == 1
    grade = (allowed * grades).sum(1)
    target = torch.softmax(-SMOOTHING * (grades[None] - grade[:, None]).abs(), 1)
    exact = -(target * logs).sum(1) + 0.1 * ((logs.exp() * grades).sum(1) - grade) ** 2
    coarse = -logs.masked_fill(~allowed, -torch.inf).logsumexp(1)
    return torch.where(single, exact, coarse).mean()


def _allowed(rows: list[Example]) -> torch.Tensor:
    out = torch.zeros(len(rows), 5, dtype=torch.bool)
    for i, row in enumerate(rows):
        out[i, list(row.allowed)] = True
    return out


def _drawing(rows: list[Example | None]) -> NDArray[np.float64]:
    """Probability with which each row is drawn (0 for rows that do not train)."""
    counts = Counter((r.dataset, r.allowed) for r in rows if r is not None)
    weight = np.array([0.0 if r is None else counts[r.dataset, r.allowed] ** -0.5 for r in rows])
    for name, share in SHARES.items():
        member = np.array([r is not None and r.dataset == name for r in rows])
        if weight[member].any():
            weight[member] *= share / weight[member].sum()
    return weight / weight.sum()


def _save(network: MobileNetV2ForImageClassification, average: dict[str, torch.Tensor], folder: Path) -> None:
    """The averaged weights as a transformers folder, half precision."""
    state = network.state_dict() | average
    copy = MobileNetV2ForImageClassification(network.config)
    copy.load_state_dict({n: t.detach().cpu() for n, t in state.items()})
    copy.half().save_pretrained(folder, safe_serialization=True)
    side = network.config.image_size
    assert isinstance(side, int)
    write_preprocessing(folder, side)


def _validate(folder: Path, rows: list[Example], squares: NDArray[np.uint8], side: int) -> None:
    """Log kappa of the expected grade and referable AUC on the validation part, set by set."""
    network = MobileNetV2ForImageClassification.from_pretrained(folder, local_files_only=True).float().eval()
    for dataset in SHARES:
        chosen = [
            i for i, r in enumerate(rows) if r.part == "validation" and r.dataset == dataset and r.grade is not None
        ]
        flat = [flatten(resize(squares[i], side)) for i in chosen]
        logits = torch.cat([forward(network, as_input(np.stack(flat[k : k + 16])))[0] for k in range(0, len(flat), 16)])
        p = logits.softmax(1).numpy()
        truth = np.array([rows[i].grade for i in chosen])
        expected = np.rint(p @ np.arange(5)).astype(int)
        log.info(
            "validation %s: kappa %.3f (argmax %.3f), referable AUC %.3f, any AUC %.3f",
            dataset,
            quadratic_kappa(truth, expected),
            quadratic_kappa(truth, p.argmax(1)),
            roc_auc(truth >= 2, p[:, 2:].sum(1)),
            roc_auc(truth >= 1, p[:, 1:].sum(1)),
        )


def resize(square: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """A stored square at the network's size."""
    return np.asarray(Image.fromarray(square).resize((side, side), Image.Resampling.BILINEAR))


if __name__ == "__main__":
    main()
