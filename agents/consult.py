"""Plan and consult: the planner asks, the protocol adds what was forgotten, experts answer side by side."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from ..records import Finding
from ..tools.experts import compact, expert_of, expert_tools, tool_of
from .planner import planner_messages
from .protocol import open_items
from .state import CaseState, Engine, findings_of

MAX_ROUNDS = 4
"""Plan and consult alternate at most this often; the protocol's own items take one round."""


async def plan(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Ask the planner what to consult next. Mandatory readings it leaves out are added and logged."""
    done = _done(state)
    mandatory = [
        item for item in open_items(state.get("question", ""), state["usable"], done) if expert_of(item[0]) is not None
    ]
    asked: list[tuple[str, str]] = []
    if state["rounds"] < MAX_ROUNDS:
        brief = _brief(state, mandatory)
        model = runtime.context.planner.bind_tools(expert_tools(_no_consult))
        answer = await model.ainvoke(planner_messages(brief))
        asked = _valid_requests(answer, state, done)
    forgotten = [item for item in mandatory if item not in asked]
    additions = [f"{tool} on {photograph} was added by the protocol" for tool, photograph in forgotten]
    return {
        "requests": [{"tool": tool, "photograph": photograph} for tool, photograph in [*asked, *forgotten]],
        "rounds": state["rounds"] + 1,
        "additions": [*state["additions"], *additions],
    }


async def consult(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Run what was asked for, side by side."""
    engine = runtime.context
    timings = dict(state["timings"])

    async def ask(expert: str, reference: str) -> Finding:
        finding, seconds = await engine.bench.consult(
            expert, engine.photograph(state, reference), findings_of(state, reference)
        )
        timings[f"expert:{expert}"] = timings.get(f"expert:{expert}", 0.0) + seconds
        return finding

    tools = {tool.name: tool for tool in expert_tools(ask)}
    calls = [
        {"name": r["tool"], "args": {"photograph": r["photograph"]}, "id": f"call-{n}", "type": "tool_call"}
        for n, r in enumerate(state["requests"])
    ]
    messages = await asyncio.gather(
        *(tools[request["tool"]].ainvoke(call) for request, call in zip(state["requests"], calls, strict=True))
    )
    findings = {reference: dict(of_photograph) for reference, of_photograph in state["findings"].items()}
    for request, message in zip(state["requests"], messages, strict=True):
        findings.setdefault(request["photograph"], {})[str(expert_of(request["tool"]))] = message.artifact
    return {"findings": findings, "requests": [], "timings": timings}


def after_plan(state: CaseState) -> str:
    """On to the experts while anything is asked for."""
    return "consult" if state["requests"] else "reconcile"


def _done(state: CaseState) -> set[tuple[str, str]]:
    return {(tool_of(expert), reference) for reference in state["findings"] for expert in state["findings"][reference]}


def _brief(state: CaseState, mandatory: list[tuple[str, str]]) -> dict[str, Any]:
    found = {
        reference: [compact(finding) for finding in findings_of(state, reference).values()]
        for reference in state["usable"]
    }
    return {
        "question": state.get("question", ""),
        "photographs": state["usable"],
        "found": found,
        "open": [list(item) for item in mandatory],
    }


def _valid_requests(answer: AIMessage, state: CaseState, done: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """The planner's calls that name an expert's tool and a usable photograph, once each, and are not done yet."""
    requests: list[tuple[str, str]] = []
    for call in answer.tool_calls:
        photograph = call["args"].get("photograph")
        item = (call["name"], str(photograph))
        if expert_of(call["name"]) and photograph in state["usable"] and item not in done and item not in requests:
            requests.append(item)
    return requests


async def _no_consult(expert: str, photograph: str) -> Finding:
    raise RuntimeError(json.dumps({"error": "a planner names tools; the graph runs them", "expert": expert}))
