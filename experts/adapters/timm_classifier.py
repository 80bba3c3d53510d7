"""A classifier of timm as an expert, such as a vision transformer fine-tuned the way of RETFound."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...errors import ExpertUnavailable
from ...records import ExpertCard, Finding, Photograph
from ...settings import Settings
from ..base import Findings
from .foreign import ForeignExpert


class TimmClassifier(ForeignExpert):
    """`architecture` is timm's name of the network, `options` what its maker takes (RETFound: global_pool "avg").

    `labels` number the classes; the head's size is read from the weights.
    """

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        state = self.tensors()
        heads = [
            t.shape[0]
            for n, t in state.items()
            if n in ("head.weight", "head.fc.weight", "fc.weight", "classifier.weight")
        ]
        if not heads:
            raise ExpertUnavailable(f"{self.name}: the weights have no classifying head: fine-tune the model first")
        try:
            import timm
        except ImportError as error:
            raise ExpertUnavailable(f"{self.name}: timm is not installed; pip install 'fundoscope[timm]'") from error
        try:
            self.network = timm.create_model(
                self.config.architecture or "", pretrained=False, num_classes=heads[0], **self.config.options
            )
        except (RuntimeError, ValueError, TypeError) as error:
            raise ExpertUnavailable(
                f"{self.name}: timm makes no {self.config.architecture!r} of these options"
            ) from error
        self.fill(self.network, state)
        self.network = self.network.eval().to(settings.device)
        self.meant = self.classes([str(n) for n in range(heads[0])])

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Classify one photograph. Nothing of other experts is used."""
        import torch

        pixels, _ = self.look(photograph, self.config.side or 224)
        mean, std = (np.array(triple, dtype=np.float32) for triple in (self.config.mean, self.config.std))
        values = (pixels.astype(np.float32) / 255 - mean) / std
        with torch.inference_mode():
            batch = torch.from_numpy(values.transpose(2, 0, 1)[None].copy()).to(self.settings.device)
            logits = self.network(batch)[0]
        return self.classified(photograph, logits.float().cpu().numpy().astype(np.float64), self.meant)


EXPERT = TimmClassifier
