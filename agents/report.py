"""Report: the verified claims and the ledger put together into the typed report."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from .. import __version__
from ..experts import expert_names, load_card
from ..knowledge.corpus import corpus_sha256
from ..knowledge.guidelines import recommendation
from ..knowledge.references import citation
from ..records import QUADRANTS, Citation, Eye, EyeReport, Finding, ReasoningStep, Report, Status
from ..records.report import (
    ConditionResult,
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
from ..tools.experts import tool_of
from .compose import STEPS, PlacedClaim
from .evidence_rules import lesion_counts
from .ledger import Ledger
from .state import (
    CaseState,
    Engine,
    case_of,
    deciding_grade,
    disagreements_of,
    findings_of,
    ledger_of,
    photographs_of,
    planning_of,
    references_by_eye,
)

LIMITS = (
    "One colour photograph shows part of the retina; what lies outside it was not seen.",
    "Neovascularisation, intraretinal microvascular abnormalities and venous beading have no detector here.",
    "Exudate near the fovea is a photographic surrogate for macular oedema, not a measurement of thickening.",
)


async def write_report(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Assemble the report from the verified draft."""
    engine = runtime.context
    draft = [PlacedClaim.model_validate(placed) for placed in state["draft"]]
    ledger = ledger_of(state)
    case = case_of(state)
    eyes = {eye: _eye_report(state, eye, references, draft) for eye, references in references_by_eye(state).items()}
    report = Report(
        case=case.id,
        question=case.question,
        status=_status(state, eyes),
        eyes=eyes,
        impression=[placed.claim for placed in draft if placed.place == "impression"],
        recommendation=_recommendation(state, engine, draft),
        disagreements=disagreements_of(state),
        not_assessed=_not_assessed(state, eyes),
        review_reasons=list(state["review_reasons"]),
        limits=[*LIMITS, *planning_of(state).cut, *_expert_limits(ledger)],
        evidence=list(ledger),
        citations=_citations(ledger),
        provenance=_provenance(state, engine, ledger),
    )
    return {"report": report.model_dump(mode="json")}


def _eye_report(state: CaseState, eye: Eye, references: list[str], draft: list[PlacedClaim]) -> EyeReport:
    photographs = photographs_of(state)
    findings = findings_of(state, references[0])
    claims = {step: [p.claim for p in draft if p.place == step and p.eye is eye] for step in STEPS}
    return EyeReport(
        eye=eye,
        photographs=[photographs[reference] for reference in references],
        quality=_quality(findings.get("quality")),
        landmarks=_landmarks(findings.get("landmarks")),
        vessels=_vessels(findings.get("vessels")),
        lesions=_lesions(findings.get("lesions")),
        grade=_grade(findings.get("grade")),
        disc=DiscResult(vertical_cdr=_number(findings.get("disc"), "vertical_cdr")),
        conditions=_conditions(findings.get("conditions")),
        steps=[ReasoningStep(name=step, claims=claims[step]) for step in STEPS],
    )


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
    quadrants = {
        kind: {q: int(n) for q in QUADRANTS if (n := _number(finding, f"lesion_count_{kind}_{q}")) is not None}
        for kind in counts
    }
    return LesionResult(
        counts=counts,
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


def _conditions(finding: Finding | None) -> dict[str, ConditionResult]:
    measurements = [] if finding is None else finding.measurements
    return {m.name: ConditionResult(probability=m.value) for m in measurements}


def _status(state: CaseState, eyes: dict[Eye, EyeReport]) -> ReportStatus:
    if all(eye.quality.is_fundus is False for eye in eyes.values()):
        return ReportStatus.NOT_A_FUNDUS_PHOTOGRAPH
    if not state["usable"]:
        return ReportStatus.NOT_GRADABLE
    return ReportStatus.NEEDS_REVIEW if state["review_reasons"] else ReportStatus.COMPLETE


def _recommendation(state: CaseState, engine: Engine, draft: list[PlacedClaim]) -> Recommendation:
    claims = [placed.claim for placed in draft if placed.place == "recommendation"]
    followed = any(claim.pattern == "follow" for claim in claims)
    grade = deciding_grade(state)
    statement = recommendation(engine.settings.guideline, grade) if followed and grade is not None else None
    return Recommendation(
        guideline=engine.settings.guideline,
        interval=None if statement is None else statement.interval,
        referral=None if statement is None else statement.referral,
        claims=claims,
    )


def _not_assessed(state: CaseState, eyes: dict[Eye, EyeReport]) -> list[NotAssessed]:
    """Everything an installed expert did not assess, with its reason."""
    missing: list[NotAssessed] = []
    for eye, references in references_by_eye(state).items():
        findings = findings_of(state, references[0])
        unusable = references[0] not in state["usable"]
        why_unusable = (
            "it is not a fundus photograph"
            if eyes[eye].quality.is_fundus is False
            else "the photograph is not gradable"
        )
        for name in expert_names():
            finding = findings.get(name)
            if finding is None:
                reason = why_unusable if unusable else _why_not_asked(state, name, references[0])
                missing.append(NotAssessed(subject=name, reason=reason, eye=eye))
            elif finding.status is Status.NOT_ASSESSED:
                missing.append(NotAssessed(subject=name, reason=finding.reason or "no reason was given", eye=eye))
            else:
                missing += [
                    NotAssessed(subject=m.name.replace("_", " "), reason=m.reason or "no reason was given", eye=eye)
                    for m in finding.measurements
                    if m.status is Status.NOT_ASSESSED
                ]
        missing.append(
            NotAssessed(subject="thickening of the macula", reason="one photograph does not show it", eye=eye)
        )
        if "conditions" not in expert_names():
            missing.append(NotAssessed(subject="other conditions", reason="no expert for them is installed", eye=eye))
    return missing


def _why_not_asked(state: CaseState, expert: str, reference: str) -> str:
    started = f"{tool_of(expert)} on {reference} "
    cut = any(line.startswith(started) for line in planning_of(state).cut)
    return "the policy's time was used up" if cut else "it was not asked for"


def _expert_limits(ledger: Ledger) -> list[str]:
    asked = {entry.finding.expert for entry in ledger if entry.finding is not None}
    return [f"{name}: {limit}" for name in expert_names() if name in asked for limit in load_card(name).limits]


def _citations(ledger: Ledger) -> list[Citation]:
    keys: dict[str, None] = {}
    for entry in ledger:
        if entry.passage is not None:
            keys.update(dict.fromkeys([entry.passage.reference, *entry.passage.references]))
    return [citation(key) for key in keys]


def _provenance(state: CaseState, engine: Engine, ledger: Ledger) -> Provenance:
    experts: dict[str, Any] = {
        entry.finding.expert: ExpertProvenance(
            name=entry.finding.expert, version=entry.finding.version, weights_sha256=entry.finding.weights_sha256
        )
        for entry in ledger
        if entry.finding is not None and entry.finding.version
    }
    return Provenance(
        fundoscope=__version__,
        planner=planning_of(state).planner,
        planning=planning_of(state),
        guideline=engine.settings.guideline,
        seed=engine.settings.seed,
        experts=[experts[name] for name in expert_names() if name in experts],
        corpus_sha256=corpus_sha256(),
        protocol_additions=list(state["additions"]),
        removed_claims=[
            RemovedClaim(text=claim["text"], reason=claim["reason"] or "not supported") for claim in state["rejected"]
        ],
        timings=dict(state["timings"]),
    )
