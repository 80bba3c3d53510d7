"""Consult: what was asked for is run side by side; what the planner asked beyond the protocol has until the policy's time is up."""

from __future__ import annotations

import asyncio
from typing import Any

from langgraph.runtime import Runtime

from ..errors import ArtifactMissing, BadSetting
from ..records import Finding
from ..records.comparison import COMPARE
from ..tools.experts import expert_of, expert_tools
from ..tools.lookups import SEARCH, SIMILAR, Found, compare_tool, kept_like, literature, lookup_tools
from ..tools.outline import OUTLINE, OutlineArguments, free_name, prompt_of
from ..tools.views import View
from ..tools.zoom import ZOOM, ZoomArguments, view_of
from .policy import policy_of
from .requests import Request
from .spending import note
from .state import CaseState, Engine, elapsed, findings_of, planning_of
from .visits import compared

Result = dict[str, Any] | Found | View | str
"""A finding, what was looked up, a view, or why there is none."""


async def consult(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Run the requests. A picture that was asked for is in the planner's next message."""
    engine = runtime.context
    timings = dict(state["timings"])

    async def ask(expert: str, reference: str) -> Finding:
        finding, seconds = await engine.bench.consult(
            expert, engine.photograph(state, reference), findings_of(state, reference)
        )
        timings[f"expert:{expert}"] = timings.get(f"expert:{expert}", 0.0) + seconds
        return finding

    async def search(query: str) -> Found:
        remote = engine.speaker.remote
        return await asyncio.to_thread(literature, engine.retriever, query, shipped_only=remote)

    async def similar(photograph: str) -> Found:
        return await asyncio.to_thread(kept_like, engine.bench, engine.photograph(state, photograph))

    async def outline(args: dict[str, Any]) -> dict[str, Any] | str:
        asked = OutlineArguments.model_validate(args)
        try:
            photograph = engine.photograph(state, asked.photograph)
            prompt = prompt_of(asked.box, asked.point, photograph)
        except (BadSetting, ArtifactMissing) as problem:
            return f"{OUTLINE}: {problem}"
        given = findings_of(state, asked.photograph)
        finding, seconds = await engine.bench.consult("region", photograph, given, prompt)
        timings["expert:region"] = timings.get("expert:region", 0.0) + seconds
        return finding.model_dump(mode="json")

    async def visits(photograph: str) -> Found:
        return await asyncio.to_thread(compared, state, photograph, engine.bench)

    tools = {t.name: t for t in (*expert_tools(ask), *lookup_tools(search, similar), compare_tool(visits))}

    async def run(request: Request) -> Result:
        if request.tool == ZOOM:
            return _view(state, engine, request)
        if request.tool == OUTLINE:
            return await outline(request.args)
        if request.tool in (SEARCH, SIMILAR, COMPARE):
            found: Found = await tools[request.tool].ainvoke(request.args)
            return found
        call = {"name": request.tool, "args": request.args, "id": request.tool, "type": "tool_call"}
        artifact: dict[str, Any] = (await tools[request.tool].ainvoke(call)).artifact
        return artifact

    requests = [Request.model_validate(request) for request in state["requests"]]
    running = {asyncio.create_task(run(request)): request for request in requests}
    owed = [task for task, request in running.items() if request.mandatory]
    if owed:
        await asyncio.wait(owed)
    left = policy_of(engine.settings).wall_s - elapsed(state)
    _, late = await asyncio.wait(running, timeout=max(0.0, left))
    findings = {reference: dict(of_photograph) for reference, of_photograph in state["findings"].items()}
    planning, views, problems, looked_up = planning_of(state), [], list(state["problems"]), list(state["looked_up"])
    for task, request in running.items():
        if task in late:
            task.cancel()
            note(planning.cut, f"{request.words} was not finished: the policy's time was used up.")
            continue
        result = task.result()
        if isinstance(result, View):
            views.append(result.model_dump(mode="json"))
        elif isinstance(result, list):
            looked_up.append({"tool": request.tool, **request.args, "found": result})
        elif isinstance(result, str):
            problems.append(result)
            note(planning.problems, result)
        else:
            of_photograph = findings.setdefault(request.item[1], {})
            expert = str(expert_of(request.tool))
            of_photograph[free_name(of_photograph) if request.tool == OUTLINE else expert] = result
    return {
        "findings": findings,
        "views": views,
        "looked_up": looked_up,
        "problems": problems,
        "requests": [],
        "planning": planning.model_dump(mode="json"),
        "timings": timings,
    }


def _view(state: CaseState, engine: Engine, request: Request) -> View | str:
    asked = ZoomArguments.model_validate(request.args)
    findings = findings_of(state, asked.photograph)
    try:
        return view_of(asked, engine.photograph(state, asked.photograph), findings)
    except (BadSetting, ArtifactMissing) as problem:
        return f"{ZOOM}: {problem}"


def after_plan(state: CaseState) -> str:
    """On to the experts while anything is asked for."""
    return "consult" if state["requests"] else "compare"
