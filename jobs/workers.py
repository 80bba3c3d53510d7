"""Processes that read the photographs of a batch side by side, each with its share of the processor."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ..errors import BadSetting, FundoscopeError
from ..records import Report
from ..settings import SECRETS, Settings
from .reading import Failure, Read

MOST = 64
COMMAND = (sys.executable, "-P", "-m", "fundoscope.cli_worker")
"""Without the current folder among the places that modules come from: it can be one of photographs, or of anything."""
READY = b"fundoscope worker is ready\n"
"""What a process says first; whatever libraries print before is passed over."""
_LONGEST_ANSWER = 1 << 28
"""Bytes; a report is a few hundred kilobytes."""
_ENDED = "the process that read it was ended from outside, as for want of memory"


def check_workers(workers: int) -> None:
    """Raises BadSetting for a number of processes that cannot be."""
    if not 1 <= workers <= MOST:
        raise BadSetting(f"workers: from 1 to {MOST}, not {workers}")


@asynccontextmanager
async def started(
    settings: Settings, session: str, workers: int, command: Sequence[str] = COMMAND
) -> AsyncIterator[Read]:
    """Processes that read files into folders, as many at a time as `workers`; all are gone when the block is left.

    One that is ended from outside is replaced. The file it had is given to another process once, and is then a failure that the
    next start tries again; no other file is touched by it. Raises FundoscopeError when a process cannot even be started.
    """
    free: asyncio.Queue[_Worker] = asyncio.Queue()
    told = _told(settings, session, max(1, _cores() // workers))
    made = [_Worker(command, told) for _ in range(workers)]
    for worker in made:
        free.put_nowait(worker)

    async def read(file: Path, folder: Path) -> Report | Failure:
        worker = await free.get()
        try:
            for _ in range(2):
                answer = await worker.ask(file, folder)
                if answer is not None:
                    return _understood(answer)
            return Failure(_ENDED, of_the_file=False)
        except asyncio.CancelledError:
            await worker.stop()  # its answer would be taken for the next file's
            raise
        finally:
            free.put_nowait(worker)

    try:
        yield read
    finally:
        for worker in made:
            await worker.stop()


class _Worker:
    """One process at a time, started when it is first asked and again after it was lost."""

    def __init__(self, command: Sequence[str], told: bytes) -> None:
        self._command, self._told = command, told
        self._process: asyncio.subprocess.Process | None = None

    async def ask(self, file: Path, folder: Path) -> dict[str, Any] | None:
        """The answer on a file; None when the process ended without one."""
        if self._process is None:
            await self._start()
        await self._send(json.dumps([os.fsencode(place.absolute()).hex() for place in (file, folder)]).encode())
        line = await self._line()
        if not line.endswith(b"\n"):
            await self.stop()
            return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def _start(self) -> None:
        # In a session of its own Ctrl-C does not reach it (on POSIX); it ends with its input.
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_ANSWER,
            start_new_session=True,
            env=_environment(),
        )
        await self._send(self._told)
        while (line := await self._line()) != READY:
            if not line:
                await self.stop()
                raise FundoscopeError("the batch stopped: a process to read with cannot be started; the log says why")

    async def _line(self) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        return await self._process.stdout.readline()

    async def stop(self) -> None:
        """End the process, whatever it is at."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _send(self, line: bytes) -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(line + b"\n")
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has ended; whoever waits for its answer hears of it


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _environment() -> dict[str, str]:
    """This process' environment, in which the package is found where it was found here."""
    places = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}


def _told(settings: Settings, session: str, threads: int) -> bytes:
    values = settings.model_dump(mode="json")
    for name in SECRETS:
        secret = getattr(settings, name)
        values[name] = None if secret is None else secret.get_secret_value()
    return json.dumps({"settings": values, "session": session, "threads": threads}).encode()


def _understood(answer: dict[str, Any]) -> Report | Failure:
    """The report or the failure that an answer tells of. Raises FundoscopeError where the batch has to stop."""
    if "stopped" in answer:
        raise FundoscopeError(f"the batch stopped: {answer['stopped']}")
    if "report" in answer:
        return Report.model_validate(answer["report"])
    return Failure(answer["reason"], answer["of_the_file"])
