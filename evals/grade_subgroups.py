"""The grader by subgroup of ODIR's hold-out: side, sex, age and how good the photographs are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_expert
from ..experts.grade.split import SPLIT_FILE, Example, read_split
from ..experts.training.datasets import labels, picture
from ..records import Photograph
from .grade_readings import Reader, kappa, read, referable_auc, row
from .table import Row

DATASET = "odir5k_subset"
AGES = (("under 50", 0, 50), ("50 to 64", 50, 65), ("65 and more", 65, 200))
"""Years, the upper bound exclusive."""
_Group = tuple[str, NDArray[np.bool_]]


def subgroup_rows(reader: Reader, data: Path) -> list[Row]:
    """Referable AUC and kappa of each subgroup; intervals resample patients."""
    split = read_split(reader.expert.folder / SPLIT_FILE)
    held = [r for r in split if r.dataset == DATASET and r.part == "holdout" and r.grade is not None]
    readings = read(reader, held)
    found = []
    for name, chosen in _subgroups(held, data):
        part, named = readings.where(chosen), f"ODIR hold-out, {name} ({int(chosen.sum())})"
        found += [row("referable AUC", named, part, referable_auc), row("quadratic kappa", named, part, kappa)]
    return found


def _subgroups(held: list[Example], data: Path) -> Iterator[_Group]:
    by_image = {r["image"]: r for r in labels(data, DATASET)}
    known = [by_image[r.image] for r in held]
    for name, letter in (("right eyes", "R"), ("left eyes", "L")):
        yield name, np.array([r["eye"] == letter for r in known])
    for name, sex in (("women", "Female"), ("men", "Male")):
        yield name, np.array([r["sex"] == sex for r in known])
    age = np.array([float(r["age"] or "nan") for r in known])
    for name, low, high in AGES:
        yield f"age {name}", (age >= low) & (age < high)
    scores = _quality(held, data)
    better = scores >= np.median(scores)
    yield "better half by the quality expert's score", better
    yield "worse half by the quality expert's score", ~better


def _quality(held: list[Example], data: Path) -> NDArray[np.float64]:
    expert = load_expert("quality")
    findings = [expert.read(Photograph.from_pixels(picture(data / r.dataset / r.image))) for r in held]
    return np.array([f.number("quality_score") for f in findings], dtype=np.float64)
