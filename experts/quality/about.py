"""What the quality expert's card says beside its numbers."""

from __future__ import annotations

from collections import Counter

from ...records import ExpertCard
from ...records.card import TrainingData, WeightsFile
from ..grade.preprocess import SMALLEST_FIELD
from .samples import Sample

_RESEARCH = "none stated; research"
_TERMS = {
    "odir5k_subset": ("ODIR-5K subset (low quality by diagnostic words)", _RESEARCH, "li2021_odir"),
    "idrid_grading": ("IDRiD grading (as gradable)", "CC BY 4.0", "porwal2018_idrid"),
    "unam_dme_dr": ("UNAM DME/DR (as fundus photographs only)", "none stated; research, cite", None),
    "drimdb": ("DRIMDB (good, bad, no retina)", _RESEARCH, None),
    "hrf": ("HRF (as gradable)", "CC BY 4.0", "budai2013_hrf"),
    "drive": ("DRIVE (as gradable)", "research; none stated in the copy", "staal2004_drive"),
    "drishti_gs1": ("Drishti-GS1 (as gradable)", _RESEARCH, None),
}


def card(weights: list[WeightsFile], thresholds: dict[str, float], samples: list[Sample]) -> ExpertCard:
    """The card, without figures."""
    clean = Counter(s.source for s in samples if not (s.reasons and any(s.reasons)))
    spoilt = sum(bool(s.reasons and any(s.reasons)) for s in samples)
    # DRIMDB's patients are not known: a group is a photograph, and what is more are crops of those that show no retina.
    distinct = len({s.group for s in samples if s.source == "drimdb"})
    outlier_crops, clean["drimdb"] = clean["drimdb"] - distinct, distinct
    trained = [
        TrainingData(name=name, photographs=clean[key], terms=terms, reference=reference)
        for key, (name, terms, reference) in _TERMS.items()
    ]
    others = clean["picture"] + clean["drawn"]
    trained += [
        TrainingData(name="The above, spoilt in known ways", photographs=spoilt, terms="as the above"),
        TrainingData(
            name="Crops of DRIMDB's photographs that show no retina, some in other light",
            photographs=outlier_crops,
            terms=_RESEARCH,
        ),
        TrainingData(
            name="Crops of sample pictures inside scikit-image, scikit-learn, matplotlib, gradio and ultralytics, and drawn pictures",
            photographs=others,
            terms="the packages' own",
        ),
        TrainingData(
            name="ImageNet-1k (the backbone's weights, MobileNetV2, unchanged)",
            photographs=1281167,
            terms="weights Apache-2.0; ImageNet photographs: research terms",
        ),
    ]
    return ExpertCard(
        name="quality",
        tool="assess_quality",
        version="1.2.0",
        task="Say whether a picture is a fundus photograph, whether it can be graded, and if not, why.",
        reads="one picture; nothing from other experts",
        returns=[
            "label: gradable, not_gradable or not_a_fundus_photograph; value 1 for gradable, else 0",
            "quality_score: P(gradable), 0 to 1",
            "fundus_probability: P(fundus photograph), 0 to 1",
            "focus, illumination, contrast, field_coverage: measured, each with its definition",
            "flags: the reasons among size, focus, illumination, contrast, field; notes: a line of advice a reason",
        ],
        method=(
            "Logistic heads on the pooled channels of MobileNetV2's first thirteen blocks (ImageNet weights, unchanged, "
            "224 pixels across the field of view) beside four numbers measured at 448 pixels. Five sets of heads, each "
            "blind to a fifth of the patients, are averaged; the figures are of heads that did not see the patient. "
            "Reasons were learnt from good photographs spoilt on purpose, but for size: a fundus whose field of view is under "
            f"{SMALLEST_FIELD} pixels wide, which the grader does not grade, is not gradable. What an eye looks like from outside was learnt from "
            "30 crops of each of DRIMDB's 22 photographs that show no retina, added after 19 of these had been told from "
            "fundus photographs out of fold (14 crops each in their own light: 20; 30, some in other light: 21 with one "
            "seed, 20 with the one shipped)."
        ),
        weights=weights,
        trained_on=trained,
        training_command="python -m fundoscope.experts.quality.train --data DIR --out DIR",
        seed=0,
        thresholds=thresholds,
        pictures=["figures.svg"],
        limits=[
            "Real photographs of low quality in training are few (69 of DRIMDB, 64 of ODIR): mild haze often passes.",
            "Of the ODIR photographs without a quality word 22 (3.0 %) are refused: by our own eye 18 of them are blurred, "
            "dark or hazy all over, and 4 are diseased retinas (atrophy, asteroid hyalosis) that were taken for something else.",
            "DRIMDB's good and bad photographs differ in style as well as in quality; its figure says little of others.",
            "Reasons were learnt from spoilt good photographs, not from photographs whose reason a person named.",
            "Ultra-wide-field, monochrome and angiography pictures are outside what it has seen.",
            "Thresholds are set to refuse few good photographs, so many poor ones are let through.",
            "The threshold of gradable photographs was chosen on the out-of-fold scores on which the refused shares are counted, so "
            "that these flatter it a little; of eight pairs of photographs that are the same or nearly so (IDRiD, UNAM) seven lie in "
            "different folds.",
            "Noise and compression are hardly seen: with noise of 14 grey levels none of 48 photographs is refused, "
            "and at JPEG quality 10 two, where vessels and grade are read far worse (fundoscope eval robustness). A "
            "report names a file's JPEG quality where it is 50 or less, and its noise from 3 grey levels up.",
        ],
        not_assessed=["Artefacts such as dust, lashes and reflections, one by one"],
        terms="Weights: trained partly on photographs for research use (ODIR, DRIMDB, UNAM, DRIVE, Drishti); for research.",
    )
