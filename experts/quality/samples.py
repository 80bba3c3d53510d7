"""What the quality heads learn from: photographs of seven cameras, some of them spoilt, and pictures of other things."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...records import Photograph
from ..training.datasets import labels, picture
from .degrade import REASONS, degrade
from .look import field_square
from .negatives import DRAWN, HELD_OUT, draw, in_other_light, ordinary_pictures, variants

FOLDS = 5
OUTLIER_VIEWS, RELIT = 30, 0.6
"""Crops of each photograph that shows no retina, most are of eyes from outside, and how many of these in other light."""
CLEAN = {"odir5k_subset": 420, "unam_dme_dr": 120, "idrid_grading": 180}
"""How many of the photographs without a quality word are used from the large sets."""
SPOILT_EACH = {"idrid_grading": 60, "odir5k_subset": 120, "hrf": 30, "drive": 30, "drishti_gs1": 30, "drimdb": 40}
_ODIR_DUPLICATES = {"973": "352"}


@dataclass(frozen=True)
class Sample:
    """One picture to learn from. None means that its label says nothing of it; `reasons` follows `degrade.REASONS`."""

    source: str
    group: str
    fundus: bool
    gradable: bool | None
    reasons: tuple[bool, ...] | None = None

    @property
    def fold(self) -> int:
        """The fold whose heads do not see this picture, 0 to FOLDS - 1."""
        return fold_of(self.source, self.group)


def fold_of(source: str, group: str) -> int:
    """The fold of a patient, photograph or picture, 0 to FOLDS - 1."""
    return int(hashlib.sha256(f"fundoscope-quality:{source}:{group}".encode()).hexdigest(), 16) % FOLDS


def photographs(data: Path) -> list[tuple[Path, Sample]]:
    """Every labelled photograph of the quality sets; DRIMDB's outliers among them, which show no retina."""
    found: list[tuple[Path, Sample]] = []
    for row in labels(data, "drimdb"):
        quality = row["quality"]
        sample = Sample(
            "drimdb", row["image"], quality != "outlier", None if quality == "outlier" else quality == "good"
        )
        found.append((data / "drimdb" / row["image"], sample))
    for row in labels(data, "odir5k_subset"):
        group = _ODIR_DUPLICATES.get(row["patient"], row["patient"])
        gradable = row["low_quality_kw"] != "1"
        # An eye whose words speak of dust on the lens or the like is no witness for a clean photograph.
        known = None if gradable and row["lens_dust"] == "1" else gradable
        found.append((data / "odir5k_subset" / row["image"], Sample("odir5k_subset", group, True, known)))
    for row in labels(data, "unam_dme_dr"):
        found.append((data / "unam_dme_dr" / row["image"], Sample("unam_dme_dr", row["patient"], True, None)))
    for name in ("idrid_grading", "hrf", "drive", "drishti_gs1"):
        for row in labels(data, name):
            found.append((data / name / row["image"], Sample(name, row["image"], True, True)))
    return found


def training_squares(data: Path, seed: int) -> Iterator[tuple[NDArray[np.uint8], Sample]]:
    """Field-of-view squares to learn from, with what is known of each."""
    rng = np.random.default_rng(seed)
    found = photographs(data)
    order = rng.permutation(len(found))
    room = dict(CLEAN)
    spoil = dict(SPOILT_EACH)
    for path, sample in (found[i] for i in order):
        if sample.gradable is not False and sample.fundus:
            if room.get(sample.source, 1) <= 0:
                continue
            room[sample.source] = room.get(sample.source, 1 << 30) - 1
        square = field_square(Photograph.from_pixels(picture(path)))
        clean = sample.gradable is True
        yield (
            square,
            Sample(sample.source, sample.group, sample.fundus, sample.gradable, (False,) * 4 if clean else None),
        )
        if clean and spoil.get(sample.source, 0) > 0:
            spoil[sample.source] -= 1
            reason = REASONS[int(rng.integers(len(REASONS)))]
            flags = tuple(r == reason for r in REASONS)
            yield degrade(square, reason, rng), Sample(sample.source, sample.group, True, False, flags)
    yield from _no_fundus(rng)
    rng = np.random.default_rng([seed, 1])
    for path, sample in found:
        if not sample.fundus:
            for view in variants(picture(path), OUTLIER_VIEWS, rng):
                lit = in_other_light(view, rng) if rng.random() < RELIT else view
                yield field_square(Photograph.from_pixels(lit)), Sample(sample.source, sample.group, False, None)


def _no_fundus(rng: np.random.Generator) -> Iterator[tuple[NDArray[np.uint8], Sample]]:
    for name, pixels in sorted(ordinary_pictures().items()):
        if name not in HELD_OUT:
            for view in variants(pixels, 14, rng):
                yield field_square(Photograph.from_pixels(view)), Sample("picture", name, False, None)
    for kind in DRAWN:
        if kind not in HELD_OUT:
            for i in range(16):
                for view in variants(draw(kind, rng), 1, rng):
                    yield field_square(Photograph.from_pixels(view)), Sample("drawn", f"{kind}{i}", False, None)
