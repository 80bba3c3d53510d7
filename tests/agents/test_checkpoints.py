"""The checkpoint store when others want it too."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fundoscope.agents.checkpoints import checkpoints
from fundoscope.agents.checkpoints import sqlite as module
from fundoscope.errors import StoreBusy
from fundoscope.settings import Settings, load_settings


async def written(settings: Settings) -> None:
    async with checkpoints(settings) as saver:
        await saver.keep_latest("thread")


def test_a_store_that_somebody_holds_too_long_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    settings = load_settings(home=tmp_path)
    asyncio.run(written(settings))
    with closing(sqlite3.connect(tmp_path / "checkpoints.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match=r"checkpoints\.sqlite: held by somebody else for 0\.1 s; try again"):
            asyncio.run(written(settings))
        other.execute("ROLLBACK")
    asyncio.run(written(settings))


def test_other_faults_of_the_store_are_told_as_they_are(tmp_path: Path) -> None:
    async def wrong() -> None:
        async with checkpoints(load_settings(home=tmp_path)) as saver:
            await saver.conn.execute("SELECT 1 FROM nowhere")

    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        asyncio.run(wrong())


def test_a_store_is_waited_for_while_another_writes(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)

    async def both() -> None:
        async with checkpoints(settings) as saver:
            await saver.conn.execute("BEGIN IMMEDIATE")
            waiting = asyncio.create_task(written(settings))
            await asyncio.sleep(5.5)
            assert not waiting.done()
            await saver.conn.commit()
            await waiting

    asyncio.run(both())
