"""The planner on requests in plain English: does it consult exactly the tools that a careful reader would?

The built-in planner is judged by its router. Any other planner (`--planner`, or the setting) is asked once per request, with the
same tools offered and one photograph at hand; what triage always does is not held against it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..agents.models import speaker
from ..agents.plan import planner_tools
from ..agents.planner import planner_messages
from ..agents.protocol import TRIAGE
from ..agents.routing import route
from ..settings import Settings, default_settings
from .table import Row, bootstrap

FOLDER = Path(__file__).with_name("planning")
FILES = {"development": "requests.jsonl", "test": "fresh_requests.jsonl"}
EXACT_BAR = 0.95
ANSWER_LIMIT_S = 60.0
Planner = Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class Request:
    """A request with the tools a careful reader would consult and the kinds of answer it wants."""

    id: str
    request: str
    tools: frozenset[str]
    kind: str
    traits: tuple[str, ...]


@lru_cache(maxsize=2)
def requests(half: str) -> tuple[Request, ...]:
    """The requests of a half: "development" or "test"."""
    lines = (FOLDER / FILES[half]).read_text(encoding="utf-8").splitlines()
    return tuple(
        Request(item["id"], item["request"], frozenset(item["tools"]), item["kind"], tuple(item["traits"]))
        for item in map(json.loads, lines)
    )


def built_in(request: str) -> frozenset[str]:
    """The tools the built-in planner consults."""
    return route(request).tools


def modelled(settings: Settings) -> Planner:
    """The tools a chat model asks for in its first turn, without those of triage."""
    model, tools = speaker(settings), planner_tools(sees=False)

    def ask(request: str) -> frozenset[str]:
        photograph = {"photo-1": {"eye": "right", "width": 1024, "height": 1024}}
        brief = {"question": request, "photographs": photograph, "found": {}, "open": [], "problems": []}
        turn = asyncio.run(model.call_tools(planner_messages(brief), tools, limit_s=ANSWER_LIMIT_S))
        return frozenset(call.name for call in turn.calls) - frozenset(TRIAGE)

    return ask


def evaluate(data: Path | None = None) -> list[Row]:
    """Exact sets, precision and recall of tools, and refusals of the planner that the settings name. `data` is not used."""
    settings = default_settings()
    planner = built_in if settings.planner == "protocol" else modelled(settings)
    halves = ("development", "test") if planner is built_in else ("test",)
    return [row for half in halves for row in rows(half, planner, settings.planner)]


def rows(half: str, planner: Planner, name: str) -> list[Row]:
    """The rows of one half. Only the built-in planner on the test half is held against the bar."""
    asked = requests(half)
    chosen = [planner(request.request) for request in asked]
    wanted = [r.tools if name == "protocol" else r.tools - frozenset(TRIAGE) for r in asked]
    exact = np.array([got == want for got, want in zip(chosen, wanted, strict=True)], float)
    hits = np.array([len(got & want) for got, want in zip(chosen, wanted, strict=True)], float)
    given, due = np.array([len(got) for got in chosen], float), np.array([len(want) for want in wanted], float)
    outside = [n for n, request in enumerate(asked) if request.kind == "out_of_scope"]
    inside = [n for n, request in enumerate(asked) if request.tools]
    about = f"{half} requests ({len(asked)}), {name}"
    bar = EXACT_BAR if half == "test" and name == "protocol" else None
    found = [
        Row("exact tool set", about, exact.mean(), bootstrap(len(asked), lambda i: float(exact[i].mean())), bar),
        Row("tool precision", about, _share(hits, given), bootstrap(len(asked), lambda i: _share(hits[i], given[i]))),
        Row("tool recall", about, _share(hits, due), bootstrap(len(asked), lambda i: _share(hits[i], due[i]))),
        Row("out of scope, no tool consulted", f"{half} ({len(outside)})", _none(chosen, outside)),
        Row("in scope, no tool consulted", f"{half} ({len(inside)})", _none(chosen, inside), lower_is_better=True),
    ]
    for trait in ("misspelt", "multi-part", "long", "short"):
        of_trait = [n for n, request in enumerate(asked) if trait in request.traits]
        found.append(Row(f"exact tool set, {trait}", f"{half} ({len(of_trait)})", float(exact[of_trait].mean())))
    return found


def _share(part: np.ndarray, whole: np.ndarray) -> float:
    return float(part.sum() / max(1.0, whole.sum()))


def _none(chosen: Sequence[frozenset[str]], which: Sequence[int]) -> float:
    return sum(not chosen[n] for n in which) / max(1, len(which))
