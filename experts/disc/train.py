"""Train the disc network: python -m fundoscope.experts.disc.train --data DIR --out DIR.

On every photograph of Drishti, IDRiD's training split and the discs marked by eye; IDRiD's test split is never opened here.
With --fold one fifth of Drishti is left out, for cross-validation. Starting again in the same --out goes on where it stopped.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..landmarks.network import LandmarkNet
from ..landmarks.samples import DRISHTI_FOLDS
from ..landmarks.train import load_imagenet
from ..training.loop import Run
from ..training.weights import write_weights
from .samples import load_samples, view_of

log = logging.getLogger(__name__)
SHARE = {"drishti_gs1": 0.5, "idrid_seg": 0.3, "marks": 0.2}
"""Share of each source in a batch."""


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
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--fold", type=int, choices=range(DRISHTI_FOLDS), help="a fifth of Drishti that is left out")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    network = LandmarkNet(maps=2)
    load_imagenet(network, args.data)
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
