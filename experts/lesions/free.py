"""Photographs of several cameras that their labels call free of retinopathy, taken as free of lesions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..grade.split import examples
from ..training.datasets import labels
from .samples import Sample, load_sample

FREE_OF_LESIONS = {"odir5k_subset": 70, "idrid_grading": 60, "unam_dme_dr": 40}
"""How many photographs without retinopathy are taken as lesion-free from the grader's training part of each set."""


def free_samples(data: Path, seed: int) -> list[list[Sample]]:
    """Photographs of other cameras that their labels call free of retinopathy, by data set.

    ODIR's are "normal fundus", IDRiD's of grade 0, UNAM's without retinopathy and oedema; all of the grader's training
    part, so that its hold-out can show what is found on eyes without lesions.
    """
    rng = np.random.default_rng(seed)
    training = {(e.dataset, e.image) for e in examples(data) if e.part == "train"}
    found = []
    for name, count in FREE_OF_LESIONS.items():
        rows = [r for r in labels(data, name) if (name, r["image"]) in training and without_lesions(name, r)]
        chosen = rng.permutation(len(rows))[:count]
        found.append([load_sample(data / name, {"image": rows[i]["image"]}) for i in chosen])
    return found


def without_lesions(name: str, row: dict[str, str]) -> bool:
    """Whether the labels of a photograph of data set `name` call it free of retinopathy (and, for UNAM, of oedema)."""
    if name == "odir5k_subset":
        return row["normal"] == "1"
    return row["grade"] == "0" if name == "idrid_grading" else row["dr_class"] == "none" and row["dme"] == "0"
