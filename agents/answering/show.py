"""Pictures an answer shows: a landmark or region close up, or a photograph with findings drawn on it."""

from __future__ import annotations

import re

from ...errors import BadSetting
from ...records import Eye
from ...tools.views import View
from ...tools.zoom import ZoomArguments, view_of
from ..state import CaseState, Engine, findings_of, photographs_of
from .eyes import eyes_named
from .select import lesion_kinds

OVERLAYS: dict[str, list[str]] = {
    "show_vessels": ["vessels"],
    "show_lesions": ["lesions"],
    "show_heatmap": ["heatmap"],
    "show_disc": ["disc", "cup"],
    "show_landmarks": ["landmarks"],
}
"""Intent to what is drawn."""
_MACULA = re.compile(r"macul|fove|cent(?:re|er)", re.IGNORECASE)
DISC = re.compile(r"\bdis[ck]|nerve|papilla|cup", re.IGNORECASE)
_KINDS_OF_VESSEL = re.compile(r"arter|vein|venul", re.IGNORECASE)
NUMBERS = re.compile(r"\d+(?:\.\d+)?")
POINT_SIDE = 400
"""Side in pixels of the square shown around a point that a request names."""


def views_for(intent: str, request: str, state: CaseState, engine: Engine) -> tuple[list[View], list[str]]:
    """The views that answer one intent on the photographs of the eyes it names, and why any is missing."""
    views, problems = [], []
    for reference in references_named(request, state):
        asked = _arguments(intent, request, reference)
        if asked is None:
            return [], ["Not shown: name the macula, the disc, a point or a region (x, y, width, height in pixels)."]
        try:
            views.append(view_of(asked, engine.photograph(state, reference), findings_of(state, reference)))
        except BadSetting as problem:
            problems.append(f"Not shown: {problem}.")
    return views, list(dict.fromkeys(problems))


def _named(intent: str, request: str) -> list[str]:
    """The layers of an intent that a request names."""
    if intent == "show_vessels":
        return ["arteries", "veins"] if _KINDS_OF_VESSEL.search(request) else []
    return sorted(lesion_kinds(request)) if intent == "show_lesions" else []


def references_named(request: str, state: CaseState) -> list[str]:
    """The photographs a request names, or those of the eyes it names, all where it names none."""
    named = [reference for reference in photographs_of(state) if reference in request.lower()]
    if named:
        return named
    sides = {reference: Eye(side) for reference, side in state["eyes"].items()}
    wanted = eyes_named(request, sides.values())
    return [reference for reference, eye in sides.items() if eye in wanted]


def _arguments(intent: str, request: str, reference: str) -> ZoomArguments | None:
    if intent in OVERLAYS:
        named = _named(intent, request)
        return ZoomArguments(photograph=reference, overlay=named or OVERLAYS[intent])
    numbers = [float(number) for number in NUMBERS.findall(request.replace(reference, ""))]
    if len(numbers) >= 4:
        return ZoomArguments(photograph=reference, region=numbers[:4])
    if len(numbers) in (2, 3):
        x, y = numbers[:2]
        return ZoomArguments(
            photograph=reference, region=[x - POINT_SIDE / 2, y - POINT_SIDE / 2, POINT_SIDE, POINT_SIDE]
        )
    if _MACULA.search(request):
        return ZoomArguments(photograph=reference, landmark="macula")
    if DISC.search(request):
        return ZoomArguments(photograph=reference, landmark="disc")
    return None
