"""Training photographs of the landmark network: seen in their frames, with what is known of disc and fovea."""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...records import Photograph
from ..training.datasets import labels, picture, plane
from .sight import frame_of

CACHE = 320
"""Pixels a side of a cached frame: somewhat more than the network sees, so that augmentation can zoom in."""
MARKS = Path(__file__).with_name("marks.csv")
DRISHTI_FOLDS = 5
POOL_SHARE = 4
"""One patient in this many of ODIR and UNAM lends photographs to self-labelling; one judges the laterality."""
TWINS = (
    {"odir5k_subset/352", "odir5k_subset/973"},
    {"unam_dme_dr/0005", "unam_dme_dr/0478"},
    {"unam_dme_dr/0591", "unam_dme_dr/0592"},
    {"unam_dme_dr/2050", "unam_dme_dr/2051"},
)
"""Patients with (nearly) the same photographs: they go together."""


@dataclass
class Sample:
    """A cached frame (CACHE, CACHE, 3) with positions in its pixels; what is unknown is NaN or None.

    `area` is the disc's mask (CACHE, CACHE), 0 to 255; `weight` multiplies this sample's loss.
    """

    source: str
    frame: NDArray[np.uint8]
    disc: tuple[float, float]
    fovea: tuple[float, float]
    area: NDArray[np.uint8] | None
    weight: float = 1.0


def read_marks() -> list[dict[str, str]]:
    """Rows of marks.csv: dataset, file, fovea_x, fovea_y, disc_x, disc_y, disc_diameter,
    disc_width, disc_height (photograph pixels), split."""
    with MARKS.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def patient_of(dataset: str, row: dict[str, str]) -> str:
    """A patient's key; twins share the first one's."""
    key = f"{dataset}/{row['patient']}"
    return next((min(pair) for pair in TWINS if key in pair), key)


def eyes_by_patient(data: Path) -> dict[str, list[tuple[str, str]]]:
    """Photographs with a known side in ODIR and UNAM: patient to (file relative to `data`, "right" or "left")."""
    patients: dict[str, list[tuple[str, str]]] = {}
    for dataset in ("odir5k_subset", "unam_dme_dr"):
        for row in labels(data, dataset):
            if row["eye"] in ("R", "L"):
                side = "right" if row["eye"] == "R" else "left"
                patients.setdefault(patient_of(dataset, row), []).append((f"{dataset}/{row['image']}", side))
    return patients


def marked_patients(data: Path, split: str) -> set[str]:
    """Patients of ODIR and UNAM with a mark in this split."""
    files = {f"{row['dataset']}/{row['file']}" for row in read_marks() if row["split"] == split}
    return {p for p, photographs in eyes_by_patient(data).items() if any(file in files for file, _ in photographs)}


def pool_patients(data: Path) -> set[str]:
    """Patients whose photographs may be labelled by the network itself: a fixed quarter, without the marks' test split."""
    chosen = {p for p in eyes_by_patient(data) if zlib.crc32(p.encode()) % POOL_SHARE == 0}
    return chosen - marked_patients(data, "test")


def judging_patients(data: Path) -> set[str]:
    """Another fixed quarter of the patients, none of them trained on: they judge the laterality."""
    chosen = {p for p in eyes_by_patient(data) if zlib.crc32(p.encode()) % POOL_SHARE == 1}
    return chosen - marked_patients(data, "train")


def held_out_drishti(data: Path, fold: int | None = 0) -> set[str]:
    """The Drishti photographs of one of DRISHTI_FOLDS folds; none without one. Those of the first no shipped landmark or region network is trained on."""
    if fold is None:
        return set()
    return set(sorted(row["image"] for row in labels(data, "drishti_gs1"))[fold::DRISHTI_FOLDS])


def _area_centre(mask: NDArray[np.uint8]) -> tuple[float, float]:
    ys, xs = np.nonzero(mask)
    return float(xs.mean()) + 0.5, float(ys.mean()) + 0.5


def disc_masks(data: Path, fold: int | None = 0) -> dict[str, Path]:
    """Training photographs with a disc mask (file relative to `data`): IDRiD's training split, Drishti but those of `fold`, if one is named."""
    found = {
        f"idrid_seg/{row['image']}": data / "idrid_seg" / row["OD"]
        for row in labels(data, "idrid_seg")
        if row["split"] == "train" and row["OD"]
    }
    kept = held_out_drishti(data, fold)
    for row in labels(data, "drishti_gs1"):
        if row["image"] not in kept:
            found[f"drishti_gs1/{row['image']}"] = data / "drishti_gs1" / row["od_oc"]
    return found


def _position(x: str, y: str) -> tuple[float, float]:
    return (float(x), float(y)) if x else (np.nan, np.nan)


def _sample(data: Path, file: str, mark: dict[str, str] | None, mask_file: Path | None) -> Sample:
    photograph = Photograph.from_pixels(picture(data / file))
    frame = frame_of(photograph, CACHE)
    disc = fovea = (np.nan, np.nan)
    area: NDArray[np.uint8] | None = None
    if mark is not None:
        fovea = frame.from_photograph(*_position(mark["fovea_x"], mark["fovea_y"]))
        disc = frame.from_photograph(*_position(mark["disc_x"], mark["disc_y"]))
        if mark["disc_diameter"]:
            ys, xs = np.mgrid[:CACHE, :CACHE]
            radius = float(mark["disc_diameter"]) / 2 / frame.scale
            area = ((np.hypot(xs + 0.5 - disc[0], ys + 0.5 - disc[1]) <= radius) * 255).astype(np.uint8)
    if mask_file is not None:
        mask = (plane(mask_file) > 0).astype(np.uint8)
        disc = frame.from_photograph(*_area_centre(mask))
        area = frame.look(mask * np.uint8(255))
    return Sample(file.split("/")[0], frame.look(photograph.pixels), disc, fovea, area)


def load_samples(data: Path) -> list[Sample]:
    """All photographs of the training split, by hand marks and disc masks."""
    marks = {f"{row['dataset']}/{row['file']}": row for row in read_marks() if row["split"] == "train"}
    masks = disc_masks(data)
    return [_sample(data, file, marks.get(file), masks.get(file)) for file in sorted({*marks, *masks})]
