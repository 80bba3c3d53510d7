"""The ledgers as cases on their way through compose and verify, worded by a scripted speaker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, cast

from langgraph.runtime import Runtime

from ...agents.compose import PlacedClaim, compose
from ...agents.compose_model import WrittenClaim, WrittenReport
from ...agents.graph import after_verify, check_claims
from ...agents.models import Turn
from ...agents.reconcile import reconcile
from ...agents.state import CaseState, Engine
from ...records import Case, Photograph
from ...records.report import Planning
from ...settings import Settings
from .ledgers import ledger


@dataclass
class ScriptedSpeaker:
    """Writes the same sentences each time it is asked, whatever was wrong with them."""

    claims: Sequence[WrittenClaim]
    name: str = "scripted"
    remote: bool = False
    asked: list[str] = field(default_factory=list)

    async def write(self, messages: Sequence[Any], schema: type[WrittenReport], *, limit_s: float) -> tuple[Any, Turn]:
        """The script as a report."""
        self.asked.append(str(messages[-1].content))
        return schema(claims=list(self.claims)), Turn()


@lru_cache(maxsize=32)
def _state(name: str) -> CaseState:
    """A ledger's case as it stands before compose."""
    entries = ledger(name)
    found = [entry.finding for entry in entries if entry.finding is not None]
    eyes = list(dict.fromkeys(finding.eye for finding in found))
    photographs = [
        Photograph(
            sha256=next(f.photograph for f in found if f.eye is eye),
            width=2144,
            height=1424,
            file_format="PNG",
            eye=eye,
        )
        for eye in eyes
    ]
    references = {eye: f"photo-{n}" for n, eye in enumerate(eyes, start=1)}
    gradable = {f.eye for f in found if f.expert == "quality" and f.label == "gradable"}
    passages = {e.passage.id: e.id for e in entries if e.passage is not None}
    advice = [number for passage, number in passages.items() if passage.startswith("follow-up#")][:1]
    state: CaseState = {
        "case": Case(id=f"case-{name}", photographs=photographs).model_dump(mode="json"),
        "eyes": {reference: eye.value for eye, reference in references.items()},
        "usable": [reference for eye, reference in references.items() if eye in gradable],
        "findings": {
            reference: {f.expert: f.model_dump(mode="json") for f in found if f.eye is eye}
            for eye, reference in references.items()
        },
        "ledger": [entry.model_dump(mode="json") for entry in entries],
        "passages": {"recommendation": advice},
        "planning": Planning(planner="scripted", policy="standard").model_dump(mode="json"),
        "before": {"turns": 0, "tool_calls": 0, "tokens": 0},
        "rounds": 0,
        "attempts": 0,
        "rejected": [],
        "question": "",
    }
    found_out = asyncio.run(reconcile(state, cast("Runtime[Engine]", None)))
    state["disagreements"], state["review_reasons"] = found_out["disagreements"], found_out["review_reasons"]
    return state


def reported(
    name: str, claims: Sequence[WrittenClaim], speaker: ScriptedSpeaker | None = None
) -> tuple[list[PlacedClaim], CaseState]:
    """What is left of a model's sentences, and of the built-in composer's, after compose and verify; the last state."""
    speaker = speaker or ScriptedSpeaker(claims)
    engine = SimpleNamespace(settings=Settings(composer="model"), speaker=speaker)
    runtime = cast("Runtime[Engine]", SimpleNamespace(context=engine))
    state = asyncio.run(_run({**_state(name), "started": time.time()}, runtime))
    return [PlacedClaim.model_validate(placed) for placed in state["draft"]], state


async def _run(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    step = "compose"
    while step == "compose":
        state = {**state, **(await compose(state, runtime))}
        state = {**state, **(await check_claims(state, runtime))}
        step = after_verify(state)
    return state
