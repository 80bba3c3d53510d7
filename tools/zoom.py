"""The planner's magnifying glass: a landmark or a region at full resolution, with layers drawn on it when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field, ValidationError

from ..errors import BadSetting
from ..formats.layers import DRAWN_FROM, LESION_NAMES, STYLES, layer_names
from ..records import Finding, Photograph
from .views import Box, View

ZOOM = "zoom"
SMALLEST_SIDE = 32
"""A region under this, in pixels, shows nothing."""
LANDMARK_SIDE_DD = {"macula": 3.0, "disc": 2.0}
"""Side of the square around a landmark, in disc diameters."""
_GROUPS = {"lesions": tuple(LESION_NAMES)}


WORDS = {
    "landmark": "macula or disc",
    "region": "x, y, width, height in pixels of the photograph",
    "overlay": f"a list of {', '.join([*_GROUPS, *STYLES])}",
}
"""What each argument of `zoom` is."""


class ZoomArguments(BaseModel):
    """Arguments of `zoom`. Without landmark and region the whole photograph is shown."""

    photograph: str = Field(description="Which photograph of the case, for example photo-1")
    landmark: Literal["macula", "disc"] | None = Field(default=None, description="What to look at")
    region: Annotated[list[float], Field(min_length=4, max_length=4)] | None = Field(
        default=None, description="What to look at instead: x, y, width, height in pixels of the photograph"
    )
    overlay: list[str] = Field(
        default_factory=list,
        description=f"Findings to draw on it, any of {', '.join([*_GROUPS, *STYLES])}",
    )


def zoom_tool() -> BaseTool:
    """The tool as a planner sees it. The graph runs it: the picture is in the planner's next message."""

    async def run(**arguments: object) -> str:
        return "The picture is in the next message."

    return StructuredTool.from_function(
        coroutine=run,
        name=ZOOM,
        description=(
            "Look closer: shows you a landmark or a region of a photograph at full resolution in the next message, "
            "with findings drawn on it if you name them. It measures nothing; only experts measure."
        ),
        args_schema=ZoomArguments,
    )


def zoom_of(*, landmark: object, region: object, overlay: object) -> ZoomArguments:
    """What a call asks to see of a single photograph. Raises BadSetting, in one line."""
    given = {"photograph": "photo-1", "landmark": landmark, "region": region, "overlay": overlay}
    try:
        asked = ZoomArguments.model_validate(given)
    except ValidationError as error:
        what = error.errors()[0]["loc"][0]
        raise BadSetting(f"zoom: {what} is {WORDS[str(what)]}") from error
    if asked.landmark is not None and asked.region is not None:
        raise BadSetting("zoom: name a landmark or a region, not both")
    unknown = [name for name in asked.overlay if name not in (*_GROUPS, *STYLES)]
    if unknown:
        raise BadSetting(f"zoom: nothing is drawn as {unknown[0]!r}; overlay is {WORDS['overlay']}")
    return asked


def drawn_from(overlay: Sequence[str]) -> list[str]:
    """The experts whose findings a view with these layers needs."""
    return list(dict.fromkeys(DRAWN_FROM[name] for name in _wanted(overlay) if name in DRAWN_FROM))


def view_of(asked: ZoomArguments, photograph: Photograph, findings: Mapping[str, Finding]) -> View:
    """The view that was asked for. Raises BadSetting, in words for the planner, when there is none."""
    if asked.region is not None:
        what, box = "region", _clipped(asked.region, photograph)
    elif asked.landmark is not None:
        what, box = asked.landmark, _around(asked.landmark, photograph, findings)
    else:
        what, box = "whole", (0, 0, photograph.width, photograph.height)
    return View(photograph=asked.photograph, what=what, box=box, overlay=_layers(asked.overlay, findings))


def _around(landmark: str, photograph: Photograph, findings: Mapping[str, Finding]) -> Box:
    located = findings.get("landmarks")
    point = None if located is None else located.points.get("fovea" if landmark == "macula" else "disc")
    diameter = None if located is None else located.number("disc_diameter")
    if point is None or diameter is None:
        raise BadSetting(f"the {landmark} was not located; name a region in pixels instead")
    side = LANDMARK_SIDE_DD[landmark] * diameter
    return _clipped([point.x - side / 2, point.y - side / 2, side, side], photograph)


def _clipped(region: list[float], photograph: Photograph) -> Box:
    x, y, width, height = region
    if not all(abs(number) < 1e6 for number in region):
        raise BadSetting("a region is x, y, width, height in pixels of the photograph")
    left, top = max(0, round(x)), max(0, round(y))
    right, bottom = min(photograph.width, round(x + width)), min(photograph.height, round(y + height))
    if right - left < SMALLEST_SIDE or bottom - top < SMALLEST_SIDE:
        raise BadSetting(
            f"the region is outside the photograph ({photograph.width}x{photograph.height} px) "
            f"or smaller than {SMALLEST_SIDE} px"
        )
    return left, top, right - left, bottom - top


def _wanted(names: Sequence[str]) -> list[str]:
    """The layers that are asked for, groups by their members."""
    return [layer for name in names for layer in _GROUPS.get(name, (name,))]


def _layers(names: list[str], findings: Mapping[str, Finding]) -> list[str]:
    """The named layers that can be drawn, in drawing order. Raises BadSetting when none of those named can."""
    wanted = _wanted(names)
    there = layer_names(list(findings.values()))
    chosen = [layer for layer in there if layer in wanted]
    if names and not chosen:
        raise BadSetting(f"nothing of that can be drawn; there are {', '.join(there) or 'no layers yet'}")
    return chosen
