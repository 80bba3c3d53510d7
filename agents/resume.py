"""Going on after a crash: a run that was cut short is taken up at its last checkpoint, by the same call that began it."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from .. import __version__
from ..settings import Settings
from .state import CaseState


def run_mark(values: dict[str, Any], settings: Settings) -> str:
    """What two runs have in common when one can go on for the other: version, photographs, question, settings."""
    asked = {name: values.get(name) for name in ("case", "question", "prior", "prior_given")}
    told = json.dumps([__version__, asked, settings.model_dump(mode="json")], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


async def begin(graph: Any, thread: RunnableConfig, values: dict[str, Any], settings: Settings) -> CaseState | Command:
    """What a run on a thread starts from: `values`, or the checkpoint at which the same run was cut short.

    The time that passed between is not held against the policy's wall time, which is counted anew.
    """
    mark = run_mark(values, settings)
    left = await graph.aget_state(thread)
    if left.next and "review" not in left.next and left.values.get("run") == mark:
        return Command(update={"started": time.time()})
    return cast(CaseState, {**values, "run": mark})
