"""The grade expert: diabetic retinopathy on the ICDR scale, with calibrated probabilities and where the evidence lies."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...records import ExpertCard, Finding, Measurement, Photograph, Status
from ...settings import Settings
from ..base import Expert, Findings, checked_bytes
from .calibration import conformal_set, decide, probabilities
from .macula import OedemaHead
from .model import GradingModel, Output
from .network import ICDR
from .novelty import Novelty
from .preprocess import SMALLEST_FIELD, lit_disc, square

MODEL_FOLDER = "weights/model"
NOVELTY_FILE = "weights/novelty.safetensors"
MACULA_FILE = "weights/macula.safetensors"
REFERABLE = 2
"""From moderate non-proliferative retinopathy on, retinopathy is referable (wong2018_ico)."""


class Grade(Expert):
    """Gives `value`, `label`, `probabilities`, `referable_probability`, `conformal_set`; attaches the map `heatmap`."""

    name: ClassVar[str] = "grade"

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        for entry in card.weights:
            checked_bytes(folder / entry.file, entry.sha256, self.name)
        self.model = GradingModel(folder / MODEL_FOLDER, settings.device)
        self.temperature = card.thresholds.get("temperature", 1.0)
        self.offsets = np.array([card.thresholds.get(f"offset_{g}", 0.0) for g in range(len(ICDR))])
        self.novelty: Novelty | None = None
        if any(w.file == NOVELTY_FILE for w in card.weights):
            stored = {n: t.float().numpy() for n, t in self.state_dict(NOVELTY_FILE).items()}
            self.novelty = Novelty(stored["mean"], stored["directions"], stored["spread"], float(stored["rest"][0]))
        self.macula: OedemaHead | None = None
        if any(w.file == MACULA_FILE for w in card.weights):
            stored = {n: t.double().numpy() for n, t in self.state_dict(MACULA_FILE).items()}
            self.macula = OedemaHead(stored["weight"], float(stored["offset"][0]))

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Grade one photograph. Nothing of other experts is used."""
        finding = self.finding(photograph)
        reason = photograph.field_of_view.why_unreadable(SMALLEST_FIELD)
        if reason is not None:
            finding.status, finding.reason = Status.NOT_ASSESSED, reason
            names = ["icdr_grade", "referable_probability", "grade_confidence"]
            names += ["dme_probability"] if self.macula is not None else []
            finding.measurements = [Measurement.not_assessed(n, reason) for n in names]
            return finding
        pixels, frame = square(photograph, self.model.side)
        seen = self.model.look(pixels)
        p = self.calibrated(seen)
        finding.value = int(decide(p[None], round(self.card.thresholds.get("decision_rule_0_to_2", 0.0)))[0])
        finding.label = ICDR[finding.value]
        finding.probabilities = [float(v) for v in p]
        finding.referable_probability = float(min(1.0, p[REFERABLE:].sum()))
        if "conformal_quantile" in self.card.thresholds:
            finding.conformal_set = conformal_set(p, self.card.thresholds["conformal_quantile"])
        finding.measurements = _measurements(finding)
        if self.macula is not None:
            finding.measurements.append(_oedema(float(self.macula.probability(seen.features))))
        if self.novelty is not None:
            distance = self.novelty.distance(seen.features)
            if distance > self.card.thresholds["novelty_distance"]:
                finding.flags.append("out_of_distribution")
                finding.notes.append(
                    "The photograph is unlike those the grader learnt from; its grade is less certain."
                )
        heat = self._heat(seen, p, pixels)
        if heat is not None:
            finding.attach("heatmap", heat, frame)
        return finding

    def features(self, photograph: Photograph) -> NDArray[np.float32]:
        """The network's penultimate features of a photograph, float32 (1280,) with the shipped network."""
        return self.model.look(square(photograph, self.model.side)[0]).features

    def logits(self, photograph: Photograph) -> Output:
        """What the network says before calibration."""
        return self.model.look(square(photograph, self.model.side)[0])

    def calibrated(self, seen: Output) -> NDArray[np.float64]:
        """Probabilities (5,) of the grades."""
        return probabilities(seen.logits, self.temperature, self.offsets)

    def _heat(self, seen: Output, p: NDArray[np.float64], pixels: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """Where the evidence for referable retinopathy lies, 0 to 1, in the square's frame.

        Grad-CAM of the log-odds of P(grade >= 2): with average pooling and a linear head its gradients are the head's
        weights, so no backward pass is made. 1 is the strongest evidence in this photograph or, where that is weak, in
        the typical referable one.
        """
        head = self.model.head()
        if seen.plane is None or head is None or head.shape[1] != seen.plane.shape[0]:
            return None
        referable = max(float(p[REFERABLE:].sum()), 1e-9)
        pull = np.where(np.arange(len(p)) >= REFERABLE, p / referable, -p / max(1.0 - referable, 1e-9))
        cam = np.maximum(np.tensordot((pull @ head).astype(np.float32), seen.plane, 1), 0.0)
        cam = cam / max(float(cam.max()), self.card.thresholds.get("heatmap_reference_logit", 0.0), 1e-6)
        side = pixels.shape[0]
        heat = np.asarray(Image.fromarray(cam.astype(np.float32)).resize((side, side), Image.Resampling.BILINEAR))
        return np.clip(heat * lit_disc(pixels), 0.0, 1.0).astype(np.float32)


def _measurements(finding: Finding) -> list[Measurement]:
    assert finding.value is not None and finding.probabilities is not None
    return [
        Measurement(
            name="icdr_grade",
            value=finding.value,
            unit="ICDR grade",
            definition="International Clinical Diabetic Retinopathy severity, 0 to 4",
            reference="wilkinson2003",
        ),
        Measurement(
            name="referable_probability",
            value=finding.referable_probability,
            definition="calibrated probability of grade 2 or above",
        ),
        Measurement(
            name="grade_confidence",
            value=finding.probabilities[finding.value],
            definition="calibrated probability of the grade given",
        ),
    ]


def _oedema(probability: float) -> Measurement:
    return Measurement(
        name="dme_probability",
        value=probability,
        definition=(
            "probability of the photographic surrogate of macular oedema: hard exudate within one disc diameter of the "
            "macula's centre; thickening is not seen in one photograph"
        ),
        reference="porwal2018_idrid",
    )


EXPERT = Grade
