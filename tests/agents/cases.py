"""A hand-made case: two eyes, every expert, two passages; and the draft that compose makes of it."""

from __future__ import annotations

from typing import Any, cast

from fundoscope.agents.compose import draft_claims
from fundoscope.agents.ledger import Ledger
from fundoscope.agents.state import CaseState
from fundoscope.records import Claim, Eye, Finding, Measurement, Passage, Photograph, Point

HASHES = {Eye.RIGHT: "a" * 64, Eye.LEFT: "b" * 64}


def finding(expert: str, eye: Eye, **fields: Any) -> Finding:
    return Finding(expert=expert, version="1", weights_sha256="0" * 64, photograph=HASHES[eye], eye=eye, **fields)


def numbers(**values: float | int) -> list[Measurement]:
    return [Measurement(name=name, value=value) for name, value in values.items()]


def eye_findings(eye: Eye, grade: int = 2, counts: dict[str, int] | None = None) -> dict[str, Finding]:
    counts = {"MA": 14, "HE": 5, "EX": 3, "SE": 0} if counts is None else counts
    probabilities = [0.05] * 5
    probabilities[grade] = 0.8
    nearest = {"nearest_exudate_fovea_distance": 0.73} if counts["EX"] else {}
    fovea = 1000.1 if eye is Eye.RIGHT else 2000.7
    quadrants = {"lesion_count_HE_superotemporal": 3, "lesion_count_HE_inferonasal": 2} if counts["HE"] else {}
    return {
        "quality": finding(
            "quality", eye, label="gradable", measurements=numbers(quality_score=0.934, fundus_probability=0.99)
        ),
        "landmarks": finding(
            "landmarks",
            eye,
            label=eye.value,
            flags=["macula-centred"],
            points={"disc": Point(x=1500.4, y=700.2), "fovea": Point(x=fovea, y=760.9)},
            measurements=numbers(disc_diameter=210.6, disc_fovea_distance=2.41, laterality_confidence=0.99),
        ),
        "vessels": finding(
            "vessels",
            eye,
            measurements=[
                Measurement(name="vessel_density", value=0.1184, unit="fraction"),
                Measurement(name="skeleton_length", value=10412.3, unit="px"),
            ],
        ),
        "lesions": finding(
            "lesions",
            eye,
            measurements=numbers(**{f"lesion_count_{k}": v for k, v in counts.items()}, **nearest, **quadrants),
        ),
        "grade": finding(
            "grade",
            eye,
            value=grade,
            probabilities=probabilities,
            referable_probability=sum(probabilities[2:]),
            conformal_set=[grade] if grade in (0, 4) else [grade, grade + 1],
        ),
        "disc": finding("disc", eye, measurements=numbers(vertical_cdr=0.42)),
        "conditions": _conditions(eye),
    }


def _conditions(eye: Eye) -> Finding:
    """Macular degeneration flagged in the right eye, nothing in the left; hypertensive retinopathy never assessed."""
    ill = eye is Eye.RIGHT
    measured = numbers(
        normal_fundus=0.04, glaucoma_suspect=0.07, age_related_macular_degeneration=0.83 if ill else 0.02
    )
    measured[-1] = measured[-1].model_copy(update={"flagged_from": 0.2865})
    unknown = Measurement.not_assessed("hypertensive_retinopathy", "its detector is not shipped")
    flags = ["age_related_macular_degeneration"] if ill else []
    return finding("conditions", eye, measurements=[*measured, unknown], flags=flags)


def passage(number: int, guideline: str | None = None) -> Passage:
    return Passage(
        id=f"note#{number}",
        text=f"Statement number {number} about retinopathy under {guideline or 'no guideline'}, 3 to 6 months.",
        reference=f"author{number}_2003",
        references=[f"author{number}_2003", f"other{number}_2010"],
        title="A note",
        guideline=guideline,
    )


def two_eyes(right: dict[str, Finding] | None = None) -> tuple[Ledger, list[Claim]]:
    """A right eye of grade 2 (or with these findings) and a left eye of grade 1, with all the claims compose writes."""
    left = eye_findings(Eye.LEFT, 1, {"MA": 1, "HE": 0, "EX": 0, "SE": 0})
    state, ledger = case_of((Eye.RIGHT, right or eye_findings(Eye.RIGHT)), (Eye.LEFT, left))
    return ledger, [placed.claim for placed in draft_claims(state)]


def case_of(*photographs: tuple[Eye, dict[str, Finding]]) -> tuple[CaseState, Ledger]:
    """The state and ledger of a case of photographs, each of an eye with its findings and the hash that these name."""
    ledger = Ledger()
    state: dict[str, Any] = {
        "case": {"id": "case-1", "photographs": []},
        "eyes": {},
        "usable": [],
        "findings": {},
        "disagreements": [],
        "passages": {"grade:2": ["P1"], "macula": ["P1"], "recommendation": ["P2"]},
    }
    for number, (eye, findings) in enumerate(photographs, start=1):
        for found in findings.values():
            ledger.add_finding(found, eye)
        reference, sha256 = f"photo-{number}", next(iter(findings.values())).photograph
        state["eyes"][reference] = eye.value
        state["usable"].append(reference)
        state["findings"][reference] = {k: f.model_dump(mode="json") for k, f in findings.items()}
        photograph = Photograph(sha256=sha256, width=2144, height=1424, file_format="JPEG", eye=eye)
        state["case"]["photographs"].append(photograph.model_dump(mode="json"))
    ledger.add_passage(passage(1))
    ledger.add_passage(passage(2, "ICO"))
    state["ledger"] = [entry.model_dump(mode="json") for entry in ledger]
    return cast("CaseState", state), ledger
