"""Train the lesion segmenter: `python -m fundoscope.experts.lesions.train --data DIR --out DIR`.

Crops of IDRiD's official training photographs (ten held out, none with --all) and of HRF's healthy ones;
cross-entropy and soft Dice. Goes on from OUT's last checkpoint; --start begins a further leg at given
weights, or, where these are a detector's, with its encoder.
`train_detector.py` trains the detector.
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from ..precision import quick_precision
from ..training.loop import Reader, Run
from ..training.weights import write_weights
from .appearance import standardise
from .augment import crop
from .detector import encoder_of
from .free import free_files, free_samples, healthy_files
from .network import KINDS, LesionNet, fill
from .sampler import CropSampler
from .samples import Sample, idrid_samples, poorer, training_rows
from .scores import average_precision, histograms

LOG = logging.getLogger("fundoscope.lesions")
SIDE = 384
BINS = 1024
PEAK = 3e-3
"""Peak learning rate of what does not come from ImageNet; the encoder's is a sixth of it."""
VALIDATE_EVERY = 400
COPIES = 3
"""Poorer copies of each photograph, of which `--spoilt` draws."""


def loss_of(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy plus soft Dice, (n, 4, h, w) each; kinds that a batch does not show count in the former only."""
    cross_entropy = F.binary_cross_entropy_with_logits(logits, target)
    p = logits.sigmoid()
    overlap, size = (p * target).sum((0, 2, 3)), (p + target).sum((0, 2, 3))
    shown = target.sum((0, 2, 3)) > 1
    dice = 1 - (2 * overlap + 1) / (size + 1)
    return 10 * cross_entropy + (dice * shown).sum() / shown.sum().clamp(min=1)


def crops(sampler: CropSampler, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """`count` crops: standardised colours (count, 3, SIDE, SIDE) and covered fractions times 255 (count, 4, SIDE, SIDE)."""
    pairs = [crop(*sampler.draw(SIDE, rng), SIDE, rng) for _ in range(count)]
    return np.stack([p[0] for p in pairs]), np.stack([p[1] for p in pairs])


def validate(network: nn.Module, samples: list[Sample], device: str) -> list[float]:
    """Pixel-pooled average precision of each kind at the working scale."""
    pooled = np.zeros((len(KINDS), 2, BINS), dtype=np.int64)
    for sample in samples:
        x = torch.from_numpy(standardise(sample.pixels, sample.inside))[None].to(device)
        with torch.inference_mode(), quick_precision(device):
            p = network(x.contiguous(memory_format=torch.channels_last)).float().sigmoid()[0].cpu().numpy()
        for channel in range(len(KINDS)):
            pooled[channel] += histograms(p[channel], sample.masks[channel] > 127, BINS)
    return [average_precision(h) for h in pooled]


def options_of(description: str | None, steps: int, batch: int) -> argparse.Namespace:
    """What the command lines of both trainings take."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--until", type=int, help="stop at this step of the schedule and write what there is")
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=Path, help="weights to begin with, as an earlier leg wrote them")
    parser.add_argument("--rate", type=float, default=1.0, help="share of the peak learning rate, for a further leg")
    parser.add_argument("--all", action="store_true", help="train on the ten held-out photographs too")
    parser.add_argument("--by-area", type=float, default=0.5, help="lesions are drawn by their area to this power")
    parser.add_argument("--free", type=float, default=0.06, help="share of crops from photographs without lesions")
    parser.add_argument("--cameras", action="store_true", help="these from ODIR, UNAM and IDRiD's grading set as well")
    parser.add_argument(
        "--mistaken", type=Path, help="JSON of places to look at more often (mistaken.py), in more of these, drusen too"
    )
    parser.add_argument(
        "--spoilt", type=float, default=0.0, help="share of crops from smaller, noisy, compressed copies"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    if options.mistaken and not options.cameras:
        parser.error("--mistaken is of the photographs that --cameras adds")
    options.until = min(options.steps, options.until or options.steps)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    return options


def sampler_of(options: argparse.Namespace) -> CropSampler:
    """The crops that these options ask for."""
    names = None if options.all else training_rows(options.data)[0]
    places = json.loads(options.mistaken.read_bytes()) if options.mistaken else None
    samples = idrid_samples(options.data, names)
    healthy = free_samples(options.data, healthy_files(options.data), places)
    copies = {}
    if options.spoilt:
        rng = np.random.default_rng([options.seed, 1])
        copies = {s.name: [poorer(s, rng) for _ in range(COPIES)] for s in [*samples, *healthy]}
    others = free_files(options.data, options.seed, more=places is not None) if options.cameras else []
    sets = [free_samples(options.data, files, places) for files in others]
    return CropSampler(
        samples, [healthy, *sets], options.by_area, free=options.free, copies=copies, spoilt=options.spoilt
    )


def begin(network: LesionNet, state: dict[str, Tensor], what: str) -> None:
    """Begin with a segmenter's weights (called `what`), or with a detector's encoder and the rest at random."""
    encoder = encoder_of(state)
    if encoder is None:
        fill(network, state, what)
    else:
        network.encoder.load_state_dict(encoder)


def main() -> None:
    """Train, validate and write `segmenter.safetensors` and `segmenter.json` under OUT."""
    options = options_of(__doc__, steps=3000, batch=6)
    sampler = sampler_of(options)
    validation = [] if options.all else idrid_samples(options.data, training_rows(options.data)[1])
    network = LesionNet()
    if options.start:
        begin(network, load_file(options.start), f"the weights of {options.start.name}")
    else:
        network.encoder.load_imagenet(options.data / "pretrained" / "mobilenet_v2_imagenet_fp16.npz")
    peak = options.rate * PEAK
    run = Run(
        network,
        options.out,
        options.steps,
        slow=peak / 6,
        fast=peak,
        slow_prefix="encoder.",
        weight_decay=1e-2,
        clip=1.0,
        inertia=0.995,
        file="segmenter.ckpt",
        device=options.device,
    )

    def batch_of(rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        pixels, masks = crops(sampler, options.batch, rng)
        return torch.from_numpy(pixels).to(options.device), torch.from_numpy(masks).to(options.device).float() / 255

    def loss(read: Reader, batch: tuple[Tensor, Tensor]) -> Tensor:
        return loss_of(read(batch[0]), batch[1])

    history = []
    while run.step < options.until:
        run.go(batch_of, loss, until=min(options.until, run.step + VALIDATE_EVERY), seed=options.seed)
        if validation:
            scores = validate(run.averaged(), validation, options.device)
            history.append({"step": run.step, **dict(zip(KINDS, scores, strict=True))})
            LOG.info("validation %s", history[-1])
    entry = write_weights(run.average, options.out, "segmenter.safetensors")
    notes = {"weights": entry.model_dump(), "steps": run.step, "history": history}
    (options.out / "segmenter.json").write_text(json.dumps(notes, indent=2) + "\n")


if __name__ == "__main__":
    main()
