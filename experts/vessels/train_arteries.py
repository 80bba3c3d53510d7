"""Train the network for arteries against veins: python -m fundoscope.experts.vessels.train_arteries --data DIR --out DIR.

It learns from HRF's customary training photographs, the first five of each class, of which the fifth is held out. It
starts from a vessel network; with the one that saw DRIVE alone, HRF's test photographs stay unseen in every way.
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path
from typing import cast

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional

from ...imaging import find_field_of_view
from ..training.loop import Reader, Run
from ..training.weights import write_weights
from .arteries import ARTERY, VEIN, artery_probability, kinds_right
from .network import ArteryNet, VesselNet
from .predict import look
from .samples import Labelled, crop, photographs, prepare

log = logging.getLogger(__name__)


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True, help="weights of a vessel network to start from")
    parser.add_argument("--name", default="arteries", help="name of the weights file")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--side", type=int, default=416, help="side of a crop, pixels; a multiple of 32")
    parser.add_argument("--rate", type=float, default=2e-3, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    return parser.parse_args(argv)


def load_split(data: Path) -> tuple[list[Labelled], list[Labelled]]:
    """HRF's photographs for training and those held out from it: the fifth of each class."""
    training: list[Labelled] = []
    held: list[Labelled] = []
    for one in photographs(data, "hrf", "train"):
        (held if Path(one.file).name.startswith("05") else training).append(one)
    return training, held


def pictures(training: list[Labelled]) -> list[torch.Tensor]:
    """Each photograph with two planes of labels: arteries and veins."""
    return [prepare(one, one.kinds == ARTERY, one.kinds == VEIN) for one in training if one.kinds is not None]


def loss_of(read: Reader, batch: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of artery against vein on vessel pixels inside the field of view."""
    labels = functional.avg_pool2d(batch[:, 3:5] * (batch[:, 5:] > 0.5), 2)
    weight = labels.sum(dim=1, keepdim=True)
    truth = labels[:, :1] / weight.clamp_min(1e-3)
    loss = functional.binary_cross_entropy_with_logits(read(batch[:, :3]), truth, weight=weight, reduction="sum")
    return loss / weight.sum().clamp_min(1)


def train(args: argparse.Namespace) -> ArteryNet:
    """Run or resume the training; writes `OUT/NAME.pt` as it goes. The averaged weights."""
    torch.manual_seed(args.seed)
    net = ArteryNet()
    net.begin_as(VesselNet().load(load_file(args.start)))
    ready = pictures(load_split(args.data)[0])

    def batch_of(rng: np.random.Generator) -> torch.Tensor:
        chosen = rng.integers(len(ready), size=args.batch)
        return torch.stack([crop(ready[i], "hrf", args.side, rng) for i in chosen]).to(args.device)

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
    return cast(ArteryNet, run.averaged())


def validate(net: ArteryNet, held: list[Labelled]) -> float:
    """Share of the labelled vessel pixels of the held-out photographs that are called by their kind."""
    right, all_of_them = 0, 0
    for one in held:
        seen, frame = look(one.pixels, find_field_of_view(one.pixels))
        one_right, one_all = kinds_right(frame.restore(artery_probability(net, seen)), one)
        right, all_of_them = right + one_right, all_of_them + one_all
    return right / all_of_them


def main(argv: list[str] | None = None) -> None:
    """Train, judge on the photographs held out, write `OUT/NAME.safetensors` and `OUT/NAME.json`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args = parse(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    net = train(args)
    entry = write_weights(net.state_dict(), args.out, f"{args.name}.safetensors")
    accuracy = validate(ArteryNet().load(load_file(args.out / entry.file)).fold(), load_split(args.data)[1])
    (args.out / f"{args.name}.json").write_text(json.dumps({**entry.model_dump(), "accuracy": accuracy}, indent=1))
    log.info("accuracy %.4f", accuracy)


if __name__ == "__main__":
    main()
