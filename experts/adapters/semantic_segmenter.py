"""Any semantic segmenter of transformers as an expert: a map of each named class and its share of the field of view.

Classes of one meaning are one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...records import ExpertCard, Finding, Measurement, Photograph
from ...settings import Settings
from ..base import Findings
from .foreign import NOT_CALIBRATED
from .transformers_model import TransformersExpert


class SemanticSegmenter(TransformersExpert):
    """Sees the square round the field of view; attaches one map a class, named as the labels name it."""

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        self.network, self.processor, names = self.opened("AutoModelForSemanticSegmentation")
        self.meant = self.classes(names)

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Segment one photograph. Nothing of other experts is used."""
        import torch

        pixels, frame = self.look(photograph, self.side_of(self.processor))
        with torch.inference_mode():
            logits = self.network(**self.inputs(self.processor, pixels)).logits.float()
            size = (frame.height, frame.width)
            logits = torch.nn.functional.interpolate(logits, size=size, mode="bilinear", align_corners=False)[0]
            shares = (logits.sigmoid() if self.config.several else logits.softmax(0)).cpu().numpy()
        shares = self.numbers(shares)
        best = shares.argmax(0)
        finding = self.finding(photograph)
        finding.notes = [NOT_CALIBRATED]
        ys, xs = np.mgrid[: frame.height, : frame.width]
        field = np.hypot(xs + 0.5 - frame.width / 2, ys + 0.5 - frame.height / 2) <= frame.width / 2
        for meaning in dict.fromkeys(self.meant.values()):
            numbers = [number for number, of in self.meant.items() if of == meaning]
            share = shares[numbers].max(0) if self.config.several else shares[numbers].sum(0)
            chosen = share >= 0.5 if self.config.several else np.isin(best, numbers)
            finding.attach(str(meaning), (share * field).astype(np.float32), frame)
            finding.measurements.append(
                Measurement(
                    name=f"area_{meaning}",
                    value=float(chosen[field].mean()),
                    definition=f"share of the field of view that the model calls {meaning}",
                )
            )
        return finding


EXPERT = SemanticSegmenter
