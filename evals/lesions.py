"""Lesions on IDRiD's official test photographs: pixels, single lesions, and what is reported on healthy eyes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.lesions.detector import Box, detect
from ..experts.lesions.matching import boxes_of_mask, hits, sensitivity_at
from ..experts.lesions.network import KINDS
from ..experts.lesions.predict import view_of
from ..experts.lesions.samples import HEALTHY_CHECK
from ..experts.lesions.scores import average_precision, histograms
from ..experts.training.datasets import labels, plane
from ..records import Photograph
from ..settings import Settings, default_settings
from .table import Row, bootstrap

BARS = {"EX": 0.87, "HE": 0.64, "SE": 0.68, "MA": 0.48}
BINS = 1024
LABELLED = 5
"""Labelled components under this many photograph pixels are not asked for."""
FALSE_ALLOWED = 8.0


@dataclass
class Tally:
    """What one kind's single lesions came to on one photograph; `scores` and `right` by box, best first."""

    scores: NDArray[np.float64]
    right: NDArray[np.bool_]
    labelled: int

    @property
    def false(self) -> int:
        """Reported lesions that are none."""
        return int((~self.right).sum())


def evaluate(data: Path) -> list[Row]:
    """AUPR by kind with the later bars, single lesions of both methods, counts, and false alarms on healthy eyes."""
    return [*segmenter_rows(data), *detector_rows(data), *healthy_rows(data)]


def segmenter_rows(data: Path) -> list[Row]:
    """Pixels and single lesions of the expert as it is by default."""
    expert, rows = load_expert("lesions"), _test_rows(data)
    pixels = np.zeros((len(rows), len(KINDS), 2, BINS), dtype=np.int64)
    reported: dict[str, list[Tally]] = {kind: [] for kind in KINDS}
    for index, row in enumerate(rows):
        photograph = Photograph.from_file(data / "idrid_seg" / row["image"])
        finding = expert.read(photograph)
        for channel, kind in enumerate(KINDS):
            truth = _truth(data, row, kind, photograph)
            pixels[index, channel] = histograms(finding.array(kind), truth, BINS)
            regions = [(r.x, r.y, r.x + r.width, r.y + r.height, r.score) for r in finding.regions if r.kind == kind]
            reported[kind].append(_tally(regions, boxes_of_mask(truth, LABELLED)))
    made = [_aupr_row(kind, pixels[:, channel], _name(rows)) for channel, kind in enumerate(KINDS)]
    for kind in KINDS:
        made.extend(_single_rows(kind, reported[kind], _name(rows)))
    return made


def detector_rows(data: Path) -> list[Row]:
    """Single lesions that the detector's boxes find."""
    expert, rows = load_expert("lesions", _detector_settings()), _test_rows(data)
    boxed: dict[str, list[Tally]] = {kind: [] for kind in KINDS}
    for row in rows:
        photograph = Photograph.from_file(data / "idrid_seg" / row["image"])
        boxes = _low_boxes(expert, photograph)
        for kind in KINDS:
            truth = boxes_of_mask(_truth(data, row, kind, photograph), LABELLED)
            boxed[kind].append(_tally(boxes[kind], truth))
    return [_detector_row(kind, boxed[kind], _name(rows)) for kind in KINDS]


def _test_rows(data: Path) -> list[dict[str, str]]:
    return [row for row in labels(data, "idrid_seg") if row["split"] == "test"]


def _name(rows: Sequence[dict[str, str]]) -> str:
    return f"IDRiD test ({len(rows)}), 2144 x 1424"


def _detector_settings() -> Settings:
    return default_settings().model_copy(update={"lesion_method": "detector"})


def _truth(data: Path, row: dict[str, str], kind: str, photograph: Photograph) -> NDArray[np.bool_]:
    if not row[kind]:
        return np.zeros((photograph.height, photograph.width), dtype=bool)
    return plane(data / "idrid_seg" / row[kind]) > 0


def _low_boxes(expert: Expert, photograph: Photograph) -> dict[str, list[tuple[float, ...]]]:
    """The detector's boxes in photograph pixels with their scores, far below the operating point."""
    view = view_of(photograph.pixels, photograph.field_of_view)
    found: list[Box] = detect(expert.detector, view.values, 0.01)  # type: ignore[attr-defined]
    by_kind: dict[str, list[tuple[float, ...]]] = {kind: [] for kind in KINDS}
    for box in found:
        left, top = view.frame.to_photograph(box.left, box.top)
        right, bottom = view.frame.to_photograph(box.right, box.bottom)
        by_kind[box.kind].append((left, top, right, bottom, box.score))
    return by_kind


def _tally(boxes: Sequence[tuple[float, ...]], lesions: NDArray[np.float64]) -> Tally:
    table = np.asarray(boxes, dtype=np.float64).reshape(-1, 5)
    table = table[np.argsort(-table[:, 4], kind="stable")]
    return Tally(scores=table[:, 4], right=hits(table[:, :4], lesions), labelled=len(lesions))


def _aupr_row(kind: str, pixels: NDArray[np.int64], name: str) -> Row:
    interval = bootstrap(len(pixels), lambda i: average_precision(pixels[i].sum(axis=0)))
    share = pixels[:, 1].sum() / pixels.sum()
    note = f"chance {share:.4f}"
    return Row(f"AUPR {kind}", name, average_precision(pixels.sum(axis=0)), interval, BARS[kind], note=note)


def _single_rows(kind: str, tallies: list[Tally], name: str) -> list[Row]:
    """Sensitivity and false alarms at the operating point, and how far the counts are right."""
    found = np.array([t.right.sum() for t in tallies])
    labelled, false = np.array([t.labelled for t in tallies]), np.array([t.false for t in tallies])
    counted = found + false

    def sensitivity(i: NDArray[np.intp]) -> float:
        return float(found[i].sum() / max(1, labelled[i].sum()))

    def false_alarms(i: NDArray[np.intp]) -> float:
        return float(false[i].mean())

    def agreement(i: NDArray[np.intp]) -> float:
        if np.ptp(counted[i]) == 0 or np.ptp(labelled[i]) == 0:
            return float("nan")
        return float(np.corrcoef(_ranks(counted[i]), _ranks(labelled[i]))[0, 1])

    everyone = np.arange(len(tallies))
    return [
        Row(f"{metric} {kind}", name, of(everyone), bootstrap(len(tallies), of), lower_is_better=lower)
        for metric, of, lower in (
            ("single lesions found", sensitivity, False),
            ("false lesions a photograph", false_alarms, True),
            ("rank correlation of counts", agreement, False),
        )
    ]


def _ranks(values: NDArray[np.int_]) -> NDArray[np.float64]:
    from scipy.stats import rankdata

    ranks: NDArray[np.float64] = rankdata(values)
    return ranks


def _detector_row(kind: str, tallies: list[Tally], name: str) -> Row:
    def at(i: NDArray[np.intp]) -> float:
        chosen = [tallies[k] for k in i]
        columns = ([t.scores for t in chosen], [t.right for t in chosen], [t.labelled for t in chosen])
        return sensitivity_at(*columns, FALSE_ALLOWED)

    metric = f"detector: single lesions found at {FALSE_ALLOWED:g} false a photograph, {kind}"
    return Row(metric, name, at(np.arange(len(tallies))), bootstrap(len(tallies), at))


def healthy_rows(data: Path) -> list[Row]:
    """Lesions reported on the healthy photographs of another camera that were kept out of training."""
    expert = load_expert("lesions")
    files = [r["image"] for r in labels(data, "hrf") if Path(r["image"]).stem in HEALTHY_CHECK]
    counts = []
    for file in files:
        finding = expert.read(Photograph.from_file(data / "hrf" / file))
        counts.append([finding.number(f"lesion_count_{kind}") or 0 for kind in KINDS])
    table = np.asarray(counts, dtype=np.float64)
    made = []
    for channel, kind in enumerate(KINDS):
        own = table[:, channel]
        interval = _mean_interval(own)
        metric = f"false lesions a healthy photograph {kind}"
        made.append(Row(metric, f"HRF healthy ({len(own)})", float(own.mean()), interval, lower_is_better=True))
    return made


def _mean_interval(values: NDArray[np.float64]) -> tuple[float, float]:
    return bootstrap(len(values), lambda i: float(values[i].mean()))
