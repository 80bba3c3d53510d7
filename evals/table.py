"""Result tables: a row is a figure with its interval and the bar it is held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Row:
    """One measured figure. `bar` None means reported without a bar; `lower_is_better` turns the comparison round."""

    metric: str
    data: str
    figure: float
    interval: tuple[float, float] | None = None
    bar: float | None = None
    lower_is_better: bool = False
    note: str = ""

    @property
    def passed(self) -> bool | None:
        """Whether the bar is met; None without a bar."""
        if self.bar is None:
            return None
        return self.figure <= self.bar if self.lower_is_better else self.figure >= self.bar


def bootstrap(
    units: int,
    statistic: Callable[[NDArray[np.intp]], float],
    *,
    rounds: int = 1000,
    seed: int = 0,
    centred: bool = False,
) -> tuple[float, float]:
    """95 % percentile bootstrap interval of `statistic(indices)` over `units` resampled with replacement.

    `centred` is for errors that chance only adds to, as a calibration error: resampling would add it a second time. The
    resampled values are moved so that their mean is the statistic of all units, and end at 0.
    """
    rng = np.random.default_rng(seed)
    values = np.array([statistic(rng.integers(0, units, units)) for _ in range(rounds)])
    if centred:
        values = np.maximum(values + statistic(np.arange(units)) - np.nanmean(values), 0.0)
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def to_markdown(rows: Sequence[Row], no_interval: str = "") -> str:
    """The rows as a Markdown table; `no_interval` stands where a row has none."""
    lines = ["| metric | data | figure | 95 % interval | bar | |", "|---|---|---|---|---|---|"]
    for row in rows:
        interval = no_interval if row.interval is None else f"{row.interval[0]:.3f} to {row.interval[1]:.3f}"
        bar = "" if row.bar is None else f"{'<=' if row.lower_is_better else '>='} {row.bar:g}"
        verdict = {None: "", True: "pass", False: "fail"}[row.passed]
        note = f" ({row.note})" if row.note else ""
        lines.append(f"| {row.metric}{note} | {row.data} | {row.figure:.3f} | {interval} | {bar} | {verdict} |")
    return "\n".join(lines)
