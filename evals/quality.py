"""The quality expert: gradable or not by heads that did not see the patient, false refusals a camera, and other pictures."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import Expert, load_expert
from ..experts.quality.expert import GRADABLE, NO_FUNDUS, Quality
from ..experts.quality.negatives import DRAWN, HELD_OUT, draw, on_canvas, ordinary_pictures, round_field, tint
from ..experts.quality.samples import Sample, photographs
from ..experts.training.datasets import picture
from ..experts.training.metrics import roc_auc
from ..records import Photograph
from .table import Row, bootstrap

DRIMDB_BAR, ODIR_BAR, REFUSAL_BAR = 0.97, 0.80, 0.01
Judged = dict[str, list[tuple[Sample, float, str]]]
"""By data set: what is known of each photograph, its quality score and the verdict."""


def evaluate(data: Path, expert: Expert | None = None) -> list[Row]:
    """Each photograph is judged by the heads of the fold that did not train on its patient; intervals resample patients.

    `expert` is the shipped one unless another is given.
    """
    expert = expert or load_expert("quality")
    assert isinstance(expert, Quality)
    judged: Judged = defaultdict(list)
    for path, sample in photographs(data):
        if _passed_over(sample):
            continue
        scores, _ = expert.scores(Photograph.from_pixels(picture(path)), sample.fold)
        judged[sample.source].append((sample, scores["gradable"], expert.label(scores)))
    rows = [
        _auc_row("AUC good against bad", "DRIMDB, out of fold", judged["drimdb"], DRIMDB_BAR),
        _auc_row(
            "AUC low-quality words against the rest", "ODIR, out of fold by patient", judged["odir5k_subset"], ODIR_BAR
        ),
    ]
    for name, entries in judged.items():
        fundus = [e for e in entries if e[0].fundus]
        rows.append(_share_row("fundus photographs taken for something else", name, fundus, NO_FUNDUS, REFUSAL_BAR))
        clean = [e for e in fundus if e[0].gradable is not False]
        bar = None if name == "unam_dme_dr" else REFUSAL_BAR
        note = "quality not labelled; many are dark or hazy" if name == "unam_dme_dr" else ""
        rows.append(_share_row("good photographs refused", name, clean, GRADABLE, bar, note, negate=True))
    outliers = [e for e in judged["drimdb"] if not e[0].fundus]
    rows.append(_share_row("no retina recognised as such", "DRIMDB outliers", outliers, NO_FUNDUS, 0.95, lower=False))
    rows += _other_pictures(expert)
    return rows


def _passed_over(sample: Sample) -> bool:
    """Of the large sets every fourth patient without a quality word is judged, which is enough and takes minutes."""
    lot = hashlib.sha256(f"fundoscope-quality-eval:{sample.group}".encode()).digest()[0]
    return sample.source in ("odir5k_subset", "unam_dme_dr") and sample.gradable is not False and lot % 4 != 0


def _auc_row(metric: str, name: str, entries: list[tuple[Sample, float, str]], bar: float) -> Row:
    known = [e for e in entries if e[0].gradable is not None]
    good = np.array([bool(e[0].gradable) for e in known])
    score = np.array([e[1] for e in known])
    members = _members([e[0].group for e in known])

    def resampled(chosen: NDArray[np.intp]) -> float:
        indices = np.concatenate([members[i] for i in chosen])
        return roc_auc(good[indices], score[indices])

    counts = f"{int(good.sum())} good, {int((~good).sum())} not"
    return Row(metric, name, roc_auc(good, score), bootstrap(len(members), resampled), bar, note=counts)


def _share_row(
    metric: str,
    name: str,
    entries: list[tuple[Sample, float, str]],
    verdict: str,
    bar: float | None,
    note: str = "",
    *,
    negate: bool = False,
    lower: bool = True,
) -> Row:
    hit = np.array([(e[2] == verdict) != negate for e in entries], dtype=float)
    members = _members([e[0].group for e in entries])

    def resampled(chosen: NDArray[np.intp]) -> float:
        return float(np.concatenate([hit[members[i]] for i in chosen]).mean())

    interval = bootstrap(len(members), resampled)
    return Row(metric, f"{name} ({len(entries)})", float(hit.mean()), interval, bar, lower, note)


def _members(groups: list[str]) -> list[NDArray[np.intp]]:
    names = np.array(groups)
    return [np.flatnonzero(names == g) for g in np.unique(names)]


def _other_pictures(expert: Quality) -> list[Row]:
    """Kinds of pictures that were never trained on: whole, in a round field, tinted, small on black; drawn ones."""
    rng = np.random.default_rng(7)
    right: dict[str, list[float]] = defaultdict(list)
    for name, pixels in sorted(ordinary_pictures().items()):
        if name in HELD_OUT:
            for view in (
                pixels,
                round_field(pixels),
                tint(pixels, rng),
                round_field(tint(pixels, rng)),
                on_canvas(pixels, rng),
            ):
                right["held-out ordinary pictures"].append(_is_other(expert, view))
    for kind in DRAWN:
        if kind in HELD_OUT:
            for _ in range(8):
                drawn = draw(kind, rng)
                right["held-out drawn pictures"].append(_is_other(expert, drawn))
                right["held-out drawn pictures, round"].append(_is_other(expert, round_field(drawn)))
    rows = []
    for name, hits in right.items():
        values = np.array(hits)
        interval = bootstrap(len(values), lambda i, v=values: float(v[i].mean()))  # type: ignore[misc]
        rows.append(
            Row("no retina recognised as such", f"{name} ({len(values)})", float(values.mean()), interval, 0.95)
        )
    return rows


def _is_other(expert: Quality, pixels: NDArray[np.uint8]) -> float:
    return float(expert.read(Photograph.from_pixels(pixels)).label == NO_FUNDUS)
