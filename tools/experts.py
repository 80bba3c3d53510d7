"""One LangChain tool per expert, made from its card."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field

from ..experts import expert_names, load_card
from ..experts.registry import expert_tools as tools_by_expert
from ..records import ExpertCard, Finding

MOST_LIMITS = 3
"""Limits of an expert that its tool names; the card has them all."""


class PhotographArguments(BaseModel):
    """Arguments of every expert's tool."""

    photograph: str = Field(description="Which photograph of the case, for example photo-1")


Consult = Callable[[str, str], Awaitable[Finding]]
"""(expert name, photograph reference) -> finding."""


def expert_tools(consult: Consult) -> list[BaseTool]:
    """The tools of the installed experts. A tool's content is the compact finding, its artifact the whole one."""
    return [_tool(load_card(name), consult) for name in expert_names()]


def tool_of(expert: str) -> str:
    """The tool's name of an expert; its own name for one that is no longer installed."""
    return tools_by_expert().get(expert, expert)


def expert_of(tool: str) -> str | None:
    """The expert behind a tool's name, or None."""
    return next((name for name, its in tools_by_expert().items() if its == tool), None)


def _tool(card: ExpertCard, consult: Consult) -> BaseTool:
    async def run(photograph: str) -> tuple[str, dict[str, object]]:
        finding = await consult(card.name, photograph)
        return json.dumps(facts(finding)), finding.model_dump(mode="json")

    return StructuredTool.from_function(
        coroutine=run,
        name=card.tool,
        description=described(card),
        args_schema=PhotographArguments,
        response_format="content_and_artifact",
    )


def described(card: ExpertCard) -> str:
    """An expert's tool in words: what it does, gives back and cannot do."""
    limits = " ".join(_first_sentence(limit) for limit in card.limits[:MOST_LIMITS])
    return f"{card.task.rstrip('.')}. Returns {', '.join(card.returns)}. Limits: {limits}"


def facts(finding: Finding) -> dict[str, Any]:
    """A finding as a planner sees it: what was measured, what was not and why, without regions and maps."""
    said = finding.model_dump(
        mode="json",
        include={"expert", "status", "reason", "value", "label", "probabilities", "referable_probability", "flags"},
        exclude_none=True,
    )
    said["points"] = {name: [round(point.x), round(point.y)] for name, point in finding.points.items()}
    said["measured"] = {m.name: f"{m.value:.4g} {m.unit}".strip() for m in finding.measurements if m.value is not None}
    said["not_assessed"] = [m.name for m in finding.measurements if m.value is None]
    return {name: value for name, value in said.items() if value not in ({}, [])}


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.;:]) ", text, maxsplit=1)[0].rstrip(";:.") + "."
