"""What the grader's card says beside its numbers."""

from __future__ import annotations

from collections import Counter

from ...records import ExpertCard
from ...records.card import TrainingData, WeightsFile
from .split import Example

_TERMS = {
    "idrid_grading": ("IDRiD grading, training part of our split", "CC BY 4.0", "porwal2018_idrid"),
    "odir5k_subset": (
        "ODIR-5K subset, training part of our split (grades from diagnostic words)",
        "none stated; research",
        "li2021_odir",
    ),
    "unam_dme_dr": ("UNAM DME/DR, training part of our split (none, NPDR, PDR)", "none stated; research, cite", None),
}


def card(weights: list[WeightsFile], thresholds: dict[str, float], rows: list[Example]) -> ExpertCard:
    """The card, without figures."""
    counts = Counter(r.dataset for r in rows if r.part == "train")
    trained = [
        TrainingData(name=name, photographs=counts[key], terms=terms, reference=reference)
        for key, (name, terms, reference) in _TERMS.items()
    ]
    trained.append(
        TrainingData(
            name="APTOS 2019, training part of our split (local mean already subtracted, 224 px)",
            photographs=3164,
            terms="Kaggle competition rules; research",
            reference="aptos2019",
        )
    )
    trained.append(
        TrainingData(
            name="ImageNet-1k (starting weights, MobileNetV2)",
            photographs=1281167,
            terms="weights Apache-2.0; ImageNet photographs: research terms",
        )
    )
    return ExpertCard(
        name="grade",
        tool="grade_retinopathy",
        version="1.0.0",
        task="Grade diabetic retinopathy on the ICDR scale, 0 to 4.",
        reads="one colour fundus photograph; nothing from other experts",
        returns=[
            "value and label: ICDR grade 0 to 4",
            "probabilities: five calibrated numbers that sum to 1",
            "referable_probability: P(grade >= 2)",
            "conformal_set: neighbouring grades that hold the true one in 90 % of photographs like those calibrated on",
            "measurements icdr_grade, referable_probability, grade_confidence",
            "map heatmap: evidence for referable retinopathy (Grad-CAM), 0 to 1",
            "flag out_of_distribution",
        ],
        method=(
            "MobileNetV2 (transformers, 288 px across the field of view) on photographs whose local mean brightness was "
            "subtracted and whose contrast was brought to one level; averaged over the photograph and its mirror image. "
            "Trained with an ordinal cross-entropy on class-balanced draws under strong changes of colour, sharpness and "
            "framing; coarse labels (NPDR, any retinopathy) by the summed probability of the grades they leave open. "
            "Temperature (guo2017_calibration), an offset a grade, decision rule and conformal quantile are from the "
            "validation part. Any five-label transformers classifier in weights/model can take its place."
        ),
        weights=weights,
        trained_on=trained,
        training_command=(
            "python -m fundoscope.experts.grade.train --data DIR --out OUT --steps 915 && "
            "python -m fundoscope.experts.grade.calibrate --data DIR --model OUT/model"
        ),
        seed=0,
        thresholds=thresholds,
        limits=[
            "One photograph of 45 to 50 degrees: lesions outside it, and thickening of the macula, are not seen.",
            "At 288 pixels across the field the smallest microaneurysms are lost: grade 1 is the least reliable grade.",
            "Probabilities are calibrated for the mix of IDRiD and ODIR photographs; a screening population has fewer cases.",
            "Grades of ODIR are diagnostic words turned into numbers; graders disagree with one another as well.",
            "Other diseases (vein occlusion, hypertensive retinopathy, macular degeneration) can look like retinopathy.",
            "Photographs of very poor quality must be refused before (quality expert); they are graded all the same here.",
        ],
        not_assessed=["Field of view under 150 pixels wide", "Risk of diabetic macular oedema"],
        terms=(
            "Weights: trained partly on photographs for research use (ODIR, UNAM, APTOS) and on IDRiD (CC BY 4.0); "
            "for research."
        ),
    )
