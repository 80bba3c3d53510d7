"""Reconcile: every finding into the ledger, and what contradicts what by the rules of `agents/contradictions.py`."""

from __future__ import annotations

from langgraph.runtime import Runtime

from ..experts import expert_names
from ..records import Disagreement, Eye
from ..tools.compare import finding_of
from .contradictions import RULES, contradictions, doubts
from .fields import differences
from .intake import intake_finding
from .intake_checks import picture_disagreements, reads_worse
from .ledger import Ledger
from .lexicon import EYE_WORDS
from .state import CaseState, Engine, findings_of, photographs_of, references_by_eye, visit_of
from .visits import changes, comparisons_of

__all__ = ["RULES", "contradictions", "doubts", "reconcile"]


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
    for photograph in photographs_of(state).values():
        ledger.add_finding(intake_finding(photograph), photograph.eye)
    disagreements = picture_disagreements(state, ledger)
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
        others = [findings_of(state, reference) for reference in visit_of(state, eye)[1:]]
        told = (
            *doubts(findings),
            *differences(findings, others, eye),
            *reads_worse(state, usable[0]),
            *(
                reason
                for comparison in comparisons_of(state)
                if comparison.eye is eye
                for reason in changes(comparison)
            ),
        )
        reasons += [f"{EYE_WORDS[eye]}: {reason}" for reason in told]
    return {
        "ledger": [entry.model_dump(mode="json") for entry in ledger],
        "disagreements": [d.model_dump(mode="json") for d in disagreements],
        "review_reasons": reasons,
    }
