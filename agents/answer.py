"""Answers to follow-up questions, made of the report's verified claims and of cited passages."""

from __future__ import annotations

from langgraph.runtime import Runtime
from pydantic import Field

from ..records import Claim, ClaimKind, Record, Report
from .lexicon import LESION_NAMES
from .protocol import topics_of
from .state import CaseState, Engine, ledger_of
from .verify import verify

TOPIC_STEPS: dict[str, tuple[str, ...]] = {
    "quality": ("adequacy",),
    "landmarks": ("landmarks",),
    "vessels": ("vessels",),
    "lesions": ("lesions",),
    "macula": ("macula",),
    "grade": ("grade",),
    "disc": ("disc",),
}
OUT_OF_SCOPE = (
    "That is outside what a colour fundus photograph, these experts and the literature here can answer. "
    "Ask about image quality, landmarks, vessels, lesions, macula, grade, disc or follow-up."
)


class Answer(Record):
    """An answer: `claims` are verified sentences; `text` is what to show; `answered` is False when nothing supports one."""

    question: str
    text: str
    claims: list[Claim] = Field(default_factory=list)
    answered: bool = True


async def answer(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Answer the state's question from the report."""
    question = state.get("question", "")
    if not question:
        return {}
    report = Report.model_validate(state["report"])
    claims = [*_from_report(report, question), *_from_literature(state)]
    unique = list({claim.text: claim for claim in claims}.values())
    if unique:
        given = Answer(question=question, text="\n".join(claim.text for claim in unique), claims=unique)
    else:
        missing = _not_assessed(report, question)
        given = Answer(question=question, text=missing or OUT_OF_SCOPE, answered=False)
    return {"answer": given.model_dump(mode="json")}


def _from_report(report: Report, question: str) -> list[Claim]:
    topics = topics_of(question)
    chosen: list[Claim] = []
    for topic in topics:
        if topic == "recommendation":
            chosen += [*report.impression, *report.recommendation.claims]
        for eye in report.eyes.values():
            for step in eye.steps:
                if step.name in TOPIC_STEPS.get(topic, ()):
                    chosen += step.claims
    kinds = _named_lesions(question)
    if kinds:
        chosen = [c for c in chosen if "lesion" not in c.slots or c.slots["lesion"] in kinds]
        if "grade" not in topics:
            chosen = [c for c in chosen if c.slots.get("lesion") in kinds] or chosen
    return chosen


def _named_lesions(question: str) -> set[str]:
    words = question.lower().replace("hemorrhage", "haemorrhage").replace("cotton wool spot", "soft exudate")
    return {kind for kind, (singular, _plural) in LESION_NAMES.items() if singular in words}


def _from_literature(state: CaseState) -> list[Claim]:
    ledger = ledger_of(state)
    claims = []
    for number, evidence_id in enumerate(state["passages"].get("question", []), start=1):
        entry = ledger.get(evidence_id)
        if entry is not None and entry.passage is not None:
            text = f"{entry.passage.text} [{entry.passage.reference}]"
            claims.append(Claim(id=f"A{number}", text=text, kind=ClaimKind.INTERPRETATION, evidence=[evidence_id]))
    supported, _removed = verify(claims, ledger)
    return supported


def _not_assessed(report: Report, question: str) -> str | None:
    topics = set(topics_of(question)) - {"literature"}
    if not topics:
        return None
    subjects = sorted(topics)
    return f"Not assessed: nothing in this case's evidence speaks of {', '.join(subjects)}."
