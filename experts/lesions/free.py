"""Photographs of several cameras that their labels call free of retinopathy, taken as free of lesions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from ...errors import BadSetting
from ..grade.split import examples
from ..training.datasets import labels
from .samples import HEALTHY_CHECK, Sample, load_sample

FREE_OF_LESIONS = {"odir5k_subset": 70, "idrid_grading": 60, "unam_dme_dr": 40}
"""How many photographs without retinopathy are taken as lesion-free from the grader's training part of each set."""
MORE = {"idrid_grading": 91}
"""How many where more are asked for: all that there are."""
DRUSEN = 40
"""And then so many of ODIR's with dry macular degeneration alone: their drusen are no exudates."""
File = tuple[str, str]
"""A data set and a file in it."""
Places = dict[str, list[tuple[float, float]]]
"""Where weights found lesions that are none: by data set and file, joined by a stroke, (x, y) in the photograph's pixels."""


def healthy_files(data: Path) -> list[File]:
    """HRF's healthy photographs that are trained on."""
    rows = [r for r in labels(data, "hrf") if r["category"] == "healthy"]
    return [("hrf", r["image"]) for r in rows if Path(r["image"]).stem not in HEALTHY_CHECK]


def free_files(data: Path, seed: int, *, more: bool = False) -> list[list[File]]:
    """Photographs of other cameras that their labels call free of retinopathy, by data set; with `more` those with drusen last.

    ODIR's are "normal fundus", IDRiD's of grade 0, UNAM's without retinopathy and oedema; all of the grader's training
    part, so that its hold-out can show what is found on eyes without lesions.
    """
    rng = np.random.default_rng(seed)
    training = {(e.dataset, e.image) for e in examples(data) if e.part == "train"}
    found = []
    for name, count in (FREE_OF_LESIONS | (MORE if more else {})).items():
        files = [(name, r["image"]) for r in labels(data, name) if without_lesions(name, r)]
        files = [file for file in files if file in training]
        found.append([files[i] for i in rng.permutation(len(files))[:count]])
    if not more:
        return found
    odir = "odir5k_subset"
    files = [(odir, r["image"]) for r in labels(data, odir) if drusen_alone(r) and (odir, r["image"]) in training]
    return [*found, [files[i] for i in rng.permutation(len(files))[:DRUSEN]]]


def free_samples(data: Path, files: list[File], places: Places | None = None) -> list[Sample]:
    """Lesion-free samples of these files, each with what was mistaken for lesions in it.

    Raises BadSetting where `places` are given and not of one of them: they were drawn by another seed.
    """
    unknown = [] if places is None else [file for file in files if "/".join(file) not in places]
    if unknown:
        raise BadSetting(
            f"{len(unknown)} of the photographs were not looked through; give mistaken and train one --seed"
        )
    return [_free_sample(data, file, (places or {}).get("/".join(file), [])) for file in files]


def _free_sample(data: Path, file: File, places: list[tuple[float, float]]) -> Sample:
    sample = load_sample(data / file[0], {"image": file[1]})
    seen = [sample.frame.from_photograph(x, y) for x, y in places]
    return replace(sample, mistaken=np.array([(v, u) for u, v in seen], dtype=np.float64).reshape(-1, 2))


def without_lesions(name: str, row: dict[str, str]) -> bool:
    """Whether the labels of a photograph of data set `name` call it free of retinopathy (and, for UNAM, of oedema)."""
    if name == "odir5k_subset":
        return row["normal"] == "1"
    return row["grade"] == "0" if name == "idrid_grading" else row["dr_class"] == "none" and row["dme"] == "0"


def drusen_alone(row: dict[str, str]) -> bool:
    """Whether ODIR's words for an eye are dry macular degeneration and nothing else."""
    return row["keywords"].strip() == "dry age-related macular degeneration"
