"""Checkpoints: the state of each thread after each node while it runs, and as its last run left it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ...settings import Settings
from .saver import Saver


@asynccontextmanager
async def checkpoints(settings: Settings, *, flushed: bool = False) -> AsyncIterator[Saver]:
    """The checkpoint store of these settings: the home's SQLite file, or the PostgreSQL database that they name.

    Raises StoreBusy when somebody else holds the file for long, StoreUnreachable when the database cannot be worked with. What
    was written outlives the process in any case; `flushed` has each commit reach the disk, for what must outlive a power cut too
    (PostgreSQL does so by its own settings).
    """
    if settings.checkpoints_url is None:
        from .sqlite import opened

        store = opened(settings.home / "checkpoints.sqlite", flushed=flushed)
    else:
        from .postgres import opened as connected

        store = connected(settings.checkpoints_url)
    async with store as saver:
        yield saver


__all__ = ["Saver", "checkpoints"]
