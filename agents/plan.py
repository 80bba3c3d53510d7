"""Plan: the planner asks for what it wants next; once it asks for nothing, the protocol adds what was left out."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any, NoReturn

from langchain_core.tools import BaseTool
from langgraph.runtime import Runtime

from ..errors import ArtifactMissing
from ..experts.registry import PROMPTED, prompted_names
from ..records.report import Planning
from ..tools.experts import expert_of, expert_tools, facts, tool_of
from ..tools.lookups import compare_tool, lookup_tools
from ..tools.outline import outline_tool
from ..tools.views import View, whole
from ..tools.zoom import zoom_tool
from .answering.follow_up import asked_in_full
from .models import Turn
from .pictures import Picture, affordable, record, take
from .planner import discreet, planner_messages
from .policy import Policy, exhausted, policy_of
from .protocol import TRIAGE, mandatory_tools, open_items
from .requests import Request, requests_of
from .spending import charge, note, spent_of
from .state import CaseState, Engine, elapsed, findings_of, photographs_of, planning_of
from .visits import has_earlier

TRIES = 2
"""A planner whose answer holds nothing valid is told what was wrong and asked once more, then left."""
GRACE_S = 5.0
"""Seconds beyond its limit after which a planner that does not come back is left."""
SHORTEST_CALL_S = 1.0


async def plan(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Decide what to consult next. Mandatory readings the planner leaves out are added and logged; no budget cuts them."""
    turn = _Planning(state, runtime.context)
    requests = await turn.requests()
    additions: list[str] = []
    if not requests:
        requests = [Request(tool=tool, args={"photograph": at}, mandatory=True) for tool, at in turn.owed]
        additions = [f"{tool} on {at} was added by the protocol" for tool, at in turn.owed]
    return {
        "requests": [request.model_dump(mode="json") for request in requests],
        "problems": turn.problems,
        "silent": turn.silent,
        "rounds": state["rounds"] + 1,
        "additions": [*state["additions"], *additions],
        "planning": turn.record.model_dump(mode="json"),
    }


class _Planning:
    """One round of planning; `record`, `problems` and `silent` are what it leaves behind."""

    def __init__(self, state: CaseState, engine: Engine) -> None:
        self.state, self.engine = state, engine
        self.policy: Policy = policy_of(engine.settings)
        self.record: Planning = planning_of(state)
        self.problems: list[str] = list(state["problems"])
        self.silent: bool = state["silent"]
        self.done = {
            (tool_of(name), at) for at, found in state["findings"].items() for name in found if name not in PROMPTED
        }
        items = open_items(_request(state), state["usable"], self.done)
        self.owed = [item for item in items if expert_of(item[0]) is not None]
        self.tools = planner_tools(engine.speaker.sees, has_earlier(state))

    async def requests(self) -> list[Request]:
        """What the planner asks for, within the budget; empty when it asks for nothing or is not asked."""
        for _ in range(TRIES):
            if self.silent:
                return []
            why_not = exhausted(self.policy, spent_of(self.state, self.record))
            if why_not is not None:
                note(self.record.cut, f"The planner was not asked again: {why_not}.")
                return []
            turn = await self._ask()
            asked, wrong = requests_of(turn.calls, self.state["usable"], self.done, self.owed)
            self.problems = [*turn.problems, *wrong]
            note(self.record.problems, *wrong)
            if asked:
                return self._within_budget(asked)
            if not self.problems:
                return []
        self.silent = True
        note(self.record.problems, "nothing that was asked for could be run, twice in a row; it was not asked again")
        return []

    def _within_budget(self, asked: list[Request]) -> list[Request]:
        """The mandatory requests and as many of the others as tool calls are left."""
        left = self.policy.tool_calls - spent_of(self.state, self.record).tool_calls
        extra = [request for request in asked if not request.mandatory]
        if len(extra) > left:
            note(self.record.cut, f"Requests of the planner beyond {self.policy.tool_calls} tool calls were not run.")
        self.record.tool_calls += min(len(extra), max(0, left))
        return [request for request in asked if request.mandatory or request in extra[: max(0, left)]]

    async def _ask(self) -> Turn:
        speaker = self.engine.speaker
        pictures = await self._pictures()
        messages = planner_messages(self._brief(), pictures)
        limit = max(SHORTEST_CALL_S, (self.policy.wall_s - elapsed(self.state)) / 2)
        try:
            async with asyncio.timeout(limit + GRACE_S):
                turn = await speaker.call_tools(messages, self.tools, limit_s=limit)
        except TimeoutError:
            turn = Turn(problems=[f"no answer within {limit:.0f} s"])
        charge(self.record, turn, messages, sum(picture.tokens for picture in pictures))
        self.record.dialect = speaker.dialect
        return turn

    def _brief(self) -> dict[str, Any]:
        """The case in words: no file name, date, device or context, and of what a header said the side alone."""
        question = asked_in_full(self.state)
        records, spent = photographs_of(self.state), spent_of(self.state, self.record)
        return {
            "question": discreet(question) if self.engine.speaker.remote else question,
            "photographs": {
                at: {"eye": records[at].eye.value, "width": records[at].width, "height": records[at].height}
                for at in self.state["usable"]
            },
            "found": {at: [facts(f) for f in findings_of(self.state, at).values()] for at in self.state["usable"]},
            "looked_up": self.state["looked_up"],
            "open": [list(item) for item in self.owed],
            "problems": self.problems,
            "left": {
                "rounds": self.policy.rounds - spent.rounds,
                "tool_calls": self.policy.tool_calls - spent.tool_calls,
                "pictures": self.policy.pictures - spent.pictures,
            },
        }

    async def _pictures(self) -> list[Picture]:
        """The whole photographs and what was asked to be shown, as far as the budget goes; none for a planner that is blind."""
        speaker = self.engine.speaker
        if not speaker.sees:
            return []
        views = [whole(at, photographs_of(self.state)[at]) for at in self.state["usable"]]
        views += [View.model_validate(view) for view in self.state["views"]]
        may, cut = affordable(views, self.record.pictures, self.policy.pictures)
        if cut:
            most = self.policy.pictures
            note(self.record.cut, f"Pictures beyond the image budget of {most} were not shown to the planner.")
            self.problems += [f"no picture is left in the budget for {view.words}" for view in cut]
        try:
            pictures = [await self._take(view) for view in may]
        except ArtifactMissing as missing:
            note(self.problems, str(missing))
            return []
        self.record.pictures = record(self.record.pictures, (p.sent(remote=speaker.remote) for p in pictures))
        return pictures

    async def _take(self, view: View) -> Picture:
        photograph = self.engine.photograph(self.state, view.photograph)
        findings = findings_of(self.state, view.photograph)
        return await take(view, photograph, {n: f.use(self.engine.bench.store) for n, f in findings.items()})


def _request(state: CaseState) -> str:
    """The question the protocol goes by. A first reading whose question names nothing to read is a whole reading."""
    question = asked_in_full(state)
    return "" if not state.get("report") and set(mandatory_tools(question)) <= set(TRIAGE) else question


@lru_cache(maxsize=4)
def planner_tools(sees: bool, visits: bool = False) -> list[BaseTool]:
    """The tools a planner is offered; `zoom` only when it sees, `compare_visits` only when the case holds earlier `visits`."""
    outline = [outline_tool()] if prompted_names() else []
    tools = [*expert_tools(_named_only), *outline, *lookup_tools(_named_only, _named_only)]
    return [*tools, *([compare_tool(_named_only)] if visits else []), *([zoom_tool()] if sees else [])]


async def _named_only(*_: object, **__: object) -> NoReturn:
    raise RuntimeError("a planner names tools, the graph runs them")
