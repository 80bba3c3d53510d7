"""Several calls of one Fundoscope at once, and calls that are cut short or come from where nobody expects them."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from fundoscope import Fundoscope
from fundoscope.tools import bench


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
