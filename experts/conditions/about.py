"""What the card says beside its numbers."""

from __future__ import annotations

from ...records import ExpertCard
from ...records.card import TrainingData, WeightsFile
from .samples import LEAST_AUC, WORDS, Sample

NOT_SHIPPED = (
    f"its detector is not shipped: on patients it had not seen, its AUC was not surely {LEAST_AUC:.2f} or more"
)


def card(weights: list[WeightsFile], thresholds: dict[str, float], rows: list[Sample]) -> ExpertCard:
    """The card, without figures."""
    counts = {name: sum(row.present[k] for row in rows) for k, name in enumerate(WORDS)}
    named = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())
    return ExpertCard(
        name="conditions",
        tool="screen_conditions",
        version="1.1.2",
        task="Screen for conditions other than diabetic retinopathy, each by a detector of its own.",
        reads="one colour fundus photograph; disc and fovea from the landmarks expert",
        returns=[
            f"measurements {', '.join(WORDS)}: calibrated probability, 0 to 1, or not assessed",
            "flags: the conditions whose probability reaches its threshold; normal_fundus is never flagged",
        ],
        method=(
            "Independent logistic detectors on pooled channels of the quality expert's MobileNetV2 blocks (ImageNet weights, "
            "unchanged): the field as it is, the field with its colours evened out at 256 pixels, a crop of 2.5 disc "
            "diameters around the disc and one of 3 around the fovea. Five sets of heads, each blind to a fifth of the "
            "patients, are averaged; penalty and calibration (Platt) were chosen inside each set's training patients; the "
            "figures are of heads that did not see the patient. A threshold leaves 95 % of the photographs without the "
            "condition below it, more where 90 % of those with it still reach it."
        ),
        weights=weights,
        trained_on=[
            TrainingData(
                name=f"ODIR-5K subset, conditions by diagnostic words ({named}; a photograph may have several)",
                photographs=len(rows),
                terms="none stated; research",
                reference="li2021_odir",
            ),
            TrainingData(
                name="ImageNet-1k (the quality expert's backbone, MobileNetV2, unchanged)",
                photographs=1281167,
                terms="weights Apache-2.0; ImageNet photographs: research terms",
            ),
        ],
        training_command="python -m fundoscope.experts.conditions.train --data DIR --out DIR",
        seed=0,
        thresholds=thresholds,
        pictures=["figures.svg"],
        limits=[
            "One source of photographs (ODIR, 512 pixels): on other cameras nothing is known but the "
            "figures named here, and calibration was never checked there.",
            "Photographs unlike those learnt from are not judged; of a sharper camera's (HRF) that is a quarter.",
            "Of a diabetic clinic's photographs on a camera that the detectors never saw (UNAM) it flags 21 % for "
            "suspected glaucoma, 21 % for macular degeneration and 9 % each for cataract or haze and for myopia, labelled there "
            "neither way; on DRIVE, IDRiD, HRF and Drishti-GS it flags macular degeneration in 0 to 6 %.",
            "That a threshold is raised where 90 % of those with the condition still reach it was decided after seeing that "
            "a quarter of IDRiD's photographs were flagged for myopia without it: the shares flagged for myopia on other "
            "cameras are no independent figures.",
            "A threshold keeps alarms rare, so what is not flagged is not thereby absent: see the sensitivities.",
            "Labels are diagnostic words turned into yes and no: a condition nobody wrote down counts as absent.",
            "Probabilities are calibrated for this mix of photographs, in which conditions are far more common than in a "
            "screening population.",
            "Diabetic retinopathy is not among the conditions; a normal fundus here is one whose only words are normal fundus.",
            "Suspected glaucoma is judged from a photograph alone, without pressure, visual field or depth.",
            "Conditions without a detector here (vein occlusion, membranes, detachment, tumours) are not looked for.",
        ],
        not_assessed=[f"{name}: {NOT_SHIPPED}" for name in WORDS if name not in thresholds],
        terms="Weights: trained on photographs for research use (ODIR); for research.",
    )
