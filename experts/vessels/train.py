"""Train the vessel network: python -m fundoscope.experts.vessels.train --data DIR --out DIR.

Two runs make the shipped weights: `--sets drive` (kept as the model that saw no other camera), then
`--sets drive hrf --wide --start OUT/vessels_drive_only.safetensors`. A stopped run goes on from its last checkpoint.
DRIVE's official test photographs are never opened here.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional

from ..training.weights import write_weights
from .network import VesselNet
from .predict import probability_at_size
from .samples import NARROW_ZOOM, ZOOM, Labelled, crop, fold_of, photographs, prepare
from .scores import best_threshold, dice

log = logging.getLogger(__name__)
_CHECKPOINT_EVERY = 50


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="vessels", help="name of the weights file")
    parser.add_argument("--sets", nargs="+", default=["drive", "hrf"], choices=["drive", "hrf"])
    parser.add_argument("--weight", nargs="+", type=float, help="share of each set in a batch (default: equal)")
    parser.add_argument("--start", type=Path, help="weights to start from")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--side", type=int, default=288, help="side of a crop, pixels; a multiple of 8")
    parser.add_argument("--wide", action="store_true", help="zoom further in and hide vessels under glare at times")
    parser.add_argument("--rate", type=float, default=4e-3, help="peak learning rate")
    parser.add_argument("--folds", type=int, default=7)
    parser.add_argument("--fold", type=int, default=0, help="the fold held out for validation")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    return parser.parse_args(argv)


def rate_at(step: int, steps: int, peak: float) -> float:
    """Learning rate: a linear rise over the first twentieth, then a cosine down to nearly nothing."""
    rise = max(1, steps // 20)
    if step < rise:
        return peak * (step + 1) / rise
    return peak * (0.002 + 0.998 * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise))))


def load_split(args: argparse.Namespace) -> tuple[dict[str, list[torch.Tensor]], list[Labelled]]:
    """Prepared training pictures by data set, and the photographs held out."""
    training: dict[str, list[torch.Tensor]] = {}
    held: list[Labelled] = []
    for source in args.sets:
        for rank, one in enumerate(photographs(args.data, source, "train" if source == "drive" else None)):
            if fold_of(rank, args.folds) == args.fold:
                held.append(one)
            else:
                training.setdefault(source, []).append(prepare(one))
    return training, held


def draw_batch(training: dict[str, list[torch.Tensor]], args: argparse.Namespace, step: int) -> torch.Tensor:
    """The batch (n, 5, side, side) of one step; the same for the same seed and step."""
    rng = np.random.default_rng([args.seed, step])
    share = np.asarray(args.weight or [1.0] * len(args.sets))
    sources = rng.choice(args.sets, args.batch, p=share / share.sum())
    zooms, glare = (ZOOM, 0.1) if args.wide else (NARROW_ZOOM, 0.0)
    crops = [
        crop(training[s][int(rng.integers(len(training[s])))], str(s), args.side, rng, zooms=zooms, glare=glare)
        for s in sources
    ]
    return torch.stack(crops)


def loss_of(net: VesselNet, batch: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of both networks inside the field of view, against soft targets."""
    truth, inside = batch[:, 3:4], (batch[:, 4:] > 0.5).float()
    with torch.autocast(batch.device.type, dtype=torch.bfloat16):
        logits = net(batch[:, :3].contiguous(memory_format=torch.channels_last))
    losses = [
        functional.binary_cross_entropy_with_logits(z.float(), truth, weight=inside, reduction="sum") for z in logits
    ]
    return (losses[0] + losses[1]) / inside.sum().clamp_min(1)


def train(args: argparse.Namespace) -> VesselNet:
    """Run or resume the training; writes `OUT/NAME.pt` as it goes."""
    torch.manual_seed(args.seed)
    net = VesselNet()
    if args.start:
        net.load_state_dict({k: v.float() for k, v in load_file(args.start).items()}, strict=False)
    net = net.to(args.device).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=args.rate, weight_decay=1e-3, betas=(0.9, 0.98))
    checkpoint, first = args.out / f"{args.name}.pt", 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True, map_location=args.device)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        first = int(state["step"])
        log.info("going on from step %d", first)
    training, held = load_split(args)
    log.info("%s photographs, %d held out", {k: len(v) for k, v in training.items()}, len(held))
    running, clock = 0.0, time.process_time()
    for step in range(first, args.steps):
        net.train()
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, args.steps, args.rate)
        loss = loss_of(net, draw_batch(training, args, step).to(args.device))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        running += float(loss.detach())
        done = step + 1
        if done % _CHECKPOINT_EVERY == 0 or done == args.steps:
            log.info("step %d loss %.4f cpu %.0f s", done, running / (done - first), time.process_time() - clock)
            running, first = 0.0, done
            partial = checkpoint.with_suffix(".partial")
            torch.save({"net": net.state_dict(), "optimiser": optimiser.state_dict(), "step": done}, partial)
            partial.replace(checkpoint)
    return net


def validate(net: VesselNet, held: list[Labelled]) -> dict[str, float]:
    """The threshold with the best mean Dice over the held-out photographs (data sets weigh equally), and that Dice."""
    maps = [probability_at_size(net, one.pixels) for one in held]
    threshold = best_threshold(maps, held)
    result = {"threshold": threshold}
    for source in sorted({one.source for one in held}):
        scores = [
            dice(m >= threshold, one.vessels, one.field)
            for m, one in zip(maps, held, strict=True)
            if one.source == source
        ]
        result[f"dice_{source}"] = float(np.mean(scores))
    return result


def main(argv: list[str] | None = None) -> None:
    """Train, choose the threshold on the held-out fold, write `OUT/NAME.safetensors` and `OUT/NAME.json`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args = parse(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    net = train(args)
    entry = write_weights(net.state_dict(), args.out, f"{args.name}.safetensors")
    rounded = VesselNet()
    rounded.load_state_dict({k: v.float() for k, v in load_file(args.out / entry.file).items()}, strict=False)
    result = validate(rounded.fold(), load_split(args)[1])
    (args.out / f"{args.name}.json").write_text(json.dumps({**entry.model_dump(), **result}, indent=1))
    log.info("%s", result)


if __name__ == "__main__":
    main()
