"""A classifier from a local transformers folder, with the preprocessing its folder names."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from transformers import AutoModelForImageClassification, PreTrainedModel
from transformers.utils import logging

from ...errors import ExpertUnavailable
from ..precision import quick_precision
from .network import ICDR, forward
from .preprocess import flatten

FLATTEN_KEY = "fundoscope_flatten"
"""Set in `preprocessor_config.json` of a network that was trained on flattened illumination."""
FILES = ("model.safetensors", "config.json", "preprocessor_config.json")
"""A transformers folder's files."""


def write_preprocessing(folder: Path, side: int) -> None:
    """Write `preprocessor_config.json` for our network, which reads flattened squares of `side` pixels."""
    processing = {
        "image_processor_type": "MobileNetV2ImageProcessor",
        "do_resize": True,
        "size": {"height": side, "width": side},
        "do_center_crop": False,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        FLATTEN_KEY: True,
    }
    (folder / FILES[2]).write_text(json.dumps(processing, indent=2) + "\n", encoding="utf-8")


BATCH = 16


@dataclass(frozen=True)
class Output:
    """One reading: logits (5,), penultimate features (d,), last convolutional map (d, h, w) or None."""

    logits: NDArray[np.float64]
    features: NDArray[np.float32]
    plane: NDArray[np.float32] | None


class GradingModel:
    """Any image classifier of transformers with five labels in the order of the ICDR scale."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        logging.disable_progress_bar()
        try:
            self.network: PreTrainedModel = AutoModelForImageClassification.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
            )
            processing = json.loads((folder / "preprocessor_config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ExpertUnavailable(f"grade: {folder} is not a usable transformers folder ({error})") from error
        if self.network.config.num_labels != len(ICDR):
            raise ExpertUnavailable(f"grade: {folder} has {self.network.config.num_labels} labels, five are needed")
        self.network.eval().to(device)
        self.device = device
        # `forward` listens to the network while it runs; two readings at once would hear each other.
        self._one_at_a_time = threading.Lock()
        size = processing.get("crop_size") or processing.get("size") or {}
        size = {"height": size} if isinstance(size, int) else size
        self.side = int(size.get("height") or size.get("shortest_edge") or 224)
        self.mean = np.asarray(processing.get("image_mean") or [0.5] * 3, dtype=np.float32)
        self.std = np.asarray(processing.get("image_std") or [0.5] * 3, dtype=np.float32)
        self.flattens = bool(processing.get(FLATTEN_KEY, False))

    def look(self, square: NDArray[np.uint8]) -> Output:
        """Read a field-of-view square, RGB uint8 (n, n, 3)."""
        return self._run([self._input(square)])[0]

    def look_through(self, squares: Iterable[NDArray[np.uint8]]) -> Iterator[Output]:
        """Read many squares, in batches and in bfloat16: quick enough to fit calibrations with, not to report."""
        waiting = iter(squares)
        while batch := list(itertools.islice(waiting, BATCH)):
            with quick_precision(self.device):
                yield from self._run([self._input(s) for s in batch])

    def _input(self, square: NDArray[np.uint8]) -> torch.Tensor:
        if square.shape[0] != self.side:
            square = np.asarray(Image.fromarray(square).resize((self.side, self.side), Image.Resampling.BILINEAR))
        pixels = flatten(square) if self.flattens else square
        values = (pixels.astype(np.float32) / 255.0 - self.mean) / self.std
        return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)))

    def _run(self, inputs: list[torch.Tensor]) -> list[Output]:
        tensor = torch.stack(inputs).to(self.device).contiguous(memory_format=torch.channels_last)
        with self._one_at_a_time:
            logits, features, plane = forward(self.network, tensor)
        return [
            Output(
                logits=logits[i].double().cpu().numpy(),
                features=features[i].cpu().numpy(),
                plane=None if plane is None else plane[i].cpu().numpy(),
            )
            for i in range(len(inputs))
        ]

    def head(self) -> NDArray[np.float32] | None:
        """Weights (5, d) of a linear head, or None where the head is something else."""
        linear = [m for m in self.network.modules() if isinstance(m, torch.nn.Linear)]
        if not linear or linear[-1].out_features != len(ICDR):
            return None
        return linear[-1].weight.detach().float().cpu().numpy()
