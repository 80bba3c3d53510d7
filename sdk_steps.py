"""Steps of work that may be left at any time: the work has a task of its own, which is ended before they are let go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Steps(Generic[T]):
    """The items of an async iterator that runs in a task of its own for as long as the `async with` block does.

    A generator that is left early is closed by the event loop at a time of the loop's choosing, and the generators inside it
    at the same time. The task is cancelled instead, and all that it holds open is closed in order, from the inside.
    """

    def __init__(self, source: AsyncIterator[T]) -> None:
        self._source = source
        self._made: asyncio.Queue[T | None] = asyncio.Queue()

    async def __aenter__(self) -> Steps[T]:
        self._task = asyncio.create_task(self._go())
        self._task.add_done_callback(lambda _: self._made.put_nowait(None))
        return self

    def __aiter__(self) -> Steps[T]:
        return self

    async def __anext__(self) -> T:
        item = await self._made.get()
        if item is None:
            await self._task  # raises what the work raised
            raise StopAsyncIteration
        return item

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.exception()  # whoever left early does not hear of it

    async def _go(self) -> None:
        async for item in self._source:
            self._made.put_nowait(item)
