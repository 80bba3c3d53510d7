"""Checkpoints: the state of each thread after each node while it runs, and as its last run left it, in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from ..errors import StoreBusy
from ..records.files import private_file
from ..settings import Settings

BUSY_SECONDS = 60.0
"""How long a run waits for its turn to write. A transaction is open over several turns of an event loop, which other cases share:
SQLite's own five seconds were not enough for many at once on a busy machine."""
_EDITION = 1
"""What the database says of itself once it holds no marks of earlier versions."""
_CALLER = "00000000-0000-0000-0000-000000000000"
"""The task under which LangGraph enters what no node wrote."""


@asynccontextmanager
async def checkpoints(settings: Settings, *, flushed: bool = False) -> AsyncIterator[AsyncSqliteSaver]:
    """The checkpoint store of this home. Raises StoreBusy when somebody else holds it for BUSY_SECONDS.

    What was written outlives the process in any case; `flushed` has each commit reach the disk, for what must outlive a
    power cut too.
    """
    database = settings.home / "checkpoints.sqlite"
    database.parent.mkdir(parents=True, exist_ok=True)
    async with AsyncSqliteSaver.from_conn_string(str(private_file(database))) as saver:
        await saver.conn.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")
        try:
            await saver.setup()
            await _mend(saver)
            await saver.conn.execute(f"PRAGMA synchronous = {'FULL' if flushed else 'NORMAL'}")
            yield saver
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise StoreBusy(f"{database}: held by somebody else for {BUSY_SECONDS:g} s; try again") from error


async def _mend(saver: AsyncSqliteSaver) -> None:
    """Once a database: delete the marks that earlier versions left in a checkpoint each time it was taken up.

    A checkpoint with two of them could neither be read nor taken up.
    """
    async with saver.lock, saver.conn.execute("PRAGMA user_version") as told:
        (edition,) = await told.fetchone() or (0,)
        if edition < _EDITION:
            await saver.conn.execute("DELETE FROM writes WHERE task_id = ? AND channel = 'started'", (_CALLER,))
            await saver.conn.execute(f"PRAGMA user_version = {_EDITION}")
            await saver.conn.commit()


async def keep_latest(saver: AsyncSqliteSaver, thread: str) -> None:
    """Delete all but the newest checkpoint of a thread: a conversation goes on from there, and nothing goes back."""
    newest = "(SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = :thread)"
    async with saver.lock:
        for table in ("writes", "checkpoints"):
            await saver.conn.execute(
                f"DELETE FROM {table} WHERE thread_id = :thread AND checkpoint_id <> {newest}",
                {"thread": thread},
            )
        await saver.conn.commit()
