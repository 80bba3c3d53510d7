"""Train the disc network: python -m fundoscope.experts.disc.train --data DIR --out DIR.

It starts from the landmark network, which already draws the disc's area at nearly the same scale. Every fifth photograph of
Drishti and IDRiD's test split are never opened here. Starting again in the same --out goes on where it stopped.

For cross-validation --fold names another fifth of Drishti that is left out; since the landmark network has seen its discs,
--imagenet starts from ImageNet's weights instead.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from ..landmarks.network import CHANNELS, LandmarkNet
from ..landmarks.samples import DRISHTI_FOLDS
from ..landmarks.train import load_imagenet
from ..training.loop import Run
from ..training.weights import write_weights
from .samples import load_samples, view_of

log = logging.getLogger(__name__)
START = Path(__file__).parents[1] / "landmarks" / "weights" / "landmarks.safetensors"
SHARE = {"drishti_gs1": 0.5, "idrid_seg": 0.3, "marks": 0.2}
"""Share of each source in a batch."""


def start_from(network: LandmarkNet, landmarks: Path) -> None:
    """Take over the landmark network; disc and cup both begin as its map of the disc's area."""
    state = {name: tensor.float() for name, tensor in load_file(landmarks).items()}
    area = CHANNELS.index("disc")
    for name in ("head.weight", "head.bias"):
        state[name] = state[name][[area, area]]
    network.load_state_dict(state)


def loss_of(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Cross-entropy and Dice of disc and cup, each where it is known."""
    entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(dim=(2, 3))
    p = torch.sigmoid(logits)
    overlap, total = (p * targets).sum(dim=(2, 3)), (p + targets).sum(dim=(2, 3))
    dice = 1 - (2 * overlap + 10) / (total + 10)
    return ((2 * entropy + dice) * weights).sum() / weights.sum().clamp(min=0.5)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--start", type=Path, default=START, help="weights of the landmark network")
    parser.add_argument("--imagenet", action="store_true", help="start from ImageNet's weights alone")
    parser.add_argument(
        "--fold", type=int, default=0, choices=range(DRISHTI_FOLDS), help="the fifth of Drishti left out"
    )
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    network = LandmarkNet(maps=2)
    if args.imagenet:
        load_imagenet(network, args.data)
    else:
        start_from(network, args.start)
    run = Run(network, args.out, args.steps, slow=2e-4, fast=1e-3)
    samples = load_samples(args.data, args.fold)
    counts = {source: sum(s.source == source for s in samples) for source in SHARE}
    log.info("windows: %s", counts)
    odds = np.array([SHARE[sample.source] / counts[sample.source] for sample in samples])
    run.train(samples, odds, view_of, loss_of, until=args.steps, seed=args.seed)
    entry = write_weights(run.averaged().state_dict(), args.out, "weights/disc.safetensors")
    log.info("%s", entry.model_dump_json())


if __name__ == "__main__":
    main()
