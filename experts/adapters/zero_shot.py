"""A model of pictures and words (CLIP and its kind, as FLAIR is used) as an expert: photographs against described labels.

Each label is described by several sentences, those of the configuration or those that the knowledge notes have of it, and
stands for the mean direction of their embeddings [silva2025_flair].
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ExpertUnavailable
from ...knowledge.corpus import sentences
from ...records import ExpertCard, Finding, Photograph
from ...settings import Settings
from ..base import Findings
from .transformers_model import TransformersExpert

FIRST = "A colour fundus photograph of {}."
MOST_SENTENCES, MOST_WORDS = 4, 30
"""Of the notes' sentences on a label; longer ones would be cut by the models' text encoders."""


class ZeroShot(TransformersExpert):
    """`labels` are the words that are looked for. The finding names the sentences of the notes that described them."""

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        self.network, self.processor, _ = self.opened("AutoModelForZeroShotImageClassification", "AutoProcessor")
        unknown = sorted(set(self.config.prompts) - set(self.config.labels))
        if unknown or not self.config.labels:
            raise ExpertUnavailable(
                f"{self.name}: there are prompts, but no label, for {', '.join(unknown) or 'anything'}"
            )
        self.described = {label: self._described(label) for label in self.config.labels}
        self.directions = self._directions()
        self.meant = dict(enumerate(self.config.labels.values()))

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Hold one photograph against the labels. Nothing of other experts is used."""
        import torch

        pixels, _ = self.look(photograph, self.side_of(self.processor.image_processor))
        with torch.inference_mode():
            seen = _unit(self.network.get_image_features(**self.inputs(self.processor, pixels)))
            logits = seen @ self.directions.T * self.network.logit_scale.exp()
            logits = logits[0] + getattr(self.network, "logit_bias", 0.0)
        finding = self.classified(photograph, logits.float().cpu().numpy().astype(np.float64), self.meant)
        notes = sorted({source for described in self.described.values() for _, source in described if source})
        finding.notes.append(f"Labels described by the knowledge notes: {', '.join(notes) or 'none'}.")
        return finding

    def _described(self, label: str) -> list[tuple[str, str]]:
        """(sentence, id of its note or nothing) for a label."""
        if label in self.config.prompts:
            return [(prompt, "") for prompt in self.config.prompts[label]]
        return [(FIRST.format(label), ""), *known_of(label)]

    def _directions(self) -> Any:
        """The labels' unit vectors (labels, d)."""
        import torch

        means = []
        for described in self.described.values():
            words = self.processor.tokenizer(
                [sentence for sentence, _ in described], padding=True, truncation=True, return_tensors="pt"
            ).to(self.settings.device)
            with torch.inference_mode():
                means.append(_unit(self.network.get_text_features(**words)).mean(dim=0, keepdim=True))
        return _unit(torch.cat(means))


def known_of(label: str) -> list[tuple[str, str]]:
    """(sentence, id) of the knowledge notes' first short sentences that begin with the label's words, one or many."""
    named = re.compile(rf"(an?\s+|the\s+)?{re.escape(label.lower()).removesuffix('s')}(s|es)?\b")
    found = [(s.text, s.id) for s in sentences() if named.match(s.text.lower()) and len(s.text.split()) <= MOST_WORDS]
    return found[:MOST_SENTENCES]


def _unit(vectors: Any) -> Any:
    """Vectors (n, d) of length 1; transformers wraps them in an output since its fifth version."""
    plain = getattr(vectors, "pooler_output", vectors)
    return plain / plain.norm(dim=-1, keepdim=True)


EXPERT = ZeroShot
