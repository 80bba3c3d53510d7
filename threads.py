"""Threads in the background that the end of the process waits for.

On Python before 3.14 a thread that comes back from native code while the interpreter ends is taken out of it by force,
and C++ frames under it (PyTorch's) abort the process for that.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from collections.abc import Callable

END_WAITS_SECONDS = 10.0
"""How long the end of the process waits for threads in all."""

_started: weakref.WeakKeyDictionary[threading.Thread, Callable[[], object] | None] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def start(work: Callable[[], object], name: str, at_end: Callable[[], object] | None = None) -> threading.Thread:
    """Run `work` in a thread. At the process' end `at_end` is called, and the thread is waited for END_WAITS_SECONDS."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    with _lock:
        _started[thread] = at_end
    thread.start()
    return thread


def finish(seconds: float = END_WAITS_SECONDS) -> bool:
    """Tell the threads that the process ends, wait for them, and say whether all have ended."""
    until = time.monotonic() + seconds
    with _lock:
        running = [(thread, at_end) for thread, at_end in _started.items() if thread.is_alive()]
    for _thread, at_end in running:
        if at_end is not None:
            at_end()
    for thread, _at_end in running:
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread, _at_end in running)


def _begin_anew() -> None:
    """In a forked child the threads are gone."""
    global _lock
    _lock = threading.Lock()
    _started.clear()


atexit.register(finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
