"""The bench with experts that are slow, hang, fail or end the program: each harms no reading but its own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fundoscope import Photograph
from fundoscope.experts import load_card
from fundoscope.experts.base import Expert
from fundoscope.records import Finding, Status
from fundoscope.settings import load_settings
from fundoscope.tools import bench as bench_module
from fundoscope.tools import workers
from fundoscope.tools.bench import WORKERS, Bench

LIMIT = 0.8
ENDS = """
import asyncio, time
from fundoscope.tools.workers import Workers

async def main():
    try:
        await Workers(2).run("hangs", lambda: time.sleep(1000), 0.1)
    except TimeoutError:
        print("given up")

asyncio.run(main())
"""
FORKS = """
import asyncio, os, threading
from fundoscope.tools.workers import Workers

workers, hanging = Workers(1), threading.Event()

async def main():
    busy = asyncio.ensure_future(workers.run("busy", hanging.wait, 60))
    await asyncio.sleep(0.1)
    child = os.fork()
    if child == 0:
        asyncio.set_event_loop(None)
        asyncio.events._set_running_loop(None)
        print(asyncio.run(workers.run("child", lambda: "read", 60)), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    hanging.set()
    await busy

asyncio.run(main())
"""


class Fake(Expert):
    """An expert that does what it is told to."""

    name = "fake"

    def does(self, what: Callable[[], object]) -> Fake:
        self.what = what
        return self

    def read(self, photograph: Photograph, given: Any = None) -> Finding:
        self.what()
        return self.finding(photograph)


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """What hanging experts wait for: none outlives its test."""
    event = threading.Event()
    yield event
    event.set()


def bench_of(home: Path, limit_s: float = LIMIT, **experts: Callable[[], object]) -> Bench:
    made = Bench(load_settings(home=home, expert_timeout=limit_s))
    for name, what in experts.items():
        made._experts[name] = Fake(load_card("quality"), home, made.settings).does(what)
    return made


def photograph(tone: int) -> Photograph:
    return Photograph.from_pixels(np.full((256, 256, 3), tone, dtype=np.uint8))


async def asked(bench: Bench, *names: str) -> list[Finding]:
    """What these experts find, asked together, each on a photograph of its own."""
    found = await asyncio.gather(*(bench.consult(n, photograph(t), {}) for t, n in enumerate(names)))
    return [finding for finding, _seconds in found]


def test_waiting_for_other_experts_is_not_counted_against_the_limit(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, slow=lambda: time.sleep(0.4 * LIMIT))
    found = asyncio.run(asked(bench, *["slow"] * (4 * WORKERS)))
    assert [finding.status for finding in found] == [Status.MEASURED] * (4 * WORKERS)


def test_an_expert_that_hangs_leaves_the_others_their_workers(tmp_path: Path, released: threading.Event) -> None:
    bench = bench_of(tmp_path, hangs=released.wait, fine=lambda: None)
    found = asyncio.run(asked(bench, *["hangs"] * (WORKERS + 1), "fine"))
    assert [f.status for f in found] == [Status.NOT_ASSESSED] * (WORKERS + 1) + [Status.MEASURED]
    assert found[0].reason == f"the hangs expert gave no answer within {LIMIT:g} s"
    (later,) = asyncio.run(asked(bench, "fine"))
    assert later.status is Status.MEASURED


def test_an_expert_that_keeps_hanging_is_not_begun_again_until_it_comes_back(
    tmp_path: Path, released: threading.Event
) -> None:
    begun: list[int] = []

    def hang() -> None:
        begun.append(1)
        released.wait()

    bench = bench_of(tmp_path, hangs=hang)
    found = asyncio.run(asked(bench, *["hangs"] * 9))
    assert len(begun) < workers.MOST_GIVEN_UP + WORKERS
    assert found[-1].reason == (
        "the hangs expert has not come back from earlier photographs and is not asked until it does"
    )
    released.set()
    while bench._workers._given_up["hangs"]:
        time.sleep(0.01)
    (again,) = asyncio.run(asked(bench, "hangs"))
    assert again.status is Status.MEASURED


def test_an_expert_that_never_loads_keeps_no_other_from_loading(
    tmp_path: Path, released: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = bench_of(tmp_path)

    def load(name: str, settings: Any) -> Expert:
        if name == "hangs":
            released.wait()
        return Fake(load_card("quality"), tmp_path, settings).does(lambda: None)

    monkeypatch.setattr(bench_module, "load_expert", load)
    hanging, fine = asyncio.run(asked(bench, "hangs", "grade"))
    assert hanging.status is Status.NOT_ASSESSED and fine.status is Status.MEASURED


def test_an_expert_that_calls_exit_or_fails_is_not_assessed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise StopIteration("nothing left")

    bench = bench_of(tmp_path, limit_s=30, exits=lambda: sys.exit(3), fails=fail, fine=lambda: None)
    ended, failed, fine = asyncio.run(asked(bench, "exits", "fails", "fine"))
    assert ended.reason == "the exits expert failed; the log has the traceback"
    assert failed.reason == "the fails expert failed; the log has the traceback"
    assert fine.status is Status.MEASURED and "SystemExit: 3" in caplog.text


def test_what_nobody_waits_for_any_more_is_not_begun(tmp_path: Path, released: threading.Event) -> None:
    begun: list[str] = []
    bench = bench_of(tmp_path, limit_s=30, hangs=released.wait, late=lambda: begun.append("late"))

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asked(bench, *["hangs"] * WORKERS, "late"), 0.2)
        released.set()
        await bench.consult("hangs", photograph(99), {})

    asyncio.run(leave())
    assert begun == []


def test_a_process_ends_although_an_expert_hangs() -> None:
    ended = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.strip() == "given up"


def test_a_forked_child_has_workers_of_its_own() -> None:
    ended = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.strip() == "read"
