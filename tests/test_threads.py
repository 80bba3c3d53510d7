"""How a process ends while threads of ours are still at work: with its own status, and not in the middle of native code."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fundoscope import __version__
from fundoscope.cli import main
from fundoscope.sdk_run import run
from fundoscope.threads import finish, start
from fundoscope.tools.workers import Workers

NATIVE = """
import torch
from fundoscope.threads import start

ones, begun = torch.ones(1200, 1200), []

def work():
    for _ in range(10):
        begun.append(ones @ ones)

start(work, "native")
while not begun:
    pass
print("told")
"""
HANGS = """
import atexit, signal, sys, time
from functools import partial
from fundoscope import cli, threads

threads.start(partial(time.sleep, 1000), "hangs")
cli.finish = partial(threads.finish, 0.1)
atexit.register(print, "in order")
sys.argv = ["fundoscope", "schema", "nothing"]
cli.main()
"""


def ended(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command, told = [sys.executable, *map(str, arguments)], {**os.environ, **environment}
    return subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=120)


def test_native_code_in_a_thread_does_not_abort_the_end() -> None:
    done = ended("-c", NATIVE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "told\n", "")


def test_a_command_whose_thread_hangs_leaves_with_its_own_status() -> None:
    done = ended("-c", HANGS)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_a_command_whose_experts_are_given_up_ends_as_it_should(tmp_path: Path, phantom_file: Path) -> None:
    done = ended("-m", "fundoscope", "read", phantom_file, "--out", tmp_path / "out", FUNDOSCOPE_EXPERT_TIMEOUT="0.05")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out" / "report.json").is_file()


def test_threads_are_told_and_waited_for() -> None:
    told, hanging = threading.Event(), threading.Event()
    waits, hangs = start(told.wait, "waits", at_end=told.set), start(hanging.wait, "hangs")
    assert not finish(0.5) and not waits.is_alive()
    hanging.set()
    finish(30)
    assert not hangs.is_alive()


def test_plain_calls_go_on_beside_a_command_in_the_same_process(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    going_on = threading.Event()

    async def told() -> str:
        while not going_on.is_set():
            await asyncio.sleep(0.01)
        return "told"

    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(lambda: run(told()))
        monkeypatch.setattr(sys, "argv", ["fundoscope", "--version"])
        with pytest.raises(SystemExit) as end:
            main()
        going_on.set()
        assert beside.result(30) == run(told()) == "told"
    assert (end.value.code, capsys.readouterr().out) == (0, f"{__version__}\n")


def test_ctrl_c_at_the_end_of_a_command_is_one_line(tmp_path: Path) -> None:
    # Another thread that lets go of the interpreter's lock can hide the signal until the main thread next takes it.
    struck = "lambda: (signal.raise_signal(signal.SIGINT), time.sleep(5))"
    done = ended("-c", HANGS.replace("partial(threads.finish, 0.1)", struck))
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.splitlines()[-1] == "fundoscope: interrupted" and "Traceback" not in done.stderr


def test_what_an_expert_holds_is_not_freed_by_its_worker() -> None:
    freed: list[str] = []

    class Network:
        def work(self) -> str:
            return "read"

    async def many() -> None:
        workers = Workers(1)
        for _ in range(500):
            network = Network()
            weakref.finalize(network, lambda: freed.append(threading.current_thread().name))
            work = network.work
            del network
            reading = workers.run("expert", work, 60)
            del work
            assert await reading == "read"

    asyncio.run(many())
    assert len(freed) == 500 and set(freed) == {threading.current_thread().name}
