"""Reports made by hand from phantoms, whose maps are the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from fundoscope.evals.phantom import Phantom, draw_phantom
from fundoscope.imaging import Frame
from fundoscope.records import (
    ArtifactStore,
    Citation,
    Claim,
    ClaimKind,
    ClaimStatus,
    Evidence,
    Eye,
    EyeReport,
    Finding,
    Measurement,
    Passage,
    Photograph,
    Point,
    ReasoningStep,
    Region,
    Report,
)
from fundoscope.records.report import (
    ConditionResult,
    Disagreement,
    DiscLandmark,
    DiscResult,
    ExpertProvenance,
    FoveaLandmark,
    GradeResult,
    LandmarkResult,
    LesionResult,
    NotAssessed,
    Provenance,
    QualityResult,
    Recommendation,
    RemovedClaim,
    ReportStatus,
    VesselResult,
)
from scipy import ndimage

QUADRANTS = ("superotemporal", "superonasal", "inferotemporal", "inferonasal")


@dataclass
class Sample:
    """A report with what is needed to render it."""

    report: Report
    store: ArtifactStore
    photographs: dict[str, Photograph]
    phantoms: dict[Eye, Phantom]


def finding(expert: str, photograph: Photograph, eye: Eye, **said: Any) -> Finding:
    return Finding(
        expert=expert, version="1.0", weights_sha256="ab" * 32, photograph=photograph.sha256, eye=eye, **said
    )


def read_phantom(phantom: Phantom, photograph: Photograph, eye: Eye) -> list[Finding]:
    """The findings that perfect experts would give."""
    truth, size = phantom.truth, (photograph.height, photograph.width)
    frame = Frame.around(photograph.field_of_view, size, 900)

    def seen(mask: np.ndarray) -> np.ndarray:
        return frame.look(mask.astype(np.uint8) * 255).astype(np.float32) / 255

    quality = finding(
        "quality", photograph, eye, label="gradable", measurements=[Measurement(name="quality_score", value=0.97)]
    )
    landmarks = finding(
        "landmarks",
        photograph,
        eye,
        label=truth.eye,
        points={
            "disc": Point(x=truth.disc.x, y=truth.disc.y, confidence=0.99),
            "fovea": Point(x=truth.fovea.x, y=truth.fovea.y, confidence=0.94),
        },
        measurements=[Measurement(name="disc_diameter", value=truth.disc.diameter, unit="px")],
    )
    vessels = finding(
        "vessels",
        photograph,
        eye,
        measurements=[
            Measurement(name="vessel_density", value=0.0934, unit="fraction", definition="Share of the field of view."),
            Measurement(name="skeleton_length", value=18234.5, unit="px", interval=(17900.0, 18500.0)),
            Measurement.not_assessed("vessel_tortuosity", "no vessel segment is long enough to be measured"),
        ],
    )
    vessels.attach("vessels", seen(truth.masks["vessels"]), frame)
    lesions = finding("lesions", photograph, eye)
    for kind, count in truth.counts.items():
        lesions.attach(kind, seen(truth.masks[kind]), frame)
        lesions.measurements = [*lesions.measurements, Measurement(name=f"lesion_count_{kind}", value=count)]
        for box in ndimage.find_objects(ndimage.label(truth.masks[kind])[0]):
            y, x = box
            region = Region(
                kind=kind, x=x.start, y=y.start, width=x.stop - x.start, height=y.stop - y.start, area=1, score=0.9
            )
            lesions.regions = [*lesions.regions, region]
    heat = np.zeros((frame.height, frame.width), dtype=np.float32)
    u, v = frame.from_photograph(truth.fovea.x, truth.fovea.y)
    ys, xs = np.ogrid[: frame.height, : frame.width]
    heat[:] = np.exp(-0.5 * ((xs - u) ** 2 + (ys - v) ** 2) / 120**2)
    grade = finding(
        "grade",
        photograph,
        eye,
        value=2,
        label="moderate non-proliferative retinopathy",
        probabilities=[0.04, 0.11, 0.71, 0.12, 0.02],
        referable_probability=0.85,
    )
    grade.attach("heatmap", heat, frame)
    disc = finding(
        "disc", photograph, eye, measurements=[Measurement(name="vertical_cdr", value=round(truth.vertical_cdr, 3))]
    )
    disc.attach("disc", seen(truth.masks["disc"]), frame)
    disc.attach("cup", seen(truth.masks["cup"]), frame)
    return [quality, landmarks, vessels, lesions, grade, disc]


def eye_report(phantom: Phantom, photograph: Photograph, eye: Eye, ids: dict[str, str]) -> EyeReport:
    truth = phantom.truth

    def say(number: int, text: str, source: str, kind: ClaimKind = ClaimKind.MEASUREMENT) -> Claim:
        return Claim(
            id=f"C-{eye.value}-{number}",
            text=text,
            kind=kind,
            eye=eye,
            evidence=[ids[source]],
            status=ClaimStatus.SUPPORTED,
        )

    words = f"{eye.value} eye"
    return EyeReport(
        eye=eye,
        photographs=[photograph],
        quality=QualityResult(gradable=True, score=0.97, is_fundus=True),
        landmarks=LandmarkResult(
            disc=DiscLandmark(x=truth.disc.x, y=truth.disc.y, diameter=truth.disc.diameter),
            fovea=FoveaLandmark(x=truth.fovea.x, y=truth.fovea.y),
        ),
        vessels=VesselResult(density=0.0934, skeleton_length=18234.5, skeleton_length_unit="px"),
        lesions=LesionResult(
            counts={**truth.counts},
            by_quadrant={kind: dict.fromkeys(QUADRANTS, count // 4) for kind, count in truth.counts.items()},
            nearest_exudate_dd=0.83,
        ),
        grade=GradeResult(
            value=2,
            probabilities=[0.04, 0.11, 0.71, 0.12, 0.02],
            referable_probability=0.85,
            conformal_set=[1, 2, 3],
        ),
        disc=DiscResult(vertical_cdr=truth.vertical_cdr),
        conditions={
            "age_related_macular_degeneration": ConditionResult(probability=0.83, flagged=eye is Eye.RIGHT),
            "glaucoma_suspect": ConditionResult(probability=0.07, flagged=False),
            "hypertensive_retinopathy": ConditionResult(),
        },
        steps=[
            ReasoningStep(name="adequacy", claims=[say(1, f"The photograph of the {words} is gradable.", "quality")]),
            ReasoningStep(
                name="lesions",
                claims=[
                    say(2, f"The {words} shows 12 microaneurysms.", "lesions"),
                    say(3, f"The {words} shows 6 haemorrhages.", "lesions"),
                ],
            ),
            ReasoningStep(name="grade", claims=[say(4, f"The {words} is graded moderate non-proliferative.", "grade")]),
        ],
    )


@pytest.fixture(scope="session")
def make_report(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Sample]:
    """A function of eyes that makes a complete report of one phantom per eye."""

    def make(*eyes: Eye, size: tuple[int, int] = (712, 1072)) -> Sample:
        store = ArtifactStore(tmp_path_factory.mktemp("artifacts"))
        evidence: list[Evidence] = []
        sample_eyes, photographs, phantoms = {}, {}, {}
        for number, eye in enumerate(eyes):
            side = "left" if eye is Eye.LEFT else "right"
            phantom = draw_phantom(number, eye=side, size=size, lesions={"MA": 12, "HE": 6, "EX": 9, "SE": 1})
            photograph = Photograph.from_pixels(phantom.pixels, eye)
            ids = {}
            for found in read_phantom(phantom, photograph, eye):
                found.keep(store)
                ids[found.expert] = f"E{len(evidence) + 1}"
                evidence.append(Evidence(id=ids[found.expert], eye=eye, finding=found))
            sample_eyes[eye] = eye_report(phantom, photograph, eye, ids)
            photographs[photograph.sha256] = photograph
            phantoms[eye] = phantom
        passage = Passage(
            id="icdr-2",
            text="Moderate NPDR is more than microaneurysms alone but less than severe NPDR.",
            reference="wilkinson2003",
            title="The international severity scale",
            year=2003,
        )
        evidence.append(Evidence(id="P1", passage=passage))
        claim = {"status": ClaimStatus.SUPPORTED}
        report = Report(
            case="case-0123456789abcdef",
            status=ReportStatus.NEEDS_REVIEW,
            eyes=sample_eyes,
            impression=[
                Claim(
                    id="C90",
                    text="Moderate non-proliferative retinopathy.",
                    kind=ClaimKind.INTERPRETATION,
                    evidence=[ids["grade"], "P1"],
                    **claim,
                )
            ],
            recommendation=Recommendation(
                guideline="ICO",
                interval="6 to 12 months",
                referral="refer to an ophthalmologist",
                claims=[
                    Claim(
                        id="C91",
                        text="The ICO guideline asks for an examination within 6 to 12 months.",
                        kind=ClaimKind.RECOMMENDATION,
                        evidence=["P1"],
                        **claim,
                    )
                ],
            ),
            disagreements=[
                Disagreement(
                    rule="grade_without_lesions", eye=eyes[0], text="The grade and the lesions differ.", evidence=["E4"]
                )
            ],
            not_assessed=[NotAssessed(subject="other conditions", reason="no expert is installed", eye=eyes[0])],
            review_reasons=["the experts disagree"],
            limits=["One photograph shows part of the retina."],
            evidence=evidence,
            citations=[
                Citation(
                    key="wilkinson2003",
                    text="Wilkinson CP et al. Ophthalmology 2003;110:1677-1682.",
                    doi="10.1016/S0161-6420(03)00475-5",
                    pmid="13129861",
                )
            ],
            provenance=Provenance(
                fundoscope="0.1.0",
                planner="protocol",
                guideline="ICO",
                seed=0,
                experts=[ExpertProvenance(name="vessels", version="1.0", weights_sha256="ab" * 32)],
                removed_claims=[RemovedClaim(text="The left eye is fine.", reason="no evidence")],
            ),
        )
        return Sample(report, store, photographs, phantoms)

    return make


@pytest.fixture(scope="session")
def two_eyes(make_report: Callable[..., Sample]) -> Sample:
    return make_report(Eye.RIGHT, Eye.LEFT)


@pytest.fixture(scope="session")
def ungradable(make_report: Callable[..., Sample]) -> Callable[[ReportStatus], Sample]:
    """A function of a status that makes a report in which nothing but quality was assessed."""

    def make(status: ReportStatus) -> Sample:
        pixels = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
        photograph = Photograph.from_pixels(pixels)
        fundus = status is not ReportStatus.NOT_A_FUNDUS_PHOTOGRAPH
        report = Report(
            case="case-1",
            status=status,
            eyes={
                Eye.UNKNOWN: EyeReport(
                    eye=Eye.UNKNOWN,
                    photographs=[photograph],
                    quality=QualityResult(
                        gradable=False, score=0.1, is_fundus=fundus, reasons=["focus"], advice=["Focus and retake"]
                    ),
                )
            },
            not_assessed=[NotAssessed(subject="grade", reason="the photograph is not gradable", eye=Eye.UNKNOWN)],
            provenance=Provenance(fundoscope="0.1.0", planner="protocol", guideline="ICO", seed=0),
        )
        return Sample(report, make_report(Eye.RIGHT, size=(200, 200)).store, {photograph.sha256: photograph}, {})

    return make
