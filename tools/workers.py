"""Workers: threads in which experts read. One whose work takes too long is given up, and another takes its place."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..threads import start

T = TypeVar("T")

MOST_GIVEN_UP = 2
"""Threads of one name that were given up and still run; while there are so many, no more work of that name is begun."""


class StillAtWork(Exception):
    """Earlier work of the same name was given up and is not done yet."""


@dataclass(eq=False)
class _Job:
    name: str
    work: Callable[[], Any]
    limit_s: float
    done: Future[Any] = field(default_factory=Future)
    over: bool = False
    given_up: bool = False


class Workers:
    """`size` pieces of work at a time, in the order they came; they may come from any thread and event loop.

    The threads end when nothing waits, and none keeps the process from ending for long. In a forked child there is no
    work yet. What a piece of work holds is let go before its result is out.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._given_up: Counter[str] = Counter()
        self._free = self.size

    async def run(self, name: str, work: Callable[[], T], limit_s: float) -> T:
        """What `work` returns or raises, once a worker was free for it.

        Raises TimeoutError when it is not done `limit_s` seconds after it began; the thread is left to itself. Raises
        StillAtWork in place of beginning it when MOST_GIVEN_UP threads of this name were left so and have not come back.
        """
        if self._process != os.getpid():
            self._begin()
        job = _Job(name, work, limit_s)
        with self._lock:
            self._waiting.append(job)
            if self._free:
                self._free -= 1
                self._start()
        result: T = await asyncio.wrap_future(job.done)
        return result

    def _let_go(self) -> None:
        with self._lock:
            for job in self._waiting:
                job.done.cancel()
            self._waiting.clear()

    def _start(self) -> None:
        start(self._serve, "expert", at_end=self._let_go)

    def _serve(self) -> None:
        while (job := self._next()) is not None:
            clock = threading.Timer(min(job.limit_s, threading.TIMEOUT_MAX), self._give_up, [job])
            clock.daemon = True
            clock.start()
            result, error = None, None
            try:
                result = job.work()
            except BaseException as raised:  # noqa: BLE001 - raised again where the result is waited for
                error = raised
            clock.cancel()
            del job.work  # networks are let go here: not by a thread that nobody waits for any more
            with self._lock:
                job.over = True
                if job.given_up:
                    self._given_up[job.name] -= 1
                    return
            if error is None:
                job.done.set_result(result)
            else:
                job.done.set_exception(error)

    def _next(self) -> _Job | None:
        """What waits longest and is still wanted; None, with the worker's place free, when nothing does."""
        with self._lock:
            while self._waiting:
                job = self._waiting.popleft()
                if not job.done.set_running_or_notify_cancel():
                    continue
                if self._given_up[job.name] < MOST_GIVEN_UP:
                    return job
                job.done.set_exception(StillAtWork(job.name))
            self._free += 1
            return None

    def _give_up(self, job: _Job) -> None:
        with self._lock:
            if job.over:
                return
            job.given_up = True
            self._given_up[job.name] += 1
            self._start()
        job.done.set_exception(TimeoutError(f"{job.name}: not done within {job.limit_s:g} s"))
