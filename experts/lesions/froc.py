"""Free-response ROC: how many single lesions are found at how many false ones a photograph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from .matching import f1, hits

ALLOWED = (1.0, 2.0, 4.0, 8.0, 16.0)
"""False lesions a photograph at which the found share is averaged."""
SEGMENTER_SCORES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9)
DETECTOR_SCORES = tuple(round(float(s), 4) for s in np.geomspace(0.01, 0.8, 24))


class Sweep(BaseModel):
    """One kind's single lesions at each of `scores`: `found` and `false` by photograph and score, `labelled` by photograph."""

    scores: tuple[float, ...]
    found: list[list[int]] = []
    false: list[list[int]] = []
    labelled: list[int] = []

    def add(self, boxes: Iterable[NDArray[np.float64]], truth: NDArray[np.float64]) -> None:
        """Count a photograph: for each score the boxes (n, 4) reported, best first, against the labelled ones (m, 4)."""
        right = [hits(reported, truth) for reported in boxes]
        self.found.append([int(r.sum()) for r in right])
        self.false.append([int((~r).sum()) for r in right])
        self.labelled.append(len(truth))

    def share_at(self, allowed: float, chosen: Sequence[int] | NDArray[np.intp] | None = None) -> float:
        """Share of the labelled lesions found at `allowed` false ones a photograph, between scores by straight lines.

        `chosen` photographs, all without. NaN where nothing is labelled.
        """
        rows = np.arange(len(self.labelled)) if chosen is None else np.asarray(chosen, dtype=np.intp)
        labelled = sum(self.labelled[i] for i in rows)
        if not labelled:
            return float("nan")
        found, false = np.asarray(self.found)[rows].sum(axis=0), np.asarray(self.false)[rows].mean(axis=0)
        order = np.argsort(false, kind="stable")
        best = np.maximum.accumulate(found[order])
        return float(np.interp(allowed, np.append(0, false[order]), np.append(0, best)) / labelled)

    @property
    def least_false(self) -> float:
        """The fewest false ones a photograph that any score gives; below, `share_at` is a straight line to nothing."""
        return float(np.asarray(self.false).mean(axis=0).min())

    def mean_share(self, chosen: Sequence[int] | NDArray[np.intp] | None = None) -> float:
        """`share_at` averaged over ALLOWED."""
        return float(np.mean([self.share_at(allowed, chosen) for allowed in ALLOWED]))

    def best(self) -> tuple[float, int]:
        """The highest F1 of single lesions, all photographs pooled, and the index of its score."""
        found, false = np.asarray(self.found).sum(axis=0), np.asarray(self.false).sum(axis=0)
        values = [f1(int(a), int(a + b), sum(self.labelled)) for a, b in zip(found, false, strict=True)]
        index = int(np.argmax(values))
        return values[index], index
