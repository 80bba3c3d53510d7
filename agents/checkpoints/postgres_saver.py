"""LangGraph's PostgreSQL store with what Fundoscope asks of one; imported only where the packages are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.errors import LockNotAvailable

from .saver import Saver

_TABLES: tuple[LiteralString, ...] = ("checkpoint_writes", "checkpoint_blobs", "checkpoints")
_LOCK_SECONDS = 10
"""How long a table is waited for that others read from, before its file is written anew."""


class PostgresSaver(AsyncPostgresSaver, Saver):
    """Checkpoints in three tables; what a checkpoint shares with the one before it lies once among the blobs."""

    async def one(self, query: LiteralString, *values: Any) -> Any:
        """The first column of a query's first row, None where it gives none."""
        async with self._cursor() as cursor:
            await cursor.execute(query, values)
            row = await cursor.fetchone()
        return None if row is None else next(iter(row.values()))

    async def is_made(self) -> bool:
        """Whether the tables are there as this version wants them; a user without the right to make tables can ask it too."""
        if await self.one("SELECT to_regclass('checkpoint_migrations')") is None:
            return False
        return await self.one("SELECT max(v) FROM checkpoint_migrations") == len(self.MIGRATIONS) - 1

    async def keep_latest(self, thread: str) -> None:
        newest = await self.one("SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = %s", thread)
        async with self._cursor() as cursor:
            for table in ("checkpoint_writes", "checkpoints"):
                await cursor.execute(
                    f"DELETE FROM {table} WHERE thread_id = %s AND checkpoint_id <> %s",
                    (thread, newest),
                )
            await cursor.execute(
                """
                DELETE FROM checkpoint_blobs AS blob WHERE thread_id = %s AND NOT EXISTS (
                    SELECT FROM checkpoints AS kept, jsonb_each_text(kept.checkpoint -> 'channel_versions') AS has
                    WHERE kept.thread_id = blob.thread_id AND kept.checkpoint_ns = blob.checkpoint_ns
                    AND has.key = blob.channel AND has.value = blob.version
                )
                """,
                (thread,),
            )

    async def forget(self, threads: Sequence[str]) -> None:
        async with self._cursor() as cursor:
            for table in _TABLES:
                await cursor.execute(f"DELETE FROM {table} WHERE thread_id = ANY(%s)", (list(threads),))
            await cursor.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
            for table in _TABLES:
                try:
                    await cursor.execute(f"VACUUM FULL {table}")  # its file is written anew without what was deleted
                except LockNotAvailable:  # others read from it: the server's own cleaning overwrites what was deleted
                    continue
            await cursor.execute("RESET lock_timeout")
