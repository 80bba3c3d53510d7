"""Train the landmark network.

`python -m fundoscope.experts.landmarks.train --data DIR --out DIR` trains on hand marks and disc masks, lets the network
label photographs of a pool of patients whose eye side is known (keeping those whose side comes out right), trains on
with them, and writes the weights. Starting again in the same --out goes on where it stopped.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from ...records import Photograph
from ..training.datasets import picture
from ..training.loop import Run
from ..training.weights import write_weights
from .augment import view_of
from .locate import lay_out
from .network import STRIDE, LandmarkNet
from .samples import CACHE, Sample, eyes_by_patient, load_samples, pool_patients
from .sight import DIAMETER, even_out, frame_of

log = logging.getLogger(__name__)
SOURCE_WEIGHT = {"odir5k_subset": 1.6, "unam_dme_dr": 1.6, "hrf": 1.2}
"""How often a photograph of this data set is drawn; the others once."""


def load_imagenet(network: LandmarkNet, data: Path) -> None:
    """Put MobileNetV2's ImageNet weights into the encoder (its features 0 to 15)."""
    stored = np.load(data / "pretrained" / "mobilenet_v2_imagenet_fp16.npz")
    state = network.state_dict()
    for name in state:
        if name.startswith("features."):
            state[name] = torch.from_numpy(stored[name]).float()
    network.load_state_dict(state)


def loss_of(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Penalty-reduced focal loss for the two centres, cross-entropy and Dice for the disc's area."""
    centres, goal = logits[:, :2], targets[:, :2]
    p = torch.sigmoid(centres)
    near = goal > 0.9
    gain = near * (1 - p) ** 2 * F.logsigmoid(centres) + ~near * (1 - goal) ** 4 * p**2 * F.logsigmoid(-centres)
    found = near.sum(dim=(2, 3)).clamp(min=4)
    focal = -(gain.sum(dim=(2, 3)) / found * weights[:, :2]).sum() / weights[:, :2].sum().clamp(min=1)
    area, mask = logits[:, 2], targets[:, 2]
    weight = weights[:, 2]
    entropy = F.binary_cross_entropy_with_logits(area, mask, reduction="none").mean(dim=(1, 2))
    q = torch.sigmoid(area)
    dice = 1 - (2 * (q * mask).sum(dim=(1, 2)) + 20) / (q.sum(dim=(1, 2)) + mask.sum(dim=(1, 2)) + 20)
    return focal + ((4 * entropy + dice) * weight).sum() / weight.sum().clamp(min=1)


@torch.inference_mode()
def read_maps(network: nn.Module, view: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probability maps (3, h, w) of a view and its mirror image, averaged."""
    both = torch.from_numpy(np.stack([view, view[:, :, ::-1]])).contiguous(memory_format=torch.channels_last)
    maps = torch.sigmoid(network(both))
    mean: NDArray[np.float32] = ((maps[0] + maps[1].flip(-1)) / 2).numpy()
    return mean


def label_pool(network: nn.Module, data: Path, limit: int) -> list[Sample]:
    """The network's own labels on the pool, where both landmarks are sure and the eye's side comes out right."""
    network.eval()
    patients, kept = eyes_by_patient(data), []
    files = [entry for patient in sorted(pool_patients(data)) for entry in patients[patient]]
    chosen = np.random.default_rng(1).permutation(len(files))[:limit]
    for index in sorted(chosen):
        file, side = files[index]
        photograph = Photograph.from_pixels(picture(data / file))
        maps = read_maps(network, even_out(frame_of(photograph, DIAMETER).look(photograph.pixels)))
        found = lay_out(maps, least_disc=0.4, least_fovea=0.35)
        if found.disc is None or found.fovea is None:
            continue
        if (found.side.rightness > 0.8) != (side == "right") or 0.2 < found.side.rightness < 0.8:
            continue
        scale = STRIDE * CACHE / DIAMETER
        disc = (found.disc.x * scale, found.disc.y * scale)
        fovea = (found.fovea.x * scale, found.fovea.y * scale)
        frame = frame_of(photograph, CACHE).look(photograph.pixels)
        kept.append(Sample(file.split("/")[0], frame, disc, fovea, None, weight=0.5))
    log.info("pool: %d of %d photographs labelled", len(kept), len(chosen))
    return kept


def odds(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """How often each sample is drawn."""
    return np.array([SOURCE_WEIGHT.get(sample.source, 1.0) for sample in samples])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1300)
    parser.add_argument("--own", type=float, default=0.6, help="share of the steps before the network labels the pool")
    parser.add_argument("--pool", type=int, default=600, help="photographs of the pool that are looked at")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    network = LandmarkNet()
    load_imagenet(network, args.data)
    run = Run(network, args.out, args.steps)
    samples = load_samples(args.data)
    log.info("%d photographs", len(samples))
    run.train(samples, odds(samples), view_of, loss_of, until=int(args.own * args.steps), seed=args.seed)
    if args.pool:
        samples += label_pool(run.averaged(), args.data, args.pool)
    run.train(samples, odds(samples), view_of, loss_of, until=args.steps, seed=args.seed)
    entry = write_weights(run.averaged().state_dict(), args.out, "weights/landmarks.safetensors")
    log.info("%s", entry.model_dump_json())


if __name__ == "__main__":
    main()
