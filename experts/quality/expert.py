"""The quality expert: is this a fundus photograph, can it be graded, and if not, why and what to retake."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from ...errors import ExpertUnavailable
from ...records import ExpertCard, Finding, Measurement, Photograph
from ...settings import Settings
from ..base import Expert, Findings
from ..grade.preprocess import SMALLEST_FIELD
from .heads import OUTPUTS, Heads
from .look import describe, field_square
from .measures import DEFINITIONS, Measures
from .network import Backbone

BACKBONE, HEADS = "weights/backbone.safetensors", "weights/heads.safetensors"
GRADABLE, NOT_GRADABLE, NO_FUNDUS = "gradable", "not_gradable", "not_a_fundus_photograph"
ADVICE = {
    "focus": "Out of focus: refocus on the retinal vessels, ask for a blink, and retake.",
    "illumination": "Badly lit: adjust the flash and centre the pupil, and retake.",
    "contrast": "Hazy: clean the lens, check for tears or a cloudy lens, dilate the pupil, and retake.",
    "field": "Much of the field is hidden: lift the lid, centre and dilate the pupil, and retake.",
    "size": "Too small: give the camera's own file and not a reduced copy, or retake with more pixels.",
}
"""Each reason's line; the size is measured, the others are judged by their heads."""
JUDGED = tuple(name for name in ADVICE if name != "size")
NOTHING_LIT = 0.02
"""Where less than this share of the field is lit there is nothing that could be a retina."""
NO_FUNDUS_ADVICE = "No retina was recognised: give a colour fundus photograph."


class Quality(Expert):
    """Gives `label`, `value` (1 gradable, 0 not), the reasons as `flags` and one line of advice a reason as `notes`.

    A fundus whose field of view is narrower than the grader's SMALLEST_FIELD is not gradable, however it looks.
    """

    name: ClassVar[str] = "quality"

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        self.backbone = Backbone().eval()
        try:
            self.backbone.load_state_dict({n: t.float() for n, t in self.state_dict(BACKBONE).items()})
            self.heads = Heads({n: t.numpy() for n, t in self.state_dict(HEADS).items()})
        except (RuntimeError, KeyError) as error:
            raise ExpertUnavailable(f"{self.name}: the weights do not fit the network; reinstall fundoscope") from error

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Judge one photograph. Nothing of other experts is used."""
        scores, measures = self.scores(photograph)
        finding = self.finding(photograph)
        judged = self.label(scores)
        small = judged != NO_FUNDUS and photograph.field_of_view.diameter < SMALLEST_FIELD
        finding.label = NOT_GRADABLE if small else judged
        finding.value = int(finding.label == GRADABLE)
        if finding.label == NOT_GRADABLE:
            # More pixels are asked for first: what else a thumbnail seems to lack may be there in the photograph.
            finding.flags = ["size"] if small else []
            finding.flags += self._reasons(scores) if judged == NOT_GRADABLE else []
            finding.notes = [ADVICE[n] for n in finding.flags]
        elif finding.label == NO_FUNDUS:
            finding.notes = [NO_FUNDUS_ADVICE]
        finding.measurements = _measurements(scores, measures)
        return finding

    def scores(self, photograph: Photograph, fold: int | None = None) -> tuple[dict[str, float], Measures]:
        """Probabilities by name (`heads.OUTPUTS`) and measured numbers; of one fold's heads, or of all folds together."""
        described, measures = describe(field_square(photograph), self.backbone)
        scores = dict(zip(OUTPUTS, self.heads.probabilities(described, fold).tolist(), strict=True))
        if measures.field_coverage < NOTHING_LIT:
            scores["fundus"] = 0.0
        return scores, measures

    def _reasons(self, scores: dict[str, float]) -> list[str]:
        worst = max(JUDGED, key=lambda name: scores[name])
        return [n for n in JUDGED if scores[n] >= self.card.thresholds["reason"] or n == worst]

    def label(self, scores: dict[str, float]) -> str:
        """The verdict on such probabilities."""
        if scores["fundus"] < self.card.thresholds["fundus"]:
            return NO_FUNDUS
        return GRADABLE if scores["gradable"] >= self.card.thresholds["gradable"] else NOT_GRADABLE


def _measurements(scores: dict[str, float], measures: Measures) -> list[Measurement]:
    return [
        Measurement(
            name="quality_score", value=scores["gradable"], definition="probability that the photograph can be graded"
        ),
        Measurement(
            name="fundus_probability",
            value=scores["fundus"],
            definition="probability that the picture is a fundus photograph",
        ),
        *(
            Measurement(name=name, value=round(float(getattr(measures, name)), 4), definition=definition)
            for name, definition in DEFINITIONS.items()
        ),
    ]


EXPERT = Quality
