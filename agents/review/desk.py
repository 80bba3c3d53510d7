"""The reviewer's desk: what waits, whose turn it is, and the taking up of an interrupted thread with decisions."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from langgraph.types import Command

from ...errors import BadSetting
from ...records import Report, ReviewDecision
from ...records.report import ReportStatus
from ...settings import Settings
from ..checkpoints import checkpoints
from ..graph import build_graph
from ..state import Engine
from . import index
from .decide import check

_WAIT_SECONDS = 10.0
QUESTION_WAITS_SECONDS = 300.0
"""How long a question waits for another, or for a signature, on the same case."""


def session_of(settings: Settings, case: str, session: str) -> str:
    """The session a case was read in: this one, or else the latest. Raises BadSetting for a case that is not known."""
    stands = index.standing(settings, session, case).get(case)
    if stands is None:
        raise BadSetting(f"{case} is not known here; `fundoscope review` lists what waits for a person")
    return stands.session


async def standing_report(settings: Settings, case: str, session: str) -> Report:
    """The report of a case as it stands. Raises BadSetting."""
    async with checkpoints(settings) as saver:
        return _report(await build_graph(saver).aget_state(_thread(settings, case, session)), case)


async def sign(engine: Engine, case: str, decision: ReviewDecision, session: str) -> Report:
    """Take up the case's thread with a reviewer's decisions and return the signed report.

    Raises BadSetting, and changes nothing, for decisions that do not fit and for a report that somebody signed before.
    """
    thread = _thread(engine.settings, case, session)
    name = thread["configurable"]["thread_id"]
    async with held(engine.settings, case), checkpoints(engine.settings) as saver:
        graph = build_graph(saver)
        state = await graph.aget_state(thread)
        report = _report(state, case)
        if report.status is ReportStatus.REVIEWED and report.review is not None:
            raise BadSetting(f"{case} was signed by {report.review.by}; nothing was changed{_elsewhere(engine, case)}")
        if "review" not in state.next:
            raise BadSetting(f"the reading of {case} was not finished; read its photographs again")
        check(report, decision)
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        handed = {"decision": decision.model_dump(mode="json"), "signed": now.isoformat()}
        await graph.ainvoke(Command(resume=handed), thread, context=engine, durability="sync")
        await saver.keep_latest(name)
        return _report(await graph.aget_state(thread), case)


def _elsewhere(engine: Engine, case: str) -> str:
    """The sessions in which another reading of the case waits for a person, as the rest of a sentence."""
    waiting = [entry.session for entry in index.entries(engine.settings, case) if entry.waits]
    return f"; a reading of it waits in session {', '.join(waiting)}" if waiting else ""


@asynccontextmanager
async def held(settings: Settings, case: str, wait_s: float = _WAIT_SECONDS) -> AsyncIterator[None]:
    """One reviewer or one question at a time has a case. Raises BadSetting when somebody else does not let go of it."""
    path = lock_path(settings, case)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, timeout=wait_s, thread_local=False)
    try:
        await asyncio.to_thread(lock.acquire)
    except Timeout as error:
        raise BadSetting(
            f"{case} is being signed or asked about by somebody else; look at it again in a moment"
        ) from error
    try:
        yield
    finally:
        lock.release()


def lock_path(settings: Settings, case: str) -> Path:
    """The file by which a case is held; its name does not tell which case."""
    return settings.home / "locks" / sha256(case.encode()).hexdigest()[:16]


def reading_lock_path(settings: Settings, case: str) -> Path:
    """The file by which one process of a batch at a time reads a case."""
    return lock_path(settings, case).with_suffix(".reading")


def _thread(settings: Settings, case: str, session: str) -> Any:
    return {"configurable": {"thread_id": f"{session_of(settings, case, session)}:{case}"}}


def _report(state: Any, case: str) -> Report:
    if not state.values.get("report"):
        raise BadSetting(f"{case} has no report here; read its photographs again")
    return Report.model_validate(state.values["report"])
