"""The conditions expert: calibrated probabilities of conditions other than diabetic retinopathy."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from ...errors import ExpertUnavailable
from ...records import ExpertCard, Finding, Measurement, Photograph, Status
from ...settings import Settings
from ..base import Expert, Findings
from ..grade.novelty import Novelty
from ..quality.network import Backbone
from .about import NOT_SHIPPED
from .heads import Heads
from .look import COLOURLESS, describe
from .samples import WORDS

BACKBONE = "../quality/weights/backbone.safetensors"
"""The quality expert's backbone, pinned on this card too: the heads fit no other."""
HEADS = "weights/heads.safetensors"
NORMAL = "normal_fundus"
SMALLEST_FIELD = 300
"""Fields of view narrower than this many pixels are not judged: the detectors learnt from nothing so coarse."""
JUDGED_AT = {"glaucoma_suspect": "disc", "age_related_macular_degeneration": "fovea"}
"""Conditions that are not judged where the part of the eye they show at was not found."""


class Conditions(Expert):
    """Measures a probability a condition; `flags` holds the conditions whose probability reaches its threshold."""

    name: ClassVar[str] = "conditions"
    needs: ClassVar[tuple[str, ...]] = ("landmarks",)

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        self.shipped = [name for name in WORDS if name in card.thresholds]
        self.backbone = Backbone().eval()
        try:
            self.backbone.load_state_dict({n: t.float() for n, t in self.state_dict(BACKBONE).items()})
            stored = {n: t.numpy() for n, t in self.state_dict(HEADS).items()}
            self.heads = Heads(stored)
            self.novelty = Novelty(
                stored["novelty_mean"],
                stored["novelty_directions"],
                stored["novelty_spread"],
                float(stored["novelty_rest"][0]),
            )
        except (RuntimeError, KeyError) as error:
            raise ExpertUnavailable(f"{self.name}: the weights do not fit the network; reinstall fundoscope") from error

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Read one photograph. Where disc and fovea lie comes from `given["landmarks"]`."""
        finding = self.finding(photograph)
        landmarks = (given or {}).get("landmarks")
        if landmarks is None:
            return _nothing(finding, "the landmarks were not read")
        why_not = photograph.field_of_view.why_unreadable(SMALLEST_FIELD)
        if why_not is not None:
            return _nothing(finding, why_not)
        described = describe(photograph, landmarks, self.backbone)
        if self.novelty.distance(described[COLOURLESS]) > self.card.thresholds["novelty"]:
            return _nothing(finding, "the photograph is unlike those that the detectors learnt from")
        probabilities = dict(zip(self.shipped, self.heads.probabilities(described).tolist(), strict=True))
        for name in WORDS:
            unseen = _unseen(JUDGED_AT.get(name), landmarks)
            if name not in probabilities:
                measurement = Measurement.not_assessed(name, NOT_SHIPPED, "probability")
            elif unseen is not None:
                measurement = Measurement.not_assessed(name, unseen, "probability")
            else:
                least = None if name == NORMAL else self.card.thresholds[name]
                measurement = Measurement(
                    name=name,
                    value=round(probabilities[name], 4),
                    unit="probability",
                    definition=f"calibrated probability of {name.replace('_', ' ')}",
                    flagged_from=least,
                )
                if least is not None and probabilities[name] >= least:
                    finding.flags.append(name)
            finding.measurements.append(measurement)
        return finding


def _unseen(place: str | None, landmarks: Finding) -> str | None:
    """Why the crop around a landmark, as wide as disc diameters say, was not seen; None where it was or none is needed."""
    if place is None or (place in landmarks.points and landmarks.number("disc_diameter")):
        return None
    return "the size of the optic disc is not known" if place in landmarks.points else f"no {place} was found"


def _nothing(finding: Finding, reason: str) -> Finding:
    finding.status, finding.reason = Status.NOT_ASSESSED, reason
    finding.measurements = [Measurement.not_assessed(name, reason, "probability") for name in WORDS]
    return finding


EXPERT = Conditions
