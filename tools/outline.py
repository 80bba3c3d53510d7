"""The tool that outlines what a box or a point of a photograph shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field

from ..errors import BadSetting
from ..experts import load_card
from ..experts.region.prompts import check_prompt
from ..experts.region.window import Prompt
from ..records import Photograph

OUTLINE = "outline_region"


class OutlineArguments(BaseModel):
    """Arguments of `outline_region`: a box or a point, not both."""

    photograph: str = Field(description="Which photograph of the case, for example photo-1")
    box: Annotated[list[float], Field(min_length=4, max_length=4)] | None = Field(
        default=None, description="A box around what to outline: x, y, width, height in pixels of the photograph"
    )
    point: Annotated[list[float], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="A point in the middle of what to outline instead: x, y in pixels of the photograph"
    )


def outline_tool() -> BaseTool:
    """The tool as a planner sees it, described by the expert's card. The graph runs it."""

    async def run(**arguments: object) -> str:
        return "The outline is among the findings."

    card = load_card("region")
    return StructuredTool.from_function(
        coroutine=run,
        name=OUTLINE,
        description=f"{card.task} Returns {', '.join(card.returns)}. It does not say what the region is.",
        args_schema=OutlineArguments,
    )


def prompt_of(box: Sequence[float] | None, point: Sequence[float] | None, photograph: Photograph) -> Prompt:
    """The prompt of a box (x, y, width, height) or a point (x, y). Raises BadSetting, in words, when it cannot be used."""
    if (box is None) == (point is None):
        raise BadSetting("name either a box (x, y, width, height) or a point (x, y)")
    if box is not None:
        x, y, width, height = _numbers(box, 4, "a box is x, y, width, height in pixels of the photograph")
        if not (width > 0 and height > 0):
            raise BadSetting("the box's width and height must be positive")
        prompt = Prompt(x, y, x + width, y + height)
    else:
        x, y = _numbers(point, 2, "a point is x, y in pixels of the photograph")
        prompt = Prompt(x, y, x, y)
    check_prompt(prompt, photograph)
    return prompt


def _numbers(given: object, count: int, otherwise: str) -> list[float]:
    """The numbers of a box or a point. Raises BadSetting, saying `otherwise`."""
    try:
        numbers = [] if isinstance(given, str | bytes) else [float(v) for v in given]  # type: ignore[attr-defined]
    except (TypeError, ValueError) as error:
        raise BadSetting(otherwise) from error
    if len(numbers) != count:
        raise BadSetting(otherwise)
    return numbers


def free_name(findings: Collection[str]) -> str:
    """A name for one more outlined region among a photograph's findings."""
    count = sum(1 for name in findings if name.split(" ")[0] == "region")
    return "region" if count == 0 else f"region {count + 1}"
