"""Checkpoints: the state of each thread as it stood when its last run ended, in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from ..settings import Settings


@asynccontextmanager
async def checkpoints(settings: Settings) -> AsyncIterator[AsyncSqliteSaver]:
    """The checkpoint store of this home."""
    database = settings.home / "checkpoints.sqlite"
    database.parent.mkdir(parents=True, exist_ok=True)
    async with AsyncSqliteSaver.from_conn_string(str(database)) as saver:
        yield saver


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
