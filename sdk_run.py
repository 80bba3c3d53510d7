"""Event loops in the background, on which the SDK's plain calls run their coroutines."""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from .errors import FundoscopeError

T = TypeVar("T")

_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None
_loop_lock = threading.Lock()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the SDK's own loop thread, so that plain calls work inside notebooks and servers.

    Raises FundoscopeError on that thread itself, which would wait for its own work.
    """
    global _loop, _thread
    with _loop_lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            _thread = threading.Thread(target=_loop.run_forever, name="fundoscope", daemon=True)
            _thread.start()
    if threading.current_thread() is _thread:
        work.close()
        raise FundoscopeError("a plain call was made by the SDK's own work, which it would stop: await its async twin")
    return asyncio.run_coroutine_threadsafe(work, _loop).result()


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that calls functions of the user's on a loop of its own: those may make plain calls, which `run` serves."""
    done: Future[T] = Future()

    def go() -> None:
        try:
            done.set_result(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            done.set_exception(error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(go,), name="fundoscope apart", daemon=True).start()
    return done.result()


def _begin_anew() -> None:
    """In a forked child the loop's thread is gone."""
    global _loop, _thread, _loop_lock
    _loop, _thread, _loop_lock = None, None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
