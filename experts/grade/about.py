"""What the grader's card says beside its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

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


def card(
    weights: list[WeightsFile], thresholds: dict[str, float], rows: list[Example], oedema: Mapping[str, int]
) -> ExpertCard:
    """The card, without figures. `oedema`: by data set, how many photographs the head for macular oedema learnt from."""
    counts = Counter(r.dataset for r in rows if r.part == "train")
    trained = [
        TrainingData(name=name, photographs=counts[key], terms=terms, reference=reference)
        for key, (name, terms, reference) in _TERMS.items()
    ]
    trained += [
        TrainingData(
            name=f"{_TERMS[key][0].split(',')[0]}, labels of macular oedema (the head for it alone)",
            photographs=count,
            terms=_TERMS[key][1],
            reference=_TERMS[key][2],
        )
        for key, count in sorted(oedema.items())
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
        version="1.2.1",
        task="Grade diabetic retinopathy on the ICDR scale, 0 to 4.",
        reads="one colour fundus photograph; nothing from other experts",
        returns=[
            "value and label: ICDR grade 0 to 4",
            "probabilities: five calibrated numbers that sum to 1",
            "referable_probability: P(grade >= 2)",
            "conformal_set: neighbouring grades that hold the true one in 90 % of photographs like those calibrated on",
            "measurements icdr_grade, referable_probability, grade_confidence",
            "measurement dme_probability: hard exudate within one disc diameter of the macula's centre, 0 to 1",
            "map heatmap: evidence for referable retinopathy (Grad-CAM), 0 to 1",
            "flag out_of_distribution",
        ],
        method=(
            "MobileNetV2 (transformers, 384 px across the field of view) on photographs whose local mean brightness was "
            "subtracted and whose contrast was brought to one level; averaged over the photograph and its mirror image. "
            "Trained with an ordinal cross-entropy on class-balanced draws under strong changes of colour, sharpness and "
            "framing; coarse labels (NPDR, any retinopathy) by the summed probability of the grades they leave open. "
            "Temperature (guo2017_calibration), an offset a grade, decision rule and conformal quantile are from the "
            "validation part. Three legs: 915 steps at 288 px from the ImageNet weights, 260 at 384 px from there, and 2400 more "
            "in bfloat16, which on the validation part brought ODIR's kappa from 0.36 to 0.49 and left IDRiD's where it was. "
            "The probability of macular oedema is a logistic head on the network's pooled features. Any five-label "
            "transformers classifier in weights/model can take the network's place."
        ),
        weights=weights,
        trained_on=trained,
        training_command=(
            "python -m fundoscope.experts.grade.train --data DIR --out ONE --steps 915 --side 288 && "
            "python -m fundoscope.experts.grade.train --data DIR --out TWO --start ONE/model --steps 260 --side 384 "
            "--rate 2e-4 --seed 1 && "
            "python -m fundoscope.experts.grade.train --data DIR --out THREE --start TWO/model --steps 2400 --side 384 "
            "--rate 3e-4 --seed 2 && "
            "python -m fundoscope.experts.grade.calibrate --data DIR --model THREE/model"
        ),
        seed=0,
        thresholds=thresholds,
        pictures=["figures.svg", "curves.svg", "abstention.svg"],
        limits=[
            "One photograph of 45 to 50 degrees: lesions outside it, and thickening of the macula, are not seen.",
            "At 384 pixels across the field the smallest microaneurysms are lost: grade 1 is the least reliable grade.",
            "Probabilities are calibrated for the mix of IDRiD and ODIR photographs; a screening population has fewer cases.",
            "Grades of ODIR are diagnostic words turned into numbers; graders disagree with one another as well.",
            "Other diseases (vein occlusion, hypertensive retinopathy, macular degeneration) can look like retinopathy.",
            "The probability of macular oedema speaks of exudate near the fovea as a whole picture suggests it; it measures "
            "no distance, and oedema without exudate is not seen. UNAM's labels are its readers' own.",
            "Networks trained without a data set (`train --leave SET`, 550 steps at 288 pixels) and read on it: referable AUC 0.943 on IDRiD, any-retinopathy AUC 0.903 on UNAM; but without ODIR, taught longer (2,400 steps at 384 pixels), 0.690 on ODIR, whose grades are made from words: severe or proliferative eyes stand out from normal fundi there too (AUC 0.97), moderate ones less (0.77), mild ones not at all, and half of the eyes with another disease are called referable. The shipped network, which learnt from ODIR, has 0.852 on its hold-out. A camera that was never seen may be graded badly. The shipped network learnt from all three.",
            "On ODIR's hold-out the shipped network tells severe or proliferative eyes from normal fundi with an AUC of 0.99, moderate ones with 0.87, mild ones with 0.60; 16 % of the eyes with another disease and no retinopathy are called referable.",
            "On the hold-out the conformal sets cover more than their 90 % (0.935, interval 0.915 to 0.953). Set in the same way on half of the patients of validation and hold-out together and judged on the other half, they cover 0.900 on average and between 0.857 and 0.934 in 95 % of 200 draws: in 5 of these as high as on this hold-out, whose split has the harder photographs in the validation part, on which the sets are made. By chance alone, on the same cameras, coverage lies that far from 90 %; on another camera it can lie further.",
            "The heatmap does not find lesions: on IDRiD's lesion test its peak lies near one no more often than a peak set "
            "down anywhere would.",
            "The lesions expert's counts do not enter the grade: beside the network's logit they made the referable AUC of "
            "ODIR's validation part worse (0.785 to 0.767, logistic fits over five folds of patients).",
            "A fourth leg on blurred, noisy and hard compressed views (1,500 steps) was not taken: better on the validation "
            "part, on the hold-out it changed kappa and AUC by less than their intervals, while the calibration error rose to "
            "0.051, HRF's AUC fell to 0.864 and that of macular oedema on IDRiD to 0.848.",
            "Whether an eye is referable is left open where the conformal set of grades holds 1 and 2 alike: 78 % of such decisions are made on the IDRiD hold-out, 39 % on ODIR's, where of the referable among the decided 86 % are found (abstention.svg, `python -m fundoscope.evals.grade_abstention`).",
            "By subgroup of ODIR's hold-out (side, sex, age, better and worse photographs) the referable AUC lies "
            "between 0.819 and 0.887, with intervals that all overlap; kappa is lowest in the better half of the "
            "photographs (0.507, 0.399 to 0.591) and under 50 years of age (0.542, 0.395 to 0.659).",
            "Hard compression, noise and blur: on 48 of IDRiD's hold-out the quadratic kappa of 0.780 falls to 0.713 "
            "at JPEG quality 30 and 0.344 at 5, 0.603 with noise of 14 grey levels and 0.487 with a blur of 0.5 % of "
            "the width; light and colour casts change it by less than its interval (fundoscope eval robustness).",
            "Photographs of very poor quality must be refused before (quality expert); they are graded all the same here.",
        ],
        not_assessed=["Field of view under 150 pixels wide", "Thickening of the macula"],
        terms=(
            "Weights: trained partly on photographs for research use (ODIR, UNAM, APTOS) and on IDRiD (CC BY 4.0); "
            "for research."
        ),
    )
