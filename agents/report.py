"""Report: the verified claims and the ledger put together into the typed report."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from .. import __version__
from ..experts import expert_names, load_card
from ..experts.registry import prompted_names
from ..knowledge.corpus import corpus_sha256
from ..knowledge.guidelines import recommendation
from ..knowledge.references import citation
from ..records import Citation, Eye, EyeReport, ReasoningStep, Report, Review
from ..records.comparison import STEP
from ..records.report import (
    ExpertProvenance,
    Provenance,
    Recommendation,
    RemovedClaim,
    ReportStatus,
)
from .compose import STEPS, PlacedClaim
from .intake_checks import intake_limits
from .ledger import Ledger
from .reporting.missing import not_assessed
from .reporting.values import eye_values
from .review.sign import with_review
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
    primary_findings,
    references_by_eye,
    visit_of,
)
from .visits import comparisons_of, uncompared_of

LIMITS = (
    "One colour photograph shows part of the retina; what lies outside it was not seen.",
    "Neovascularisation, intraretinal microvascular abnormalities and venous beading have no detector here.",
    "Exudate near the fovea is a photographic surrogate for macular oedema, not a measurement of thickening.",
)


APART = {"condition_apart": "", "cup_apart": "large_cup"}
"""Sentences on what no interval for retinopathy covers, and what they are about where they name no condition."""


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
        comparisons=comparisons_of(state),
        disagreements=disagreements_of(state),
        not_assessed=[*not_assessed(state, eyes), *uncompared_of(state)],
        review_reasons=list(state["review_reasons"]),
        limits=[
            *LIMITS,
            *intake_limits(state, photographs_of(state)),
            *planning_of(state).cut,
            *_expert_limits(ledger),
        ],
        evidence=list(ledger),
        citations=_citations(ledger),
        provenance=_provenance(state, engine, ledger),
    )
    if state.get("review"):
        report = with_review(report, Review.model_validate(state["review"]))
    return {"report": report.model_dump(mode="json")}


def _eye_report(state: CaseState, eye: Eye, references: list[str], draft: list[PlacedClaim]) -> EyeReport:
    photographs = photographs_of(state)
    findings = findings_of(state, references[0])
    claims = {step: [p.claim for p in draft if p.place == step and p.eye is eye] for step in STEPS}
    return EyeReport(
        eye=eye,
        photographs=[photographs[reference] for reference in references],
        **eye_values(findings, [findings_of(state, reference) for reference in visit_of(state, eye)] or [findings]),
        steps=[ReasoningStep(name=step, claims=claims[step]) for step in STEPS if claims[step] or step != STEP],
    )


def _status(state: CaseState, eyes: dict[Eye, EyeReport]) -> ReportStatus:
    if all(eye.quality.is_fundus is False for eye in eyes.values()):
        return ReportStatus.NOT_A_FUNDUS_PHOTOGRAPH
    if not state["usable"]:
        return ReportStatus.NOT_GRADABLE
    return ReportStatus.NEEDS_REVIEW if state["review_reasons"] else ReportStatus.COMPLETE


def _recommendation(state: CaseState, engine: Engine, draft: list[PlacedClaim]) -> Recommendation:
    claims = [placed.claim for placed in draft if placed.place == "recommendation"]
    followed = any(claim.pattern == "follow" for claim in claims)
    floor = next((claim.eye for claim in claims if claim.pattern == "at_least"), None)
    grade = deciding_grade(state) if followed else None if floor is None else _grade_of(state, floor)
    statement = None if grade is None else recommendation(engine.settings.guideline, grade)
    apart: dict[Eye, list[str]] = {}
    for claim in claims:
        if claim.eye is not None and claim.pattern in APART:
            apart.setdefault(claim.eye, []).append(str(claim.slots.get("condition", APART[claim.pattern])))
    return Recommendation(
        guideline=engine.settings.guideline,
        interval=None if statement is None else statement.interval,
        referral=None if statement is None else statement.referral,
        at_least=statement is not None and not followed,
        examine_apart=apart,
        claims=claims,
    )


def _grade_of(state: CaseState, eye: Eye) -> int | None:
    return primary_findings(state)[eye]["grade"].value


def _expert_limits(ledger: Ledger) -> list[str]:
    asked = {entry.finding.expert for entry in ledger if entry.finding is not None}
    return [
        f"{name}: {limit}"
        for name in (*expert_names(), *prompted_names())
        if name in asked
        for limit in load_card(name).limits
    ]


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
        experts=[experts[name] for name in (*expert_names(), *prompted_names()) if name in experts],
        corpus_sha256=corpus_sha256(),
        protocol_additions=list(state["additions"]),
        removed_claims=[
            RemovedClaim(text=claim["text"], reason=claim["reason"] or "not supported") for claim in state["rejected"]
        ],
        timings=dict(state["timings"]),
    )
