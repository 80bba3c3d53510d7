"""A process of its own that reads files for a batch: `python -m fundoscope.cli_worker`, started by `jobs.workers`.

The first line of its input is what it works with, each further one a file and the folder of its report; it answers each with
a line. It ends with its input, and so with whoever started it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from filelock import FileLock

from .agents.review.desk import reading_lock_path
from .errors import FundoscopeError
from .jobs.reading import Failure, read_into
from .jobs.workers import READY
from .records import Photograph, Report
from .settings import Settings

if TYPE_CHECKING:
    from .sdk import Fundoscope


def main() -> None:
    """Read until the input ends."""
    answers = _answers()
    told = json.loads(sys.stdin.readline())
    import torch

    torch.set_num_threads(min(told["threads"], torch.get_num_threads()))
    from .sdk import Fundoscope

    reader = _Alone(Fundoscope(Settings(**told["settings"]), session=told["session"]))
    answers.write(READY.decode())
    answers.flush()
    for line in sys.stdin:
        file, folder = (Path(os.fsdecode(bytes.fromhex(place))) for place in json.loads(line))
        answer = json.dumps(asyncio.run(_answer(reader, file, folder)))
        try:
            answers.write(answer + "\n")
            answers.flush()
        except BrokenPipeError:  # whoever asked is gone
            os._exit(0)


def _answers() -> TextIO:
    """What was the output; what libraries print goes to the log instead."""
    mine = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(mine, "w", encoding="utf-8")


class _Alone:
    """The SDK as a batch reads with it: photographs of one picture, which are one case, one after the other."""

    def __init__(self, scope: Fundoscope) -> None:
        self.settings, self.session, self._scope = scope.settings, scope.session, scope
        self.astanding, self.write = scope.astanding, scope.write

    async def aread(self, photographs: Path) -> Report:
        photograph = await asyncio.to_thread(Photograph.from_file, photographs)
        case = await self._scope.acase(photograph)
        path = reading_lock_path(self.settings, case.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, thread_local=False)
        await asyncio.to_thread(lock.acquire)
        try:
            return await self._scope.aread(photograph)
        finally:
            lock.release()


async def _answer(reader: _Alone, file: Path, folder: Path) -> dict[str, Any]:
    try:
        read = await read_into(reader, file, folder)
    except Exception as error:  # noqa: BLE001 - whoever started this process raises it there
        told = str(error) if isinstance(error, FundoscopeError) else f"{type(error).__name__}: {error}"
        return {"stopped": told}
    if isinstance(read, Failure):
        return {"reason": read.reason, "of_the_file": read.of_the_file}
    return {"report": read.model_dump(mode="json")}


if __name__ == "__main__":
    main()
