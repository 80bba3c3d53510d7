"""The graph's last node: a report waits here for a person. Reading does not; the thread can be taken up at any later time."""

from __future__ import annotations

import datetime
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime
from langgraph.types import interrupt

from ...records import Report, ReviewDecision
from ...records.report import ReportStatus
from ..state import CaseState, Engine
from . import index
from .sign import signed_report


async def review(state: CaseState, runtime: Runtime[Engine], config: RunnableConfig) -> CaseState:
    """Interrupt until decisions come, then sign the report with them. What was signed already passes through.

    Decisions arrive through `Command(resume=...)` as {"decision": ReviewDecision, "signed": ISO time}, both JSON.
    """
    report = Report.model_validate(state["report"])
    session = config["configurable"]["thread_id"].rpartition(":")[0]
    index.enter(runtime.context.settings, session, report, anew=not state.get("follow_up", False))
    if report.status is ReportStatus.REVIEWED:
        return {}
    handed: dict[str, Any] = interrupt({"case": report.case, "reasons": report.review_reasons})
    decision = ReviewDecision.model_validate(handed["decision"])
    signed = signed_report(report, decision, datetime.datetime.fromisoformat(handed["signed"]))
    index.enter(runtime.context.settings, session, signed)
    return {
        "report": signed.model_dump(mode="json"),
        "review": signed.review.model_dump(mode="json") if signed.review is not None else {},
    }
