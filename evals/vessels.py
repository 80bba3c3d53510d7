"""Vessels against DRIVE's observers and, by the model that saw no other camera than DRIVE's, against HRF; arteries
and veins against HRF's labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.training.datasets import labels, plane
from ..experts.vessels.arteries import ARTERY, VEIN
from ..experts.vessels.expert import Vessels
from ..experts.vessels.network import ONE_CAMERA
from ..experts.vessels.samples import Labelled, held_out, photographs
from ..experts.vessels.scores import auc, calibration_error, dice, histogram
from ..imaging import find_field_of_view
from ..records import Photograph
from .table import Row, bootstrap

DICE_BAR, AUC_BAR = 0.828, 0.981
"""On DRIVE's official test photographs, against the first observer."""
ELSEWHERE_DICE_BAR, ELSEWHERE_AUC_BAR = 0.75, 0.965
"""On HRF, by a model that never saw it."""
BESIDE = 0.004
"""Of the field of view's diameter: what is called vessel so near a labelled one makes it wider (two pixels of DRIVE's) and is no
other vessel."""


@dataclass(frozen=True)
class _Read:
    """What one photograph gave: Dice, histogram (2, 1001), what was called vessel (4,), and where its kinds are labelled,
    confusion (2, 2)."""

    dice: float
    counts: NDArray[np.int64]
    called: NDArray[np.int64]
    kinds: NDArray[np.int64] | None


def evaluate(data: Path) -> list[Row]:
    """Dice (mean over photographs), area under the ROC curve and calibration error (pixels of all photographs) inside
    the field of view; arteries and veins on the pixels labelled as either."""
    shipped = load_expert("vessels")
    narrow = Vessels(shipped.card, shipped.folder, shipped.settings, (ONE_CAMERA,))
    threshold, narrow_threshold = (shipped.card.thresholds[k] for k in ("vessel", "vessel_drive_only"))
    drive, hrf = photographs(data, "drive", "test"), photographs(data, "hrf")
    held = held_out(data, "hrf")
    elsewhere = [_read(narrow, narrow_threshold, one) for one in hrf]
    test = [read for read, one in zip(elsewhere, hrf, strict=True) if one.split == "test"]
    return [
        *_rows(shipped, threshold, drive, "DRIVE test (20)", (DICE_BAR, AUC_BAR), "shipped model"),
        _second_observer(data, drive),
        *_rows(narrow, narrow_threshold, drive, "DRIVE test (20)", (None, None), "model of DRIVE alone"),
        *_scored(
            elsewhere,
            "HRF (45)",
            (ELSEWHERE_DICE_BAR, ELSEWHERE_AUC_BAR),
            "model of DRIVE alone",
            narrow_threshold,
        ),
        *_rows(
            shipped,
            threshold,
            held,
            f"HRF held-out fold ({len(held)})",
            (None, None),
            "shipped model; the working scale was chosen on these",
        ),
        *_kinds(test, f"HRF customary test ({len(test)})"),
    ]


def _read(expert: Expert, threshold: float, one: Labelled) -> _Read:
    finding = expert.read(Photograph.from_pixels(one.pixels))
    probability = finding.array("vessels")
    kinds = None
    if one.kinds is not None and "arteries" in finding.array_names:
        artery = finding.array("arteries") > finding.array("veins")
        called = [artery, ~artery]
        kinds = np.array([[int((one.field & (one.kinds == k) & c).sum()) for c in called] for k in (ARTERY, VEIN)])
    return _Read(
        dice(probability >= threshold, one.vessels, one.field),
        histogram(probability, one.vessels, one.field),
        _called(probability >= threshold, one),
        kinds,
    )


def _called(found: NDArray[np.bool_], one: Labelled) -> NDArray[np.int64]:
    """Pixels inside the field: labelled and found, labelled and missed, found beside a labelled vessel, found elsewhere."""
    reach = BESIDE * find_field_of_view(one.pixels).diameter
    beside = ~one.vessels & (ndimage.distance_transform_edt(~one.vessels) <= reach)
    parts = (found & one.vessels, ~found & one.vessels, found & beside, found & ~one.vessels & ~beside)
    return np.array([int((part & one.field).sum()) for part in parts])


def _rows(
    expert: Expert,
    threshold: float,
    test: Sequence[Labelled],
    name: str,
    bars: tuple[float | None, float | None],
    note: str,
) -> list[Row]:
    return _scored([_read(expert, threshold, one) for one in test], name, bars, note, threshold)


def _scored(
    reads: Sequence[_Read], name: str, bars: tuple[float | None, float | None], note: str, threshold: float
) -> list[Row]:
    every, stack = np.asarray([read.dice for read in reads]), np.stack([read.counts for read in reads])
    over = len(reads)
    return [
        Row(
            "Dice",
            name,
            float(every.mean()),
            bootstrap(over, lambda i: float(every[i].mean())),
            bars[0],
            note=f"{note}, threshold {threshold:g}",
        ),
        Row("AUC", name, auc(stack.sum(axis=0)), _over(stack, auc), bars[1], note=note),
        Row(
            "ECE",
            name,
            calibration_error(stack.sum(axis=0)),
            _over(stack, calibration_error, centred=True),
            lower_is_better=True,
            note=note,
        ),
        *_called_rows(np.stack([read.called for read in reads]), name, f"{note}, threshold {threshold:g}"),
    ]


def _called_rows(stack: NDArray[np.int64], name: str, note: str) -> list[Row]:
    """What the Dice is made of, over the pixels of all photographs."""
    figures: dict[str, Callable[[NDArray[np.int64]], float]] = {
        "labelled vessel pixels found": lambda c: float(c[0] / (c[0] + c[1])),
        "pixels called vessel that are labelled": lambda c: float(c[0] / (c[0] + c[2] + c[3])),
        "of the others, beside a labelled vessel": lambda c: float(c[2] / (c[2] + c[3])),
    }
    return [
        Row(metric, name, figure(stack.sum(axis=0)), _over(stack, figure), note=note)
        for metric, figure in figures.items()
    ]


def _over(
    stack: NDArray[np.int64], figure: Callable[[NDArray[np.int64]], float], *, centred: bool = False
) -> tuple[float, float]:
    """Interval of a figure of summed counts (n, ...) over photographs resampled; `centred` as for `bootstrap`."""
    return bootstrap(len(stack), lambda i: figure(stack[i].sum(axis=0)), centred=centred)


def _kinds(reads: Sequence[_Read], name: str) -> list[Row]:
    judged = [read.kinds for read in reads if read.kinds is not None]
    if not judged:
        return []
    stack = np.stack(judged)
    note = "on pixels labelled artery or vein, vessels found by the model of DRIVE alone"

    def right(confusion: NDArray[np.int64]) -> float:
        return float(np.trace(confusion) / confusion.sum())

    def overlap(kind: int) -> Callable[[NDArray[np.int64]], float]:
        return lambda c: float(2 * c[kind, kind] / (c[kind].sum() + c[:, kind].sum()))

    figures = {"artery/vein accuracy": right, "artery Dice": overlap(0), "vein Dice": overlap(1)}
    return [Row(metric, name, f(stack.sum(axis=0)), _over(stack, f), note=note) for metric, f in figures.items()]


def _second_observer(data: Path, test: Sequence[Labelled]) -> Row:
    seconds = {row["image"]: row["vessel_manual2"] for row in labels(data, "drive")}
    scores = np.asarray([dice(plane(data / "drive" / seconds[one.file]) > 0, one.vessels, one.field) for one in test])
    return Row(
        "Dice",
        "DRIVE test (20)",
        float(scores.mean()),
        bootstrap(len(scores), lambda i: float(scores[i].mean())),
        note="the second human observer",
    )
