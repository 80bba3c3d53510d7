"""What a case costs besides experts and model, by the benchmark of a whole reading."""

from __future__ import annotations

from pathlib import Path

from .bench import run_bench
from .table import Row

WIDTH, HEIGHT = 4288, 2848


def evaluate(data: Path | None = None) -> list[Row]:
    """The median orchestration time of a case. `data` is not used."""
    return [row for row in run_bench(WIDTH, HEIGHT) if row.metric.startswith("orchestration")]
