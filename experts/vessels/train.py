"""Train the vessel network: python -m fundoscope.experts.vessels.train --data DIR --out DIR --sets drive hrf.

`--sets drive` makes the model that saw no other camera. A stopped run goes on from its last checkpoint. DRIVE's
official test photographs are never opened here. Legs with `--all` learn from the three photographs too on which the
legs before it were judged and the threshold chosen; what it logs of DRIVE then is no measurement.
"""

from __future__ import annotations

import argparse
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional

from ..training.loop import Reader, Run
from ..training.spoil import spoilt
from ..training.weights import blended, write_weights
from .calibrate import validate
from .network import VesselNet
from .samples import FOLDS, HELD, crop, fold_of, photographs, prepare

log = logging.getLogger(__name__)
COPIES = {"drive": 8, "hrf": 3}
"""Spoilt copies of each photograph of a data set."""


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="vessels", help="name of the weights file")
    parser.add_argument("--sets", nargs="+", default=["drive", "hrf"], choices=["drive", "hrf"])
    parser.add_argument("--weight", nargs="+", type=float, help="share of each set in a batch (default: equal)")
    parser.add_argument("--start", type=Path, help="weights to start from")
    parser.add_argument("--all", action="store_true", help="train on DRIVE's held-out photographs too; HRF's stay out")
    parser.add_argument(
        "--calm", type=float, default=0.0, help="share of crops turned and zoomed with next to no change of colour"
    )
    parser.add_argument("--spoilt", type=float, default=0.0, help="share of crops from noisy or hard compressed copies")
    parser.add_argument("--blend", type=float, default=1.0, help="share of the trained weights beside --start's")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--side", type=int, default=288, help="side of a crop, pixels; a multiple of 16")
    parser.add_argument("--rate", type=float, default=3e-3, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args(argv)
    if args.blend != 1.0 and args.start is None:
        parser.error("--blend needs --start")
    return args


def pictures(data: Path, args: argparse.Namespace) -> dict[str, list[list[torch.Tensor]]]:
    """Prepared training photographs by data set, each as it is and, with `--spoilt`, in spoilt copies; DRIVE's held-out
    ones only with `--all`."""
    found = {}
    rng = np.random.default_rng(args.seed)
    for source in args.sets:
        every = photographs(data, source, "train" if source == "drive" else None)
        whole = args.all and source == "drive"
        chosen = [one for rank, one in enumerate(every) if whole or fold_of(rank, FOLDS) != HELD]
        copies = COPIES[source] if args.spoilt else 0
        found[source] = [
            [
                prepare(one),
                *(prepare(replace(one, pixels=spoilt(one.pixels, rng))) for _ in range(copies)),
            ]
            for one in chosen
        ]
    return found


def draw_batch(
    training: dict[str, list[list[torch.Tensor]]],
    share: list[float],
    args: argparse.Namespace,
    rng: np.random.Generator,
) -> torch.Tensor:
    """Crops (batch, 5, side, side), each of a data set drawn by its share."""
    odds = np.asarray(share) / sum(share)
    sources = [str(s) for s in rng.choice(list(training), args.batch, p=odds)]
    chosen = [(training[s][int(rng.integers(len(training[s])))], s) for s in sources]
    return torch.stack([crop(_copy(one, args.spoilt, rng), s, args.side, rng, args.calm) for one, s in chosen])


def _copy(copies: list[torch.Tensor], share: float, rng: np.random.Generator) -> torch.Tensor:
    """The photograph as it is or, in this share of draws, one of its spoilt copies."""
    return copies[int(rng.integers(1, len(copies)))] if share > 0 and rng.random() < share else copies[0]


def loss_of(read: Reader, batch: torch.Tensor) -> torch.Tensor:
    """Cross-entropy inside the field of view, against soft targets."""
    truth, inside = batch[:, 3:4], (batch[:, 4:] > 0.5).float()
    loss = functional.binary_cross_entropy_with_logits(read(batch[:, :3]), truth, weight=inside, reduction="sum")
    return loss / inside.sum().clamp_min(1)


def train(args: argparse.Namespace) -> VesselNet:
    """Run or resume the training; writes `OUT/NAME.pt` as it goes. The averaged weights."""
    torch.manual_seed(args.seed)
    net = VesselNet()
    if args.start:
        net.load(load_file(args.start))
    training = pictures(args.data, args)
    share = args.weight or [1.0] * len(args.sets)

    def batch_of(rng: np.random.Generator) -> torch.Tensor:
        return draw_batch(training, share, args, rng).to(args.device)

    run = Run(
        net,
        args.out,
        args.steps,
        fast=args.rate,
        weight_decay=1e-3,
        clip=1.0,
        inertia=0.996,
        file=f"{args.name}.pt",
        device=args.device,
    )
    run.go(batch_of, loss_of, until=args.steps, seed=args.seed)
    return _blended(cast(VesselNet, run.averaged()), args)


def _blended(net: VesselNet, args: argparse.Namespace) -> VesselNet:
    """The network with its weights on the way from `--start`'s to its own, `--blend` of it."""
    if args.blend != 1.0:
        net.load_state_dict(blended(net.state_dict(), VesselNet().load(load_file(args.start)).state_dict(), args.blend))
    return net


def main(argv: list[str] | None = None) -> None:
    """Train, judge on the photographs held out, write `OUT/NAME.safetensors` and `OUT/NAME.json`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args = parse(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    net = train(args)
    entry = write_weights(net.state_dict(), args.out, f"{args.name}.safetensors")
    rounded = VesselNet().load(load_file(args.out / entry.file))
    result = validate([rounded.fold()], args.data, args.sets)
    (args.out / f"{args.name}.json").write_text(json.dumps({**entry.model_dump(), **result}, indent=1))
    log.info("%s", result)


if __name__ == "__main__":
    main()
