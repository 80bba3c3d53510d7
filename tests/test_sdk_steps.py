"""Readings that are left early: quietly, in order, and to be taken up again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from fundoscope.sdk_steps import Steps

LEAVES = """
import asyncio, sys
import numpy as np
from fundoscope import Fundoscope, Photograph
from fundoscope.agents import graph

async def slow(state, runtime):
    await asyncio.sleep(60)

graph.NODES["triage"] = slow
picture = Photograph.from_pixels(np.full((300, 300, 3), 90, dtype=np.uint8))
scope, kept = Fundoscope(session="left"), []

async def by_break(question="one"):
    async for step, _ in scope.astream(picture, question=question):
        print(step)
        break

async def with_more_to_do():
    await by_break("two")
    await asyncio.sleep(0.3)

async def kept_open():
    kept.append(scope.astream(picture, question="three"))
    print((await anext(kept[0]))[0])

async def by_an_error():
    def fail(step):
        raise KeyError(step)
    try:
        await scope.aread(picture, question="four", on_step=fail)
    except KeyError as error:
        print(error.args[0])

for way in (by_break, with_more_to_do, kept_open, by_an_error):
    asyncio.run(way())
"""


def test_a_reading_is_left_without_a_word(home: object) -> None:
    left = subprocess.run([sys.executable, "-c", LEAVES], capture_output=True, text=True, check=True, timeout=120)
    assert left.stderr == ""
    assert left.stdout.split() == ["intake"] * 4


def test_what_the_work_holds_open_is_closed_before_the_block_ends() -> None:
    closed: list[str] = []

    async def work() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            closed.append("work")

    async def leave() -> None:
        async with Steps(work()) as steps:
            async for _ in steps:
                break
        closed.append("block")

    asyncio.run(leave())
    assert closed == ["work", "block"]


def test_items_come_in_order_and_then_what_the_work_raised() -> None:
    async def work() -> AsyncIterator[int]:
        yield 1
        yield 2
        raise KeyError("lost")

    async def go() -> list[int]:
        seen = []
        with pytest.raises(KeyError, match="lost"):
            async with Steps(work()) as steps:
                async for item in steps:
                    seen.append(item)
        return seen

    assert asyncio.run(go()) == [1, 2]
