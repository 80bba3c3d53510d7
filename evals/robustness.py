"""Experts on spoilt photographs: five corruptions at five strengths, on the photographs their figures are made of.

What is compared is one model with itself: the first row of a task is the photographs as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.grade.split import SPLIT_FILE, read_split
from ..experts.lesions.network import KINDS
from ..experts.lesions.scores import average_precision, histograms
from ..experts.training.datasets import picture, plane
from ..experts.training.metrics import quadratic_kappa
from ..experts.vessels.samples import photographs
from ..experts.vessels.scores import dice
from ..records import Finding, Photograph
from .corruptions import CORRUPTIONS, STRENGTHS, Pixels
from .disc_folds import dice as overlap
from .lesions_labelled import lesion_test
from .table import Row, bootstrap

BINS = 1024
EVERY = {"grade": 2, "vessels": 2, "disc": 3, "lesions": 4}
"""Of the photographs every so many-th is read: each is read 26 times, and lesions take seconds."""
Spoil = Callable[[Pixels], Pixels]


def evaluate(data: Path) -> list[Row]:
    """Grade and quality on IDRiD's hold-out, vessels on DRIVE's test, discs and lesions on IDRiD's test."""
    made: list[Row] = []
    for named, spoil in conditions():
        made += [*grade_rows(data, named, spoil), vessels_row(data, named, spoil)]
        made += [disc_row(data, named, spoil), lesions_row(data, named, spoil)]
    return sorted(made, key=lambda row: row.metric.split(",")[0])


def conditions() -> Iterator[tuple[str, Spoil]]:
    """("as it is", nothing done), then each corruption at each strength."""
    yield "as it is", lambda pixels: pixels
    for name, corrupt in CORRUPTIONS.items():
        for strength in STRENGTHS:
            yield f"{name} {strength}", lambda pixels, c=corrupt, s=strength: c(pixels, s)  # type: ignore[misc]


@lru_cache(maxsize=8)
def _expert(name: str) -> Expert:
    return load_expert(name)


def grade_rows(data: Path, named: str, spoil: Spoil) -> list[Row]:
    """Quadratic kappa of all photographs, and the share that the quality expert would have refused."""
    expert, quality = _expert("grade"), _expert("quality")
    held = [r for r in read_split(expert.folder / SPLIT_FILE) if r.part == "holdout" and r.dataset == "idrid_grading"]
    held = held[:: EVERY["grade"]]
    spoilt = [Photograph.from_pixels(spoil(picture(data / r.dataset / r.image))) for r in held]
    truth = np.array([r.grade for r in held])
    value = np.array([expert.read(p).value for p in spoilt])
    refused = np.array([quality.read(p).label != "gradable" for p in spoilt])
    return [
        _row("grade: quadratic kappa", named, f"IDRiD hold-out ({len(held)})", len(held),
             lambda i: quadratic_kappa(truth[i], value[i])),
        _row("quality: photographs refused", named, f"IDRiD hold-out ({len(held)})", len(held),
             lambda i: float(refused[i].mean())),
    ]  # fmt: skip


def vessels_row(data: Path, named: str, spoil: Spoil) -> Row:
    """Dice at the card's threshold."""
    expert = _expert("vessels")
    threshold = expert.card.thresholds["vessel"]
    scores = np.array(
        [
            dice(_read(expert, spoil(one.pixels)).array("vessels") >= threshold, one.vessels, one.field)
            for one in photographs(data, "drive", "test")[:: EVERY["vessels"]]
        ]
    )
    return _mean("vessels: Dice", named, "DRIVE test", scores)


def disc_row(data: Path, named: str, spoil: Spoil) -> Row:
    """Dice of the disc, landmarks found on the spoilt photograph too."""
    expert, scores = _expert("disc"), []
    for row in lesion_test(data)[:: EVERY["disc"]]:
        photograph = Photograph.from_pixels(spoil(picture(data / "idrid_seg" / row["image"])))
        finding = expert.read(photograph, {"landmarks": _expert("landmarks").read(photograph)})
        truth = plane(data / "idrid_seg" / row["OD"]) > 0
        found = "disc" in finding.array_names
        mask = finding.array("disc") >= expert.card.thresholds["disc"] if found else np.zeros(truth.shape, dtype=bool)
        scores.append(overlap(mask, truth))
    return _mean("disc: Dice", named, "IDRiD test", np.array(scores))


def lesions_row(data: Path, named: str, spoil: Spoil) -> Row:
    """Mean over the four types of the area under the precision-recall curve, pixels pooled."""
    expert, rows = _expert("lesions"), lesion_test(data)[:: EVERY["lesions"]]
    counts = np.zeros((len(rows), len(KINDS), 2, BINS), dtype=np.int64)
    for index, row in enumerate(rows):
        finding = _read(expert, spoil(picture(data / "idrid_seg" / row["image"])))
        for channel, kind in enumerate(KINDS):
            scores = finding.array(kind)
            file = row[kind]
            truth = plane(data / "idrid_seg" / file) > 0 if file else np.zeros(scores.shape, dtype=bool)
            counts[index, channel] = histograms(scores, truth, BINS)

    def mean_precision(chosen: np.ndarray) -> float:
        return float(np.nanmean([average_precision(counts[chosen, c].sum(axis=0)) for c in range(len(KINDS))]))

    return _row("lesions: mean AUPR", named, f"IDRiD test ({len(rows)})", len(rows), mean_precision)


def _read(expert: Expert, pixels: Pixels) -> Finding:
    return expert.read(Photograph.from_pixels(pixels))


def _mean(metric: str, named: str, data: str, scores: np.ndarray) -> Row:
    return _row(metric, named, f"{data} ({len(scores)})", len(scores), lambda i: float(scores[i].mean()))


def _row(metric: str, named: str, data: str, units: int, figure: Callable[[np.ndarray], float]) -> Row:
    return Row(f"{metric}, {named}", data, figure(np.arange(units)), bootstrap(units, figure))
