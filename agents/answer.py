"""Answers to questions about a case: the report's verified claims, cited passages, and where they come from."""

from __future__ import annotations

import asyncio

from langgraph.runtime import Runtime
from pydantic import Field

from ..experts.registry import expert_tools, prompted_names
from ..records import Claim, ClaimKind, Record, Report
from ..tools.views import View
from .answering import replies
from .answering.about_review import about_review
from .answering.asked import Asked, Said, asks_for_literature
from .answering.explain import about, explanation
from .answering.eyes import in_words
from .answering.follow_up import asked_in_full
from .answering.guideline_names import asks_for_guidelines
from .answering.guidelines import guideline_claims
from .answering.outline import outlined
from .answering.refused import refusal
from .answering.reviewed import after_review
from .answering.rules import by_rules
from .answering.select import not_assessed, report_claims, screened_for
from .answering.show import OVERLAYS, views_for
from .answering.similar import similar_claims
from .ledger import Ledger
from .routing import Route, route
from .routing.intents import intents
from .state import CaseState, Engine, ledger_of
from .verify import verify


class Answer(Record):
    """An answer: `claims` are verified sentences, `notes` lines of fact about the case and its evidence (those that `text` has
    before its claims come first). `understood` is the question in full where it leant on the one before.

    `views` are pictures to show, `kinds` what was asked for, `text` what to print; `answered` is False when nothing
    here supports an answer.
    """

    question: str
    text: str
    understood: str = ""
    kinds: list[str] = Field(default_factory=list)
    claims: list[Claim] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    views: list[View] = Field(default_factory=list)
    answered: bool = True


async def answer(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Answer the state's question from the report."""
    asked, question = state.get("question", ""), asked_in_full(state)
    if not question:
        return {}
    update = await asyncio.to_thread(_answer, question, state, runtime.context)
    update["answer"] |= {"question": asked, "understood": "" if question == asked else question}
    return update


def _answer(question: str, state: CaseState, engine: Engine) -> CaseState:
    report, ledger = Report.model_validate(state["report"]), ledger_of(state)
    refused = refusal(question)
    if refused is not None:
        given = Answer(question=question, text=refused, notes=[refused], kinds=["out_of_scope"], answered=False)
        return {"answer": given.model_dump(mode="json")}
    of_review, rest = about_review(question, asked := Asked(report, ledger))
    said, left = by_rules(rest, asked) if rest else ([], "")
    said = [*([] if of_review is None else [of_review]), *said]
    wish = route(in_words(left)) if left else Route(request=question, intents=())
    claims = [claim for rule in said for claim in rule.claims]
    ahead = [line for rule in said for line in rule.notes]
    notes = [line for rule in said for line in rule.afterwards]
    views: list[View] = []
    findings = dict(state["findings"])
    for intent in wish.intents:
        if intent.name == "explain":
            explained, lines = explanation(left, report)
            claims, notes = [*claims, *explained], [*notes, *(lines or not_assessed(about(left), left, report))]
        elif intent.name == "similar":
            found = _similar(state, engine, ledger)
            claims, notes = [*claims, *found], [*notes, *([] if found else [replies.NO_SIMILAR])]
        elif intent.name == "outline" and prompted_names():
            drawn = outlined(left, state, engine, ledger, len(claims))
            claims = [*claims, *verify(drawn.claims, ledger)[0]]
            views, notes = [*views, *drawn.views], [*notes, *drawn.notes]
            for reference, found_there in drawn.findings.items():
                findings[reference] = {**findings.get(reference, {}), **found_there}
        elif intent.name == "zoom" or intent.name in OVERLAYS:
            shown, problems = views_for(intent.name, left, state, engine)
            views, notes = [*views, *shown], [*notes, *problems]
        told = report_claims(intent.name, left, report)
        claims += told
        missing = not_assessed(intent.name, left, report)
        if intent.name == "compare" and not told and not missing:
            notes.append(replies.NO_EARLIER)
        notes += [*missing, *(screened_for(intent.name, left, report) if told else [])]
    claims, reviewed = after_review(claims, [*(rule.intent for rule in said), *(i.name for i in wish.intents)], report)
    notes = [*reviewed, *notes, *_not_installed(wish)]
    if asks_for_guidelines(left):
        claims += verify(guideline_claims(report, ledger, len(claims)), ledger)[0]
    elif _wants_passages(wish, left, report):
        passages = _passages(state, ledger, len(claims))
        claims += passages
        notes += [] if passages or not wish.wants("literature") else [replies.NO_PASSAGE]
    given = _put_together(question, said, wish, claims, ahead, views, notes)
    return {
        "answer": given.model_dump(mode="json"),
        "ledger": [entry.model_dump(mode="json") for entry in ledger],
        "findings": findings,
    }


def _wants_passages(wish: Route, question: str, report: Report) -> bool:
    """Whether literature is asked for, or is all there is on what follows."""
    asked_for = asks_for_literature(question) or not report.recommendation.claims
    return wish.wants("literature") or (wish.wants("recommendation") and asked_for)


def _put_together(
    question: str,
    said: list[Said],
    wish: Route,
    claims: list[Claim],
    ahead: list[str],
    views: list[View],
    notes: list[str],
) -> Answer:
    unique = list({claim.text: claim for claim in claims}.values())
    first = list(dict.fromkeys(ahead))
    later = [line for line in dict.fromkeys(notes) if line not in first]
    text = "\n".join([*first, *(claim.text for claim in unique), *(view.words for view in views), *later])
    answered = bool(unique or views or any(rule.answers for rule in said))
    if not text:
        text = replies.SMALL_TALK if wish.wants("small_talk") else replies.OUT_OF_SCOPE
        answered = wish.wants("small_talk")
    kinds = dict.fromkeys([*(intents()[rule.intent].kind for rule in said if rule.intent), *wish.kinds])
    return Answer(
        question=question,
        text=text,
        kinds=list(kinds),
        claims=unique,
        notes=[*first, *later],
        views=views,
        answered=answered,
    )


def _similar(state: CaseState, engine: Engine, ledger: Ledger) -> list[Claim]:
    found: list[Claim] = []
    for reference in state["usable"]:
        found += similar_claims(engine.bench, engine.photograph(state, reference), ledger, len(found))
    supported, _removed = verify(found, ledger)
    return supported


def _not_installed(wish: Route) -> list[str]:
    there = set(expert_tools().values())
    return [line for tool, line in replies.NOT_INSTALLED.items() if tool in wish.tools and tool not in there]


def _passages(state: CaseState, ledger: Ledger, number: int) -> list[Claim]:
    claims = []
    for place, evidence_id in enumerate(state["passages"].get("question", []), start=1):
        entry = ledger.get(evidence_id)
        if entry is not None and entry.passage is not None:
            text = f"{entry.passage.text} [{entry.passage.reference}]"
            claims.append(
                Claim(id=f"A{number + place}", text=text, kind=ClaimKind.INTERPRETATION, evidence=[evidence_id])
            )
    supported, _removed = verify(claims, ledger)
    return supported
