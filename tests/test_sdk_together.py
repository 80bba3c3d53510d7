"""Several calls of one Fundoscope at once, and calls that are cut short or come from where nobody expects them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fundoscope import Fundoscope, Photograph
from fundoscope.agents.shelf import SHELF_SIZE
from fundoscope.tools import bench


def photograph(tone: int) -> Photograph:
    """An even picture, another one for each tone."""
    return Photograph.from_pixels(np.full((300, 300, 3), tone, dtype=np.uint8))


def test_threads_that_call_first_share_one_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(bench.Bench):
        def __init__(self, *given: Any) -> None:
            time.sleep(0.05)
            super().__init__(*given)

    monkeypatch.setattr(bench, "Bench", Slow)
    scope, engines = Fundoscope(home=tmp_path), []
    threads = [threading.Thread(target=lambda: engines.append(scope.engine)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(engines) == 4 and len({id(engine) for engine in engines}) == 1


def test_photographs_of_cases_that_are_read_at_once_stay_until_each_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = SHELF_SIZE + 3
    begun: list[str] = []

    async def wait_for_all(self: Fundoscope, case: str, values: Any) -> AsyncIterator[Any]:
        begun.append(case)
        while len(begun) < many:
            await asyncio.sleep(0.01)
        yield "intake", {"seen": self.engine.photograph(values, "photo-1").pixels[0, 0, 0]}
        raise KeyError("the test has seen enough")

    monkeypatch.setattr(Fundoscope, "_updates", wait_for_all)
    scope = Fundoscope(home=tmp_path)

    async def read_all() -> list[Any]:
        return await asyncio.gather(*(scope.aread(photograph(t)) for t in range(many)), return_exceptions=True)

    assert [type(outcome) for outcome in asyncio.run(read_all())] == [KeyError] * many
    assert sum(scope.engine.shelf.get(photograph(t).sha256) is not None for t in range(many)) == SHELF_SIZE
