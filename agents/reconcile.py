"""Reconcile: experts held against each other and against the clinical definitions. Rules are data with a test each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from langgraph.runtime import Runtime

from ..experts import expert_names
from ..records import Disagreement, Eye, Finding
from ..tools.compare import finding_of
from .evidence_rules import lesion_counts, lesions_imply
from .ledger import Ledger
from .lexicon import EYE_WORDS
from .state import CaseState, Engine, findings_of, photographs_of, references_by_eye
from .visits import comparisons_of

Findings = Mapping[str, Finding]

CONFIDENT = 0.5
"""A grade whose own probability is below this is for a person to confirm."""
LATERALITY_CONFIDENT = 0.8
"""Landmarks contradict what user or header said about the eye only when they are at least this sure."""


@dataclass(frozen=True)
class Rule:
    """`applies(findings, eye)` is true when the experts named in `experts` contradict each other."""

    name: str
    experts: tuple[str, ...]
    text: str
    applies: Callable[[Findings, Eye], bool]


def _grade(findings: Findings) -> int | None:
    return findings["grade"].value if "grade" in findings else None


def _implied(findings: Findings) -> str | None:
    return lesions_imply(lesion_counts(findings.get("lesions")))


def _other_side(findings: Findings, eye: Eye) -> bool:
    landmarks = findings.get("landmarks")
    if landmarks is None or eye is Eye.UNKNOWN or landmarks.label not in (Eye.RIGHT, Eye.LEFT):
        return False
    confidence = landmarks.number("laterality_confidence")
    return landmarks.label != eye.value and (confidence is None or confidence >= LATERALITY_CONFIDENT)


RULES: tuple[Rule, ...] = (
    Rule(
        "grade-0-with-lesions",
        ("grade", "lesions"),
        "The {eye} is read as grade 0 by the grading model, yet lesions beyond microaneurysms were detected.",
        lambda f, _: _grade(f) == 0 and _implied(f) == "more",
    ),
    Rule(
        "grade-0-with-microaneurysms",
        ("grade", "lesions"),
        "The {eye} is read as grade 0 by the grading model, yet microaneurysms were detected.",
        lambda f, _: _grade(f) == 0 and _implied(f) == "mild",
    ),
    Rule(
        "grade-1-with-more",
        ("grade", "lesions"),
        "The {eye} is read as grade 1 by the grading model, yet lesions beyond microaneurysms were detected.",
        lambda f, _: _grade(f) == 1 and _implied(f) == "more",
    ),
    Rule(
        "moderate-with-microaneurysms-only",
        ("grade", "lesions"),
        "The {eye} is read as grade 2 or more by the grading model, yet only microaneurysms were detected.",
        lambda f, _: (_grade(f) or 0) >= 2 and _implied(f) == "mild",
    ),
    Rule(
        "retinopathy-without-lesions",
        ("grade", "lesions"),
        "The {eye} is read as grade 1 or more by the grading model, yet no lesion was detected.",
        lambda f, _: (_grade(f) or 0) >= 1 and _implied(f) == "none",
    ),
    Rule(
        "laterality",
        ("landmarks",),
        "The photograph was given as the {eye}, yet disc and fovea lie as in the other eye.",
        _other_side,
    ),
)


def contradictions(findings: Findings, eye: Eye) -> list[Rule]:
    """The rules that apply to one eye's findings."""
    return [rule for rule in RULES if rule.applies(findings, eye)]


def doubts(findings: Findings) -> list[str]:
    """Why one eye's grade should be confirmed by a person, apart from contradictions."""
    grade = findings.get("grade")
    if grade is None or grade.value is None or grade.probabilities is None:
        return ["no grade was given"]
    reasons = []
    if grade.probabilities[grade.value] < CONFIDENT:
        reasons.append("the grading model is not sure of its grade")
    if grade.conformal_set and min(grade.conformal_set) < 2 <= max(grade.conformal_set):
        reasons.append("with 90 % coverage the grade may be referable or not")
    if "out_of_distribution" in grade.flags:
        reasons.append("the photograph is unlike those the grading model learnt from")
    return reasons


async def reconcile(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Enter all findings into the ledger in a fixed order and note what contradicts what."""
    ledger = Ledger()
    order = {name: rank for rank, name in enumerate(expert_names())}
    for reference in photographs_of(state):
        findings = findings_of(state, reference)
        for name in sorted(findings, key=lambda n: order.get(n, len(order))):
            ledger.add_finding(findings[name], Eye(state["eyes"][reference]))
    for comparison in comparisons_of(state):
        ledger.add_finding(finding_of(comparison), comparison.eye)
    disagreements: list[Disagreement] = []
    reasons: list[str] = []
    for eye, references in references_by_eye(state).items():
        usable = [reference for reference in references if reference in state["usable"]]
        if not usable:
            reasons.append(f"{EYE_WORDS[eye]}: no gradable photograph")
            continue
        findings = findings_of(state, usable[0])
        for rule in contradictions(findings, eye):
            entries = [ledger.of(expert, eye, findings[expert].photograph) for expert in rule.experts]
            disagreements.append(
                Disagreement(
                    rule=rule.name,
                    eye=eye,
                    text=rule.text.format(eye=EYE_WORDS[eye]),
                    evidence=[entry.id for entry in entries if entry is not None],
                )
            )
        reasons += [f"{EYE_WORDS[eye]}: {d.text}" for d in disagreements if d.eye is eye]
        reasons += [f"{EYE_WORDS[eye]}: {reason}" for reason in doubts(findings)]
    return {
        "ledger": [entry.model_dump(mode="json") for entry in ledger],
        "disagreements": [d.model_dump(mode="json") for d in disagreements],
        "review_reasons": reasons,
    }
