"""One event loop in the background, on which the SDK's plain calls run their coroutines."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_loop: asyncio.AbstractEventLoop | None = None
_loop_lock = threading.Lock()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the SDK's own loop thread, so that plain calls work inside notebooks and servers."""
    global _loop
    with _loop_lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="fundoscope", daemon=True).start()
    return asyncio.run_coroutine_threadsafe(work, _loop).result()
