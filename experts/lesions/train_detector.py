"""Train the lesion detector: `python -m fundoscope.experts.lesions.train_detector --data DIR --out DIR`.

The same crops and options as the segmenter's; boxes are drawn around the components of their masks. --start takes a
segmenter's weights: the detector begins with its encoder, the rest from random weights.
"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from ..training.loop import Reader, Run
from ..training.weights import write_weights
from .components import components
from .detector import PAD, build, take_encoder
from .sampler import CropSampler
from .train import crops, options_of, sampler_of

PEAK = 2e-3
"""Peak learning rate."""
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


def batch_of(sampler: CropSampler, count: int, rng: np.random.Generator, device: str) -> dict[str, Tensor]:
    """`count` crops as ultralytics' loss wants them: img, batch_idx, cls, bboxes."""
    pixels, masks = crops(sampler, count, rng)
    rows = [(index, *box) for index in range(count) for box in boxes_of(masks[index])]
    table = torch.tensor(rows, dtype=torch.float32).reshape(-1, 6)
    image = torch.from_numpy(pixels).to(device)
    return {"img": image, "batch_idx": table[:, 0], "cls": table[:, 1:2], "bboxes": table[:, 2:]}


def main() -> None:
    """Train and write `detector.safetensors` and `detector.json` under OUT."""
    options = options_of(__doc__, steps=700, batch=6)
    sampler = sampler_of(options)
    network: Any = build()
    network.args = SimpleNamespace(box=7.5, cls=0.5, dfl=1.5)
    if options.start:
        take_encoder(network, load_file(options.start))
    run = Run(
        network,
        options.out,
        options.steps,
        slow=options.rate * PEAK / 4,
        fast=options.rate * PEAK,
        slow_prefix="model.0.",
        weight_decay=1e-2,
        clip=10.0,
        inertia=0.995,
        file="detector.ckpt",
        device=options.device,
    )

    def drawn(rng: np.random.Generator) -> dict[str, Tensor]:
        return batch_of(sampler, options.batch, rng, options.device)

    def loss(read: Reader, batch: dict[str, Tensor]) -> Tensor:
        parts, _ = network.loss(batch, read(batch["img"]))
        return parts.sum() / options.batch

    run.go(drawn, loss, until=options.until, seed=options.seed)
    entry = write_weights(run.average, options.out, "detector.safetensors")
    notes = {"weights": entry.model_dump(), "steps": run.step}
    (options.out / "detector.json").write_text(json.dumps(notes, indent=2) + "\n")


if __name__ == "__main__":
    main()
