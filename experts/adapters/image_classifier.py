"""Any image classifier of transformers as an expert: ICDR grades, or probabilities of named things."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...records import ExpertCard, Finding, Photograph
from ...settings import Settings
from ..base import Findings
from .transformers_model import TransformersExpert


class ImageClassifier(TransformersExpert):
    """Sees the square round the field of view."""

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        self.network, self.processor, names = self.opened("AutoModelForImageClassification")
        self.meant = self.classes(names)

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Classify one photograph. Nothing of other experts is used."""
        import torch

        pixels, _ = self.look(photograph, self.side_of(self.processor))
        with torch.inference_mode():
            logits = self.network(**self.inputs(self.processor, pixels)).logits[0]
        return self.classified(photograph, logits.float().cpu().numpy().astype(np.float64), self.meant)


EXPERT = ImageClassifier
