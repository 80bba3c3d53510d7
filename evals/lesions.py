"""Lesions on IDRiD's official test photographs: pixels, single lesions, and what is reported on healthy eyes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.lesions.calibrate import HELD_OUT
from ..experts.lesions.detector import Box, detect
from ..experts.lesions.froc import ALLOWED, DETECTOR_SCORES, SEGMENTER_SCORES, Sweep
from ..experts.lesions.matching import boxes_of_mask, hits
from ..experts.lesions.measure import regions_of
from ..experts.lesions.network import KINDS
from ..experts.lesions.predict import view_of
from ..experts.lesions.samples import HEALTHY_CHECK
from ..experts.lesions.scores import average_precision, histograms
from ..experts.training.datasets import labels
from ..records import Finding, Photograph, Region
from ..settings import Settings, default_settings
from .lesions_elsewhere import elsewhere_rows
from .lesions_labelled import LABELLED, boxes_of, labelled, lesion_test
from .lesions_macula import macula_rows
from .lesions_small import small_rows
from .table import Row, bootstrap

BARS = {"EX": 0.87, "HE": 0.64, "SE": 0.68, "MA": 0.48}
BINS = 1024
FALSE_ALLOWED = 8.0
_ALLOWED = ", ".join(f"{a:g}" for a in ALLOWED)


@dataclass
class Tally:
    """What one kind's single lesions came to on one photograph at the operating point."""

    found: int
    false: int
    labelled: int
    interval: tuple[float, float] | None


def evaluate(data: Path) -> list[Row]:
    """AUPR by kind with the bars, single lesions of both methods, counts, and false alarms on healthy eyes."""
    return [
        *segmenter_rows(data),
        *detector_rows(data),
        *held_out_rows(),
        *healthy_rows(data),
        *elsewhere_rows(data),
        *macula_rows(data),
        *small_rows(data),
    ]


def segmenter_rows(data: Path) -> list[Row]:
    """Pixels and single lesions of the expert as it is by default."""
    expert, rows = load_expert("lesions"), lesion_test(data)
    pixels = np.zeros((len(rows), len(KINDS), 2, BINS), dtype=np.int64)
    reported: dict[str, list[Tally]] = {kind: [] for kind in KINDS}
    sweeps = {kind: Sweep(scores=SEGMENTER_SCORES) for kind in KINDS}
    for index, row in enumerate(rows):
        photograph = Photograph.from_file(data / "idrid_seg" / row["image"])
        finding = expert.read(photograph)
        regions_at = _regions_at(finding, expert.card.thresholds)
        for channel, kind in enumerate(KINDS):
            truth = labelled(data, row, kind, (photograph.height, photograph.width))
            pixels[index, channel] = histograms(finding.array(kind), truth, BINS)
            lesions = boxes_of_mask(truth, LABELLED)
            right = hits(boxes_of(finding.regions, kind), lesions)
            counted = finding.measurement(f"lesion_count_{kind}")
            interval = None if counted is None else counted.interval
            reported[kind].append(Tally(int(right.sum()), int((~right).sum()), len(lesions), interval))
            sweeps[kind].add((boxes_of(regions, kind) for regions in regions_at), lesions)
    made = [_aupr_row(kind, pixels[:, channel], _name(rows)) for channel, kind in enumerate(KINDS)]
    for kind in KINDS:
        made.extend(_single_rows(kind, reported[kind], _name(rows)))
        made.append(_froc_row("segmenter", kind, sweeps[kind], _name(rows)))
    return made


def detector_rows(data: Path) -> list[Row]:
    """Single lesions that the detector's boxes find."""
    expert, rows = load_expert("lesions", _detector_settings()), lesion_test(data)
    sweeps = {kind: Sweep(scores=DETECTOR_SCORES) for kind in KINDS}
    for row in rows:
        photograph = Photograph.from_file(data / "idrid_seg" / row["image"])
        boxes = _low_boxes(expert, photograph)
        for kind in KINDS:
            own = boxes[kind]
            truth = boxes_of_mask(labelled(data, row, kind, (photograph.height, photograph.width)), LABELLED)
            sweeps[kind].add((own[own[:, 4] >= score, :4] for score in DETECTOR_SCORES), truth)
    made = []
    for kind in KINDS:
        made.append(_froc_row("detector", kind, sweeps[kind], _name(rows)))
        metric = f"detector: single lesions found at {FALSE_ALLOWED:g} false a photograph, {kind}"
        at = partial(sweeps[kind].share_at, FALSE_ALLOWED)
        made.append(Row(metric, _name(rows), at(), bootstrap(len(rows), at)))
    return made


def held_out_rows() -> list[Row]:
    """Both methods on the photographs held out of the official training ones, by weights that did not see them.

    Rescored from what they found there, which is kept beside the card: the shipped segmenter learnt from these too.
    """
    found = json.loads(HELD_OUT.read_text(encoding="utf-8"))
    made = []
    for kind in KINDS:
        for method, own in found.items():
            sweep = Sweep.model_validate(own[kind])
            name = f"IDRiD train, held out ({len(sweep.labelled)})"
            made.append(Row(f"{method}: F1 of single lesions at its best score, {kind}", name, sweep.best()[0]))
            made.append(_froc_row(method, kind, sweep, name))
    return made


def _froc_row(method: str, kind: str, sweep: Sweep, name: str) -> Row:
    metric = f"{method}: single lesions found, mean over {_ALLOWED} false a photograph, {kind}"
    least = sweep.least_false
    note = (
        f"not measured below {least:.1f} false, where a straight line to nothing stands in"
        if least > ALLOWED[0]
        else ""
    )
    return Row(metric, name, sweep.mean_share(), bootstrap(len(sweep.labelled), sweep.mean_share), note=note)


def _regions_at(finding: Finding, thresholds: Mapping[str, float]) -> list[list[Region]]:
    """What the finding's maps would give at each of SEGMENTER_SCORES."""
    return [regions_of(finding, {**thresholds, **dict.fromkeys(KINDS, score)}) for score in SEGMENTER_SCORES]


def _name(rows: Sequence[dict[str, str]]) -> str:
    return f"IDRiD test ({len(rows)}), 2144 x 1424"


def _detector_settings() -> Settings:
    return default_settings().model_copy(update={"lesion_method": "detector"})


def _low_boxes(expert: Expert, photograph: Photograph) -> dict[str, NDArray[np.float64]]:
    """The detector's boxes (n, 5) in photograph pixels with their scores, from far below the operating point on."""
    view = view_of(photograph.pixels, photograph.field_of_view)
    found: list[Box] = detect(expert.detector, view.values, DETECTOR_SCORES[0])  # type: ignore[attr-defined]
    by_kind: dict[str, list[tuple[float, ...]]] = {kind: [] for kind in KINDS}
    for box in found:
        left, top = view.frame.to_photograph(box.left, box.top)
        right, bottom = view.frame.to_photograph(box.right, box.bottom)
        by_kind[box.kind].append((left, top, right, bottom, box.score))
    return {kind: np.asarray(rows, dtype=np.float64).reshape(-1, 5) for kind, rows in by_kind.items()}


def _aupr_row(kind: str, pixels: NDArray[np.int64], name: str) -> Row:
    interval = bootstrap(len(pixels), lambda i: average_precision(pixels[i].sum(axis=0)))
    share = pixels[:, 1].sum() / pixels.sum()
    note = f"chance {share:.4f}"
    return Row(f"AUPR {kind}", name, average_precision(pixels.sum(axis=0)), interval, BARS[kind], note=note)


def _single_rows(kind: str, tallies: list[Tally], name: str) -> list[Row]:
    """Sensitivity and false alarms at the operating point, and how far the counts and their intervals are right."""
    found = np.array([t.found for t in tallies])
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

    def covered(i: NDArray[np.intp]) -> float:
        return float(inside[i].mean())

    spans = [t.interval or (t.found + t.false,) * 2 for t in tallies]
    inside = np.array([low <= t.labelled <= high for t, (low, high) in zip(tallies, spans, strict=True)])
    everyone = np.arange(len(tallies))
    return [
        Row(f"{metric} {kind}", name, of(everyone), bootstrap(len(tallies), of), lower_is_better=lower)
        for metric, of, lower in (
            ("single lesions found", sensitivity, False),
            ("false lesions a photograph", false_alarms, True),
            ("rank correlation of counts", agreement, False),
            ("labelled count inside the count's 95 % interval", covered, False),
        )
    ]


def _ranks(values: NDArray[np.int_]) -> NDArray[np.float64]:
    from scipy.stats import rankdata

    ranks: NDArray[np.float64] = rankdata(values)
    return ranks


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
