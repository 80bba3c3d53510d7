"""Intake and triage: what came in, whether it can be read, and which eye it is."""

from __future__ import annotations

import asyncio
import time

from langgraph.runtime import Runtime

from ..records import Finding, Photograph, Status
from ..records.report import Planning
from ..tools.apart import name_eye
from .intake_checks import alike
from .state import CaseState, Engine, case_of, photographs_of


async def intake(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Keep the photographs without their files' metadata. A follow-up question keeps what the case already has."""
    engine = runtime.context
    if state.get("findings"):
        return {**_fresh(_planning(engine, state)), "asked_before": _asked_before(state), "answer": {}}
    shelved = {ref: engine.shelf.get(p.sha256) for ref, p in photographs_of(state).items()}
    at_hand = {ref: photograph for ref, photograph in shelved.items() if photograph is not None}
    references = {
        photograph.sha256: (await asyncio.to_thread(photograph.keep, engine.bench.store)).model_dump(mode="json")
        for photograph in at_hand.values()
    }
    kept: CaseState = {"pictures": references, "alike": await asyncio.to_thread(alike, at_hand)}
    return {**_fresh(_planning(engine)), **kept, "findings": {}, "additions": [], "asked_before": "", "timings": {}}


def _asked_before(state: CaseState) -> str:
    """The question that was answered last, in full; the one before it where a run was cut short."""
    answered = state.get("answer", {})
    return str(answered.get("understood") or answered.get("question") or state.get("asked_before", ""))


def _planning(engine: Engine, state: CaseState | None = None) -> Planning:
    """The record of planning with today's planner; what the case has cost before stays in it."""
    now = {"planner": engine.speaker.name, "remote": engine.speaker.remote, "policy": engine.settings.policy}
    before = {} if state is None else state.get("planning", {})
    return Planning.model_validate({**before, **now})


def _fresh(planning: Planning) -> CaseState:
    """What every run begins with, a reading or a question; budgets but the pictures' are counted from here."""
    return {
        "started": time.time(),
        "planning": planning.model_dump(mode="json"),
        "before": {"turns": planning.turns, "tool_calls": planning.tool_calls, "tokens": planning.tokens},
        "silent": False,
        "requests": [],
        "views": [],
        "looked_up": [],
        "problems": [],
        "rounds": 0,
        "attempts": 0,
        "draft": [],
        "rejected": [],
    }


async def triage(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Quality and landmarks of every photograph; gradable ones are usable, and each gets its eye."""
    if state["findings"]:
        return {}
    engine = runtime.context
    records = photographs_of(state)
    looked = await asyncio.gather(*(_look(engine, engine.photograph(state, reference)) for reference in records))
    findings, eyes, usable = {}, {}, []
    timings = dict(state["timings"])
    for (reference, record), (quality, landmarks, seconds) in zip(records.items(), looked, strict=True):
        gradable = quality.label == "gradable" or quality.status is Status.NOT_ASSESSED
        kept = [quality, landmarks] if gradable else [quality]
        findings[reference] = {finding.expert: finding.model_dump(mode="json") for finding in kept}
        if gradable:
            usable.append(reference)
            name_eye(record, landmarks)
        eyes[reference] = record.eye.value
        for expert, spent in seconds.items():
            timings[f"expert:{expert}"] = timings.get(f"expert:{expert}", 0.0) + spent
    case = case_of(state)
    case.photographs = list(records.values())
    return {
        "case": case.model_dump(mode="json"),
        "findings": findings,
        "eyes": eyes,
        "usable": usable,
        "timings": timings,
    }


async def _look(engine: Engine, photograph: Photograph) -> tuple[Finding, Finding, dict[str, float]]:
    (quality, quality_s), (landmarks, landmarks_s) = await asyncio.gather(
        engine.bench.consult("quality", photograph, {}), engine.bench.consult("landmarks", photograph, {})
    )
    return quality, landmarks, {"quality": quality_s, "landmarks": landmarks_s}


def after_triage(state: CaseState) -> str:
    """Nothing usable goes straight to the report; everything else is planned."""
    return "plan" if state["usable"] else "compare"
