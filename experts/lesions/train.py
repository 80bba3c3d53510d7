"""Train the lesion segmenter: `python -m fundoscope.experts.lesions.train --data DIR --out DIR`.

Crops of IDRiD's official training photographs (ten held out) and of HRF's healthy ones; cross-entropy and soft Dice.
Goes on from OUT's last checkpoint. `train_detector.py` trains the detector.
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..training.weights import write_weights
from .augment import crop
from .network import KINDS, LesionNet
from .samples import CropSampler, Sample, healthy_samples, idrid_samples, training_rows
from .scores import average_precision, histograms

LOG = logging.getLogger("fundoscope.lesions")
SIDE = 384
BINS = 1024


def loss_of(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy plus soft Dice, (n, 4, h, w) each; kinds that a batch does not show count in the former only."""
    cross_entropy = F.binary_cross_entropy_with_logits(logits, target)
    p = logits.sigmoid()
    overlap, size = (p * target).sum((0, 2, 3)), (p + target).sum((0, 2, 3))
    shown = target.sum((0, 2, 3)) > 1
    dice = 1 - (2 * overlap + 1) / (size + 1)
    return 10 * cross_entropy + (dice * shown).sum() / shown.sum().clamp(min=1)


def batch_of(sampler: CropSampler, count: int, device: str) -> tuple[Tensor, Tensor]:
    """`count` crops: standardised colours (count, 3, SIDE, SIDE) and target fractions (count, 4, SIDE, SIDE)."""
    pairs = []
    for _ in range(count):
        sample, row, column = sampler.draw(SIDE)
        pairs.append(crop(sample, row, column, SIDE, sampler.rng))
    x = torch.from_numpy(np.stack([p[0] for p in pairs])).to(device).contiguous(memory_format=torch.channels_last)
    y = torch.from_numpy(np.stack([p[1] for p in pairs])).to(device).float() / 255
    return x, y


def validate(network: LesionNet, samples: list[Sample], device: str) -> list[float]:
    """Pixel-pooled average precision of each kind at the working scale."""
    network.eval()
    pooled = np.zeros((len(KINDS), 2, BINS), dtype=np.int64)
    for sample in samples:
        values = (sample.pixels.astype(np.float32) / 127.5 - 1) * sample.gain + sample.offset
        values = np.clip(values, -1.5, 1.5)
        values[~sample.inside] = -1.0
        x = torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)))[None].to(device)
        with torch.inference_mode(), torch.autocast(device, dtype=torch.bfloat16):
            p = network(x.contiguous(memory_format=torch.channels_last)).float().sigmoid()[0].cpu().numpy()
        for channel in range(len(KINDS)):
            pooled[channel] += histograms(p[channel], sample.masks[channel] > 127, BINS)
    return [average_precision(h) for h in pooled]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1900)
    parser.add_argument("--batch", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=math.inf, help="finish the schedule within this time")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    train(options)


def train(options: argparse.Namespace) -> None:
    """Train, validate and write `segmenter.safetensors` and `segmenter.json` under OUT."""
    torch.manual_seed(options.seed)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    trained_on, held_out = training_rows(options.data)
    sampler = CropSampler(idrid_samples(options.data, trained_on), healthy_samples(options.data), options.seed)
    validation = idrid_samples(options.data, held_out)
    network = LesionNet()
    network.encoder.load_imagenet(options.data / "pretrained" / "mobilenet_v2_imagenet_fp16.npz")
    network = network.to(options.device).to(memory_format=torch.channels_last)
    average = copy.deepcopy(network)
    fresh = [p for name, p in network.named_parameters() if not name.startswith("encoder.")]
    optimizer = torch.optim.AdamW(
        [{"params": network.encoder.parameters(), "peak": 5e-4}, {"params": fresh, "peak": 3e-3}], weight_decay=1e-2
    )
    step, spent, history = 0, 0.0, []
    checkpoint = out / "segmenter.ckpt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent, history = state["step"], state["spent"], state["history"]
        sampler.rng = np.random.default_rng([options.seed, step])
    start = time.monotonic() - spent
    running = 0.0
    progress = 0.0
    while progress < 1:
        spent = time.monotonic() - start
        progress = max(step / options.steps, spent / 60 / options.minutes)
        warm = min(1.0, (step + 1) / 60)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * warm * (0.5 + 0.5 * math.cos(math.pi * min(1.0, progress)))
        network.train()
        x, y = batch_of(sampler, options.batch, options.device)
        with torch.autocast(options.device, dtype=torch.bfloat16):
            logits = network(x)
        loss = loss_of(logits.float(), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        step += 1
        _follow(average, network, min(0.995, step / (step + 10)))
        running += (loss.item() - running) / min(step, 50)
        if step % 50 == 0:
            LOG.info("step %d of %d, loss %.3f, %.0f s, progress %.2f", step, options.steps, running, spent, progress)
        if step % 100 == 0 or progress >= 1:
            if step % 500 == 0 or progress >= 1:
                scores = validate(average, validation, options.device)
                history.append({"step": step, **dict(zip(KINDS, scores, strict=True))})
                LOG.info("step %d validation %s", step, " ".join(f"{k} {v:.3f}" for k, v in history[-1].items()))
            torch.save(
                {
                    "network": network.state_dict(),
                    "average": average.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "step": step,
                    "spent": spent,
                    "history": history,
                },
                checkpoint,
            )
    entry = write_weights(average.state_dict(), out, "segmenter.safetensors")
    notes = {"weights": entry.model_dump(), "steps": step, "seconds": spent, "history": history}
    (out / "segmenter.json").write_text(json.dumps(notes, indent=2) + "\n")


@torch.no_grad()
def _follow(average: LesionNet, network: LesionNet, decay: float) -> None:
    """Move the running average of weights and batch statistics towards the network."""
    for kept, new in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.is_floating_point():
            kept.lerp_(new, 1 - decay)


if __name__ == "__main__":
    main()
