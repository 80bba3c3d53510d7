"""How long a whole reading takes and how much memory it needs, measured on a phantom."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from PIL import Image

from ..sdk import Fundoscope
from .peak import peak_bytes
from .phantom import write_phantom
from .table import Row

MOST_SECONDS = 8.0
MOST_OTHER_SECONDS = 2.0
MOST_ORCHESTRATION_MS = 300.0
MOST_GIB = 2.5
CASES = 5
"""Readings over which the median orchestration time is taken."""


def run_bench(width: int, height: int) -> list[Row]:
    """Rows of seconds by stage for a warm reading (the models loaded, the picture new) and of peak memory, a part of which
    are pages of libraries' files.

    "everything else" is the wall time less the time during which at least one expert was running. Orchestration is the
    same for `read` alone: decoding, hashing, the graph, the literature, the claims, the checkpoint; the built-in planner.
    """
    lesions = {"MA": 8, "HE": 4, "EX": 8}
    orchestration = []
    with tempfile.TemporaryDirectory() as folder:
        pictures = [Path(folder) / f"phantom-{number}.jpg" for number in range(CASES + 1)]
        write_phantom(pictures[0], seed=1, size=(height, width), lesions=lesions)
        with Image.open(pictures[0]) as phantom:
            for number, picture in enumerate(pictures[1:], start=1):
                phantom.paste((8 * number,) * 3, (0, 0, 32, 32))  # another corner makes another photograph
                phantom.save(picture, quality=95)
        scope = Fundoscope(home=Path(folder) / "home", planner="protocol")
        started = time.perf_counter()
        scope.write(scope.read(pictures[0]), Path(folder) / "cold")
        cold = time.perf_counter() - started
        for picture in pictures[1:]:
            scope.engine.bench.busy_seconds = 0.0
            started = time.perf_counter()
            report = scope.read(picture)
            read = time.perf_counter() - started
            busy = scope.engine.bench.busy_seconds
            orchestration.append(1000 * (read - busy))
        scope.write(report, Path(folder) / "warm")
        whole = time.perf_counter() - started
    peak = peak_bytes() / 1024**3
    data = f"phantom {width}x{height}"
    rows = [
        Row("whole reading, warm, s", data, whole, bar=MOST_SECONDS, lower_is_better=True),
        Row("whole reading, first of the process, s", data, cold),
        Row("experts running, s", data, busy),
        Row("everything else, s", data, whole - busy, bar=MOST_OTHER_SECONDS, lower_is_better=True),
        Row(
            "orchestration without experts and model, median ms",
            f"{data}, {CASES} cases",
            statistics.median(orchestration),
            bar=MOST_ORCHESTRATION_MS,
            lower_is_better=True,
        ),
        Row("writing JSON and HTML, s", data, whole - read),
        Row("peak memory, GiB", data, peak, bar=MOST_GIB, lower_is_better=True),
    ]
    mapped = _mapped_gib()
    if mapped is not None:
        rows.append(Row("pages of libraries' files, at the end, GiB", data, mapped))
    stages = sorted(report.provenance.timings.items())
    return [*rows, *(Row(f"{stage}, s", data, seconds) for stage, seconds in stages)]


def _mapped_gib() -> float | None:
    """Memory that is pages of files, such as the libraries' code; how many are counted is the kernel's choice. Linux only."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024**2 for line in status.splitlines() if line.startswith("RssFile:")), None)
