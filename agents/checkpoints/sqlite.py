"""The checkpoint store as a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from ...errors import StoreBusy
from ...records.files import private_file
from .saver import Saver

BUSY_SECONDS = 60.0
"""How long a run waits for its turn to write. A transaction is open over several turns of an event loop, which other cases share:
SQLite's own five seconds were not enough for many at once on a busy machine."""
_EDITION = 1
"""What the database says of itself once it holds no marks of earlier versions."""
_CALLER = "00000000-0000-0000-0000-000000000000"
"""The task under which LangGraph enters what no node wrote."""


@asynccontextmanager
async def opened(database: Path, *, flushed: bool = False) -> AsyncIterator[Saver]:
    """The store in this file. Raises StoreBusy when somebody else holds it for BUSY_SECONDS."""
    database.parent.mkdir(parents=True, exist_ok=True)
    async with aiosqlite.connect(private_file(database)) as connection:
        saver = SqliteSaver(connection)
        await connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")
        try:
            await saver.setup()
            await _mend(saver)
            await connection.execute(f"PRAGMA synchronous = {'FULL' if flushed else 'NORMAL'}")
            yield saver
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise StoreBusy(f"{database}: held by somebody else for {BUSY_SECONDS:g} s; try again") from error


class SqliteSaver(AsyncSqliteSaver, Saver):
    """LangGraph's, in one file."""

    async def keep_latest(self, thread: str) -> None:
        newest = "(SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = :thread)"
        async with self.lock:
            for table in ("writes", "checkpoints"):
                await self.conn.execute(
                    f"DELETE FROM {table} WHERE thread_id = :thread AND checkpoint_id <> {newest}",
                    {"thread": thread},
                )
            await self.conn.commit()

    async def forget(self, threads: Sequence[str]) -> None:
        async with self.lock:
            await self.conn.execute("PRAGMA secure_delete = ON")
            for table in ("writes", "checkpoints"):
                of_threads = [(thread,) for thread in threads]
                await self.conn.executemany(f"DELETE FROM {table} WHERE thread_id = ?", of_threads)
            await self.conn.commit()
            await self.conn.execute("VACUUM")
            await self.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _mend(saver: SqliteSaver) -> None:
    """Once a database: delete the marks that earlier versions left in a checkpoint each time it was taken up.

    A checkpoint with two of them could neither be read nor taken up.
    """
    async with saver.lock, saver.conn.execute("PRAGMA user_version") as told:
        (edition,) = await told.fetchone() or (0,)
        if edition < _EDITION:
            await saver.conn.execute("DELETE FROM writes WHERE task_id = ? AND channel = 'started'", (_CALLER,))
            await saver.conn.execute(f"PRAGMA user_version = {_EDITION}")
            await saver.conn.commit()
