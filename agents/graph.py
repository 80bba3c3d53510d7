"""The graph: intake, triage, plan <-> consult, compare, reconcile, retrieve, compose, verify, report, answer, review."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from ..settings import working_under
from .answer import answer
from .compose import PlacedClaim, compose
from .consult import after_plan, consult
from .literature import retrieve
from .plan import plan
from .reconcile import reconcile
from .report import write_report
from .resume import as_taken_up
from .review.node import review
from .state import CaseState, Engine, ledger_of
from .triage import after_triage, intake, triage
from .verify import verify_claim
from .visits import compare_visits

Node = Callable[[CaseState, Runtime[Engine]], Awaitable[CaseState]]

COMPOSE_ATTEMPTS = 2
"""Sentences that fail verification are sent back once, then removed and listed."""


async def check_claims(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Verify every claim of the draft; keep the supported ones."""
    ledger = ledger_of(state)
    kept: list[PlacedClaim] = []
    rejected: list[PlacedClaim] = []
    for placed in (PlacedClaim.model_validate(p) for p in state["draft"]):
        placed.claim = verify_claim(placed.claim, ledger)
        (kept if placed.claim.status == "supported" else rejected).append(placed)
    attempts = state["attempts"] + 1
    if rejected and attempts < COMPOSE_ATTEMPTS:
        return {"attempts": attempts, "rejected": [p.claim.model_dump(mode="json") for p in rejected]}
    return {
        "attempts": attempts,
        "draft": [p.model_dump(mode="json") for p in kept],
        "rejected": [p.claim.model_dump(mode="json") for p in rejected],
    }


def after_verify(state: CaseState) -> str:
    """Back to compose once while something was rejected."""
    return "compose" if state["rejected"] and state["attempts"] < COMPOSE_ATTEMPTS else "write_report"


NODES: dict[str, Node] = {
    "intake": intake,
    "triage": triage,
    "plan": plan,
    "consult": consult,
    "compare": compare_visits,
    "reconcile": reconcile,
    "retrieve": retrieve,
    "compose": compose,
    "verify": check_claims,
    "write_report": write_report,
    "answer": answer,
}
"""Every node but `review`, which waits for a person and is not timed."""


def _timed(name: str, node: Node) -> Callable[[CaseState, Runtime[Engine], RunnableConfig], Awaitable[CaseState]]:
    """The node under the engine's settings, with its seconds added to the state's timings."""

    async def run(state: CaseState, runtime: Runtime[Engine], config: RunnableConfig) -> CaseState:
        started = time.perf_counter()
        with working_under(runtime.context.settings):
            update = await node(as_taken_up(state, config), runtime)
        timings: dict[str, float] = dict(update.get("timings", state.get("timings", {})))
        timings[f"node:{name}"] = timings.get(f"node:{name}", 0.0) + time.perf_counter() - started
        return {**update, "timings": timings}

    return run


def build_graph(
    checkpointer: BaseCheckpointSaver[Any] | None = None,
) -> CompiledStateGraph[CaseState, Engine, CaseState, CaseState]:
    """The compiled graph. Run it with `context=Engine(...)` and a `thread_id` per case."""
    return _compiled().copy(update={"checkpointer": checkpointer})


@lru_cache(maxsize=1)
def _compiled() -> CompiledStateGraph[CaseState, Engine, CaseState, CaseState]:
    graph = StateGraph(CaseState, context_schema=Engine)
    for name, node in NODES.items():
        graph.add_node(name, cast(Any, _timed(name, node)))
    graph.add_node("review", cast(Any, review))
    graph.add_edge(START, "intake")
    graph.add_edge("intake", "triage")
    graph.add_conditional_edges("triage", after_triage, ["plan", "compare"])
    graph.add_conditional_edges("plan", after_plan, ["consult", "compare"])
    graph.add_edge("consult", "plan")
    graph.add_edge("compare", "reconcile")
    graph.add_edge("reconcile", "retrieve")
    graph.add_edge("retrieve", "compose")
    graph.add_edge("compose", "verify")
    graph.add_conditional_edges("verify", after_verify, ["compose", "write_report"])
    graph.add_edge("write_report", "answer")
    graph.add_edge("answer", "review")
    graph.add_edge("review", END)
    return graph.compile()
