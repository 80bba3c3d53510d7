"""Where plain calls run: in a forked child, in a function that a batch calls, and not on the loop that does their work."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fundoscope import Fundoscope
from fundoscope.errors import BadSetting, FundoscopeError
from fundoscope.jobs import batch
from fundoscope.sdk_run import run, run_apart

FORKS = """
import os
from fundoscope.sdk_run import run

async def told():
    return "told"

assert run(told()) == "told"
child = os.fork()
if child == 0:
    print(run(told()), flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


async def told() -> str:
    return "told"


def test_a_plain_call_works_in_a_forked_child() -> None:
    ended = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.strip() == "told"


def test_a_function_that_a_batch_calls_may_make_plain_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def one_file(reader: Any, folder: Path, out: Path, on_file: Callable[[str], None], workers: int) -> str:
        on_file("1.png")
        return "done"

    monkeypatch.setattr(batch, "run_batch", one_file)
    scope, heard = Fundoscope(home=tmp_path), []

    def ask(name: str) -> None:
        with pytest.raises(BadSetting, match="was not read in this session"):
            scope.report("case-0")
        heard.append(name)

    whole = threading.Thread(
        target=lambda: heard.append(str(scope.batch(tmp_path, tmp_path, on_file=ask))), daemon=True
    )
    whole.start()
    whole.join(60)
    assert heard == ["1.png", "done"]


def test_a_plain_call_on_the_loop_that_would_do_it_is_one_line() -> None:
    async def waits_for_itself() -> str:
        return run(told())

    with pytest.raises(FundoscopeError, match="await its async twin"):
        run(waits_for_itself())
    assert run_apart(waits_for_itself()) == "told"


def test_what_is_run_apart_raises_where_it_is_waited_for() -> None:
    async def fails() -> None:
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        run_apart(fails())
