"""Train the lesion detector: `python -m fundoscope.experts.lesions.train_detector --data DIR --out DIR`.

The same crops as the segmenter's; boxes are drawn around the components of their masks. From random weights.
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
import math
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..training.weights import write_weights
from .augment import crop
from .components import components
from .detector import PAD, build
from .samples import CropSampler, healthy_samples, idrid_samples, training_rows

LOG = logging.getLogger("fundoscope.lesions")
SIDE = 384
SMALLEST = 4
"""Components under this many working pixels are not drawn as boxes."""


def boxes_of(masks: np.ndarray) -> list[tuple[int, float, float, float, float]]:
    """Boxes (kind, centre x, centre y, width, height; fractions of the side) of masks (4, side, side), 0 to 255."""
    side = masks.shape[1]
    found = []
    for kind, mask in enumerate(masks):
        for c in components(mask > 127, minimum=SMALLEST)[0]:
            left, right = max(0, c.columns.start - PAD), min(side, c.columns.stop + PAD)
            top, bottom = max(0, c.rows.start - PAD), min(side, c.rows.stop + PAD)
            found.append(
                (
                    kind,
                    (left + right) / 2 / side,
                    (top + bottom) / 2 / side,
                    (right - left) / side,
                    (bottom - top) / side,
                )
            )
    return found


def batch_of(sampler: CropSampler, count: int, device: str) -> dict[str, Tensor]:
    """`count` crops as ultralytics' loss wants them: img, batch_idx, cls, bboxes."""
    pictures, rows = [], []
    for index in range(count):
        sample, row, column = sampler.draw(SIDE)
        values, masks = crop(sample, row, column, SIDE, sampler.rng)
        pictures.append(values)
        rows.extend([(index, *box) for box in boxes_of(masks)])
    table = torch.tensor(rows, dtype=torch.float32).reshape(-1, 6)
    image = torch.from_numpy(np.stack(pictures)).to(device).contiguous(memory_format=torch.channels_last)
    return {"img": image, "batch_idx": table[:, 0], "cls": table[:, 1:2], "bboxes": table[:, 2:]}


def _floats(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.float()
    if isinstance(value, dict):
        return {k: _floats(v) for k, v in value.items()}
    return type(value)(_floats(v) for v in value) if isinstance(value, list | tuple) else value


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=math.inf, help="finish the schedule within this time")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    train(options)


def train(options: argparse.Namespace) -> None:
    """Train and write `detector.safetensors` and `detector.json` under OUT; goes on from OUT's checkpoint."""
    torch.manual_seed(options.seed)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    trained_on, _ = training_rows(options.data)
    sampler = CropSampler(idrid_samples(options.data, trained_on), healthy_samples(options.data), options.seed)
    network: Any = build()
    network.args = SimpleNamespace(box=7.5, cls=0.5, dfl=1.5)
    network = network.to(options.device, memory_format=torch.channels_last)
    average = copy.deepcopy(network)
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
    step, spent = 0, 0.0
    checkpoint = out / "detector.ckpt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["spent"]
        sampler.rng = np.random.default_rng([options.seed, step])
    start = time.monotonic() - spent
    running = np.zeros(3)
    progress = 0.0
    while progress < 1:
        spent = time.monotonic() - start
        progress = max(step / options.steps, spent / 60 / options.minutes)
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1.0, (step + 1) / 60) * (0.51 + 0.49 * math.cos(math.pi * min(1.0, progress)))
        network.train()
        batch = batch_of(sampler, options.batch, options.device)
        with torch.autocast(options.device, dtype=torch.bfloat16):
            predicted = network(batch["img"])
        losses, _ = network.loss(batch, _floats(predicted))
        optimizer.zero_grad(set_to_none=True)
        (losses.sum() / options.batch).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 10.0)
        optimizer.step()
        step += 1
        _follow(average, network, min(0.99, step / (step + 10)))
        running += (losses.detach().cpu().numpy() / options.batch - running) / min(step, 50)
        if step % 50 == 0:
            LOG.info("step %d of %d, box %.2f cls %.2f dfl %.2f, %.0f s", step, options.steps, *running, spent)
        if step % 100 == 0:
            state = {"network": network.state_dict(), "average": average.state_dict(), "step": step, "spent": spent}
            torch.save({**state, "optimizer": optimizer.state_dict()}, checkpoint)
    entry = write_weights(average.state_dict(), out, "detector.safetensors")
    notes = {"weights": entry.model_dump(), "steps": step, "seconds": spent}
    (out / "detector.json").write_text(json.dumps(notes, indent=2) + "\n")


@torch.no_grad()
def _follow(average: torch.nn.Module, network: torch.nn.Module, decay: float) -> None:
    """Move the running average of weights and batch statistics towards the network."""
    for kept, new in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.is_floating_point():
            kept.lerp_(new, 1 - decay)


if __name__ == "__main__":
    main()
