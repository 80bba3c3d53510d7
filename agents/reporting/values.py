"""The numbers of an eye as the report holds them; null is not assessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...records import QUADRANTS, Finding, Status
from ...records.report import (
    ConditionResult,
    DiscLandmark,
    DiscResult,
    FoveaLandmark,
    GradeResult,
    LandmarkResult,
    LesionResult,
    QualityResult,
    VesselResult,
)
from ..evidence_rules import lesion_counts
from ..fields import speaking


def eye_values(findings: Mapping[str, Finding], visit: Sequence[Mapping[str, Finding]]) -> dict[str, Any]:
    """The fields of an `EyeReport` that findings fill, by name: those of the photograph that stands for the eye, and of `visit`,
    the photographs of one visit with it, the one that flags a condition."""
    return {
        "quality": _quality(findings.get("quality")),
        "landmarks": _landmarks(findings.get("landmarks")),
        "vessels": _vessels(findings.get("vessels")),
        "lesions": _lesions(findings.get("lesions")),
        "grade": _grade(findings.get("grade")),
        "disc": DiscResult(vertical_cdr=_number(findings.get("disc"), "vertical_cdr")),
        "conditions": _conditions([f["conditions"] for f in visit if "conditions" in f]),
    }


def _number(finding: Finding | None, name: str) -> float | None:
    return None if finding is None else finding.number(name)


def _quality(finding: Finding | None) -> QualityResult:
    if finding is None or finding.status is Status.NOT_ASSESSED:
        return QualityResult()
    return QualityResult(
        gradable=finding.label == "gradable",
        score=finding.number("quality_score"),
        is_fundus=finding.label != "not_a_fundus_photograph",
        reasons=list(finding.flags),
        advice=list(finding.notes),
    )


def _landmarks(finding: Finding | None) -> LandmarkResult:
    if finding is None:
        return LandmarkResult()
    disc, fovea, diameter = finding.points.get("disc"), finding.points.get("fovea"), finding.number("disc_diameter")
    return LandmarkResult(
        disc=None if disc is None or diameter is None else DiscLandmark(x=disc.x, y=disc.y, diameter=diameter),
        fovea=None if fovea is None else FoveaLandmark(x=fovea.x, y=fovea.y),
    )


def _vessels(finding: Finding | None) -> VesselResult:
    skeleton = None if finding is None else finding.measurement("skeleton_length")
    return VesselResult(
        density=_number(finding, "vessel_density"),
        avr=_number(finding, "avr"),
        skeleton_length=None if skeleton is None else skeleton.value,
        skeleton_length_unit=None if skeleton is None or skeleton.value is None else skeleton.unit,
    )


def _lesions(finding: Finding | None) -> LesionResult:
    counts = lesion_counts(finding)
    measured = {kind: None if finding is None else finding.measurement(f"lesion_count_{kind}") for kind in counts}
    quadrants = {
        kind: {q: int(n) for q in QUADRANTS if (n := _number(finding, f"lesion_count_{kind}_{q}")) is not None}
        for kind in counts
    }
    return LesionResult(
        counts=counts,
        intervals={kind: made.interval for kind, made in measured.items() if made is not None and made.interval},
        by_quadrant=quadrants if any(quadrants.values()) else None,
        nearest_exudate_dd=_number(finding, "nearest_exudate_fovea_distance"),
    )


def _grade(finding: Finding | None) -> GradeResult:
    if finding is None:
        return GradeResult()
    return GradeResult(
        value=finding.value,
        probabilities=finding.probabilities,
        referable_probability=finding.referable_probability,
        conformal_set=finding.conformal_set,
        dme_probability=finding.number("dme_probability"),
    )


def _conditions(findings: Sequence[Finding]) -> dict[str, ConditionResult]:
    made = {}
    for name, finding in speaking(findings).items():
        measurement = finding.measurement(name)
        if measurement is not None:
            value = measurement.value
            flagged = None if value is None else name in finding.flags
            made[name] = ConditionResult(probability=value, flagged=flagged, flagged_from=measurement.flagged_from)
    return made
