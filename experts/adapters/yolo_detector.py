"""A YOLO detector of ultralytics as an expert: boxes of named things and how many there are.

A `.pt` file of ultralytics is a pickle whose classes would have to run, so it is not opened. With the program that made it,
`YOLO("best.pt").model.state_dict()` saved by `torch.save` is a file of tensors, which `fundoscope convert` takes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ExpertUnavailable
from ...records import ExpertCard, Finding, Measurement, Photograph, Region
from ...settings import Settings
from ..base import Findings
from ..yolo import detection_model
from .foreign import ForeignExpert

SIDE = 640
OVERLAP = 0.5
"""Boxes of one class that share more than this of their union are one."""


class YoloDetector(ForeignExpert):
    """`architecture` is a YAML of ultralytics' own ("yolov8n.yaml") or one beside the card; `labels` number the classes."""

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        state = self.tensors()
        heads = sorted(n for n in state if ".cv3.0." in n and n.endswith(".weight"))
        if not heads:
            raise ExpertUnavailable(f"{self.name}: the weights are not those of an ultralytics detector")
        count = int(state[heads[-1]].shape[0])
        network = self._built(count)
        self.fill(network, state)
        self.network = network.eval().to(settings.device)
        self.meant = self.classes([str(n) for n in range(count)])

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Detect in one photograph. Nothing of other experts is used."""
        import torch
        from torchvision.ops import batched_nms, box_convert

        pixels, frame = self.look(photograph, -(-(self.config.side or SIDE) // 32) * 32)
        batch = torch.from_numpy(pixels.transpose(2, 0, 1)[None].astype(np.float32) / 255).to(self.settings.device)
        with torch.inference_mode():
            output = self.network(batch)
            rows = (output[0] if isinstance(output, tuple) else output)[0].T.float().cpu()
        self.numbers(rows.numpy())
        scores, kinds = rows[:, 4:].max(dim=1)
        wanted = (scores >= self.config.threshold) & torch.isin(kinds, torch.tensor(sorted(self.meant)))
        boxes, scores, kinds = (
            box_convert(rows[wanted, :4], "cxcywh", "xyxy").clamp(0, frame.width),
            scores[wanted],
            kinds[wanted],
        )
        kept = batched_nms(boxes, scores, kinds, OVERLAP)
        finding = self.finding(photograph)
        for (x0, y0, x1, y1), score, kind in zip(
            boxes[kept].tolist(), scores[kept].tolist(), kinds[kept].tolist(), strict=True
        ):
            width, height = (x1 - x0) * frame.scale, (y1 - y0) * frame.scale
            left, top = frame.left + x0 * frame.scale, frame.top + y0 * frame.scale
            kind = str(self.meant[kind])
            finding.regions.append(
                Region(kind=kind, x=left, y=top, width=width, height=height, area=width * height, score=score)
            )
        finding.measurements = [
            Measurement(
                name=f"count_{meaning}",
                value=sum(region.kind == str(meaning) for region in finding.regions),
                definition=f"boxes of {meaning} with a score of at least {self.config.threshold:g}",
            )
            for meaning in self.meant.values()
        ]
        return finding

    def _built(self, count: int) -> Any:
        architecture = self.config.architecture or ""
        beside = self.folder / architecture
        try:
            return detection_model(str(beside if beside.is_file() else architecture), count, self.settings.home)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
            raise ExpertUnavailable(f"{self.name}: ultralytics makes no {architecture!r}") from error


EXPERT = YoloDetector
