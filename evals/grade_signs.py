"""Macular oedema, and whether the heatmap points at lesions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..experts.base import Expert
from ..experts.grade.macula import oedema_examples
from ..experts.grade.split import SPLIT_FILE, read_split
from ..experts.training.datasets import labels, plane
from ..experts.training.metrics import roc_auc
from ..records import Photograph
from .grade_readings import Reader, numbered, resampled
from .table import Row, bootstrap

OEDEMA_NAMES = {"idrid_grading": "IDRiD hold-out", "unam_dme_dr": "UNAM hold-out"}
KINDS = ("MA", "HE", "EX", "SE")
NEAR = 1 / 40
"""A heatmap's peak this near a lesion, in field-of-view diameters, points at it: its cells are a twelfth wide or less."""


def oedema_rows(reader: Reader) -> list[Row]:
    """AUC of the probability of macular oedema on the hold-out; empty when the expert gives none."""
    made = []
    split = read_split(reader.expert.folder / SPLIT_FILE)
    for dataset, name in OEDEMA_NAMES.items():
        rows = [r for r in oedema_examples(reader.data, split) if r.part == "holdout" and r.dataset == dataset]
        said = [reader.finding(r.dataset, r.image).number("dme_probability") for r in rows]
        if None in said:
            return []
        p, oedema = np.array(said, dtype=np.float64), np.array([r.oedema for r in rows])
        group = numbered([r.group for r in rows])
        named = f"{name} ({len(rows)})"
        made += [
            Row("macular oedema AUC", named, roc_auc(oedema, p), resampled(group, _auc_of(oedema, p))),
            Row("macular oedema sensitivity", named, *_share(p >= 0.5, oedema, group), note="at 0.5"),
            Row("macular oedema specificity", named, *_share(p < 0.5, ~oedema, group), note="at 0.5"),
        ]
    return made


def _auc_of(positive: NDArray, score: NDArray) -> Callable[[NDArray[np.intp]], float]:
    return lambda i: roc_auc(positive[i], score[i])


def _share(
    right: NDArray[np.bool_], among: NDArray[np.bool_], group: NDArray[np.intp]
) -> tuple[float, tuple[float, float]]:
    right, group = right[among], group[among]
    return float(right.mean()), resampled(group, lambda i: float(right[i].mean()))


def heatmap_rows(expert: Expert, data: Path) -> list[Row]:
    """The pointing game on IDRiD's lesion test photographs: does the strongest evidence lie at a labelled lesion?

    Beside it the share of the field that lies as near to a lesion, which is what a peak set down anywhere would score.
    """
    hits, chance = [], []
    for row in labels(data, "idrid_seg"):
        if row["split"] != "test":
            continue
        photograph = Photograph.from_file(data / "idrid_seg" / row["image"])
        heat = expert.read(photograph).array("heatmap")
        lesions = np.zeros((photograph.height, photograph.width), dtype=bool)
        for kind in KINDS:
            if row[kind]:
                lesions |= plane(data / "idrid_seg" / row[kind]) > 0
        reach = NEAR * photograph.field_of_view.diameter
        near = ndimage.distance_transform_edt(~lesions) <= reach
        hits.append(bool(near.ravel()[int(heat.argmax())]))
        chance.append(float(near[photograph.field_of_view.mask(*lesions.shape)].mean()))
    right, by_chance = np.array(hits, dtype=np.float64), np.array(chance)
    named = f"IDRiD lesion test ({len(right)})"
    note = "peak within 1/40 of the field of a lesion"
    return [
        Row("heatmap points at a lesion", named, float(right.mean()), _mean_interval(right), note=note),
        Row("share of the field so near a lesion", named, float(by_chance.mean()), _mean_interval(by_chance)),
    ]


def _mean_interval(values: NDArray[np.float64]) -> tuple[float, float]:
    return bootstrap(len(values), lambda i: float(values[i].mean()))
