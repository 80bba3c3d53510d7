"""Train the region network: `python -m fundoscope.experts.region.train --data DIR --out DIR`.

Boxes and clicks at lesions and discs of IDRiD's official training photographs (ten held out, none with --all), at discs
and cups of Drishti but the held-out, and clicks on nothing. Goes on from OUT's last checkpoint.
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

from ..lesions.network import Encoder
from ..training.loop import Run
from ..training.weights import write_weights
from .augment import Drawer, Example
from .network import RegionSam, fill
from .samples import training_scenes

LOG = logging.getLogger("fundoscope.region")
IMAGENET = Path("pretrained") / "mobilenet_v2_imagenet_fp16.npz"
BATCH = 16
FIXED = 3
"""The stem's first blocks stay as ImageNet made them: edges and colours."""


def batch_of(drawer: Drawer, rng: np.random.Generator, count: int = BATCH) -> list[Tensor]:
    """Crops, corners, labels, planes, targets and missed parts of `count` examples."""
    drawn: list[Example] = [drawer.draw(rng) for _ in range(count)]
    arrays = (
        [e.crop for e in drawn],
        [e.corners for e in drawn],
        [e.is_box for e in drawn],
        [e.plane for e in drawn],
        [e.target for e in drawn],
        [e.missed for e in drawn],
    )
    made = [torch.from_numpy(np.asarray(a, dtype=np.float32)) for a in arrays]
    return [made[0].contiguous(memory_format=torch.channels_last), *made[1:]]


def loss_of(given: tuple[Tensor, Tensor], batch: list[Tensor]) -> Tensor:
    """Cross-entropy, Dice and the error of the predicted IoU.

    A box is held against mask 0; a click against the nearest of masks 1 to 3, on nothing against all of them.
    """
    logits, predicted = given
    is_box, target, missed = batch[2], batch[4], batch[5]
    wanted = target[:, None].expand_as(logits)
    entropy = F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    p = logits.sigmoid()
    focus = (wanted - p).abs().detach() ** 0.5 + 0.2
    size = wanted.sum((2, 3))
    overlap = (p * wanted).sum((2, 3))
    dice = 1 - (2 * overlap + 1) / ((p + wanted).sum((2, 3)) + 1)
    each = 3 * (entropy * focus).mean((2, 3)) + dice * (size > 0)
    hard = logits.detach() > 0
    solid = wanted >= 0.5
    either = (hard | solid).sum((2, 3)) + missed[:, None]
    iou = (hard & solid).sum((2, 3)) / either.clamp(min=1)
    iou_error = (predicted - iou) ** 2
    nothing = target.sum((1, 2)) == 0
    clicks = torch.where(nothing, each[:, 1:].mean(1), each[:, 1:].min(1).values + 0.1 * each[:, 1:].mean(1))
    masks = torch.where(is_box > 0, each[:, 0], clicks)
    quality = torch.where(is_box > 0, iou_error[:, 0], iou_error[:, 1:].mean(1))
    return (masks + quality).mean()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--until", type=int, help="stop at this step of the schedule and write what there is")
    parser.add_argument("--rate", type=float, default=1e-3, help="peak learning rate")
    parser.add_argument("--start", type=Path, help="weights to begin with, as an earlier leg wrote them")
    parser.add_argument("--all", action="store_true", help="train on the ten held-out photographs too")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    network = RegionSam()
    if args.start:
        fill(network, load_file(args.start))
    else:
        encoder = Encoder()
        encoder.load_imagenet(args.data / IMAGENET)
        network.load_imagenet(encoder)
    for parameter in network.stem[:FIXED].parameters():
        parameter.requires_grad_(False)
    drawer = Drawer(training_scenes(args.data, everything=args.all))
    LOG.info("objects: %s", {kind: len(pairs) for kind, pairs in drawer.by_kind.items()})
    run = Run(
        network, args.out, args.steps, slow=args.rate / 4, fast=args.rate, slow_prefix="stem.", weight_decay=0.02,
        clip=1.0, inertia=0.995,
    )  # fmt: skip
    run.go(
        lambda rng: batch_of(drawer, rng),
        lambda read, batch: loss_of(read(*batch[:4]), batch),
        until=min(args.steps, args.until or args.steps),
        seed=args.seed,
    )
    entry = write_weights(run.averaged().state_dict(), args.out, "weights/region.safetensors")
    LOG.info("%s", entry.model_dump_json())


if __name__ == "__main__":
    main()
