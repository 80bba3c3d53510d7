"""Retrieve: the passages a report cites, looked up by what was found. Queries are made from findings, not from free text."""

from __future__ import annotations

import asyncio

from langgraph.runtime import Runtime

from ..knowledge import corpus
from ..knowledge.guidelines import oedema_statements, recommendation
from ..records import Passage
from .answering.follow_up import asked_in_full
from .composing.grades import floor_entries, graded_entries, value_of
from .evidence_rules import REFERABLE_GRADE, graver_open, lesion_counts, oedema_suspected
from .lexicon import GRADE_NAMES
from .routing import route
from .state import CaseState, Engine, advice_for, deciding_grade, ledger_of, primary_findings

LESION_QUERIES: dict[str, tuple[str, str]] = {
    "MA": ("what microaneurysms are: outpouchings of the capillary wall", "microaneurysms"),
    "HE": ("how intraretinal haemorrhages look: dot, blot or flame shaped", "haemorrhages"),
    "EX": ("how hard exudates look: yellow-white sharp-edged lipid deposits", "exudates"),
    "SE": ("cotton-wool spots together with other features of diabetic retinopathy", "soft-exudates"),
}
"""Lesion type to query and topic of the corpus."""
DISC_PASSAGE = "In the Blue Mountains the 97.5th percentile of the vertical cup-disc ratio rises from 0.59"
"""How the passage begins that gives the limits of the cup-disc ratio by the size of the disc."""
SURROGATE_QUERY = ("photographic surrogate of macular oedema: exudate within 1 disc diameter of the fovea", "dme")
QUESTION_LIMIT = 3
"""A follow-up question is answered with at most this many passages."""


def queries(state: CaseState) -> dict[str, tuple[str, str]]:
    """Purpose to query and topic for what was found."""
    wanted: dict[str, tuple[str, str]] = {}
    for findings in primary_findings(state).values():
        grade = findings["grade"].value if "grade" in findings else None
        if grade is not None:
            query = f"International clinical severity scale: grade {grade}, {GRADE_NAMES[grade]}, is defined as"
            wanted[f"grade:{grade}"] = (query, "severity-scale")
        counts = lesion_counts(findings.get("lesions"))
        wanted |= {f"lesion:{kind}": LESION_QUERIES[kind] for kind, count in counts.items() if count}
        if counts["EX"]:
            wanted["macula"] = SURROGATE_QUERY
    return wanted


async def retrieve(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Look up passages for the findings, the guideline's statement for the deciding grade, and the question."""
    engine = runtime.context
    return await asyncio.to_thread(_retrieve, state, engine)


def _retrieve(state: CaseState, engine: Engine) -> CaseState:
    ledger = ledger_of(state)
    found: dict[str, list[Passage]] = {}
    for purpose, (query, topic) in queries(state).items():
        found[purpose] = engine.retriever.search(query, topics=(topic,), limit=1)
    grade = deciding_grade(state)
    statement = None if grade is None else recommendation(engine.settings.guideline, grade)
    if statement is not None:
        found["recommendation"] = [engine.retriever.passage(statement.passage_id)]
    found |= _fixed(state, engine)
    question = asked_in_full(state)
    if question and route(question).wants("literature", "recommendation"):
        found["question"] = engine.retriever.search(question, limit=QUESTION_LIMIT)
    passages = {
        purpose: [ledger.add_passage(passage.model_copy(update={"score": None})).id for passage in list_of]
        for purpose, list_of in found.items()
    }
    guideline = engine.settings.guideline
    return {"guideline": guideline, "ledger": [entry.model_dump(mode="json") for entry in ledger], "passages": passages}


def _fixed(state: CaseState, engine: Engine) -> dict[str, list[Passage]]:
    """Passages that are known by what they say: limits of the cup-disc ratio, statements on macular oedema."""
    found: dict[str, list[Passage]] = {}
    findings = list(primary_findings(state).values())
    if any("disc" in f and f["disc"].number("vertical_cdr") is not None for f in findings):
        found["disc"] = [p for p in corpus.passages() if p.text.startswith(DISC_PASSAGE)]
    if any(oedema_suspected(f.get("grade"), f.get("lesions")) for f in findings):
        statements = oedema_statements(engine.settings.guideline)
        found["oedema"] = [engine.retriever.passage(statement.passage_id) for statement in statements]
    for grade in sorted(_grades_beside(state)):
        statement = recommendation(engine.settings.guideline, grade)
        if statement is not None:
            found[advice_for(grade)] = [engine.retriever.passage(statement.passage_id)]
    return found


def _grades_beside(state: CaseState) -> set[int]:
    """Grades whose advice is told beside or in place of the deciding grade's: what an eye asks for at the least, and the
    gravest that a referable eye's conformal set leaves open."""
    ledger = ledger_of(state)
    least = {value_of(entry) for entry in floor_entries(ledger, state).values()}
    graded = [entry.finding for entry in graded_entries(ledger, state).values() if entry.finding is not None]
    still_open = {graver_open(grade) for grade in graded if (grade.value or 0) >= REFERABLE_GRADE}
    return least | {grade for grade in still_open if grade is not None}
