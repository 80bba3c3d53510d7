"""Which photograph trains, which chooses, which judges: one fixed split by patient or duplicate group."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from ..training.datasets import labels

PARTS = ("train", "validation", "holdout")
HOLDOUT_SHARE, VALIDATION_SHARE = 0.20, 0.12
SPLIT_FILE = "weights/split.csv"
_IDRID_DUPLICATES = {"391": "021", "327": "028", "333": "045", "375": "073", "279": "079"}
_ODIR_DUPLICATES = {"973": "352"}
_UNAM_DUPLICATES = {"0478": "0005", "0592": "0591", "2051": "2050"}


@dataclass(frozen=True)
class Example:
    """One labelled photograph.

    `allowed` holds the ICDR grades its label leaves open: one for a graded photograph, several for a coarse label
    ("NPDR" is 1 to 3). `group` joins what must stay on one side: a patient's photographs, identical files.
    """

    dataset: str
    image: str
    group: str
    allowed: tuple[int, ...]
    part: str = ""

    @property
    def grade(self) -> int | None:
        """The ICDR grade when the label names one."""
        return self.allowed[0] if len(self.allowed) == 1 else None


def examples(data: Path, *, aptos: bool = False) -> list[Example]:
    """Every labelled photograph of the grading sets with its part."""
    found = [*_idrid(data), *_odir(data), *_unam(data)]
    if aptos:
        found += _aptos(data)
    # Photographs of the lesion benchmark's test part must not be learnt from: they are judged on here as well.
    fixed = {
        ("idrid_grading", idrid_group(row["image"])): "holdout"
        for row in labels(data, "idrid_grading")
        if row["seg_split"] == "test"
    }
    strata: dict[tuple[str, str], list[str]] = defaultdict(list)
    by_group: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in found:
        by_group[example.dataset, example.group].append(example)
    for (dataset, group), members in by_group.items():
        if (dataset, group) not in fixed:
            strata[dataset, str(max(max(m.allowed) for m in members))].append(group)
    part = dict(fixed)
    for (dataset, _), groups in sorted(strata.items()):
        groups = [group for _, group in sorted((_lot(dataset, g), g) for g in groups)]
        held = 0 if dataset == "aptos_gauss224" else round(HOLDOUT_SHARE * len(groups))
        chosen = round(VALIDATION_SHARE * len(groups))
        for position, group in enumerate(groups):
            part[dataset, group] = PARTS[2] if position < held else PARTS[1] if position < held + chosen else PARTS[0]
    return [Example(e.dataset, e.image, e.group, e.allowed, part[e.dataset, e.group]) for e in found]


def part_by_lot(dataset: str, group: str) -> str:
    """The part of a group that carries no grade, from its lot alone; the shares are those of the graded ones."""
    share = int(_lot(dataset, group)[:8], 16) / 16**8
    return PARTS[2] if share < HOLDOUT_SHARE else PARTS[1] if share < HOLDOUT_SHARE + VALIDATION_SHARE else PARTS[0]


def _lot(dataset: str, group: str) -> str:
    return hashlib.sha256(f"fundoscope-grade:{dataset}:{group}".encode()).hexdigest()


def write_split(rows: list[Example], path: Path) -> None:
    """Write the split as CSV: dataset, image, group, allowed grades, part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["dataset", "image", "group", "allowed", "part"])
        writer.writerows([e.dataset, e.image, e.group, " ".join(map(str, e.allowed)), e.part] for e in rows)


def read_split(path: Path) -> list[Example]:
    """The rows of a split file."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Example(r["dataset"], r["image"], r["group"], tuple(map(int, r["allowed"].split())), r["part"])
            for r in csv.DictReader(file)
        ]


def unam_group(patient: str) -> str:
    """The group of a UNAM patient."""
    return _UNAM_DUPLICATES.get(patient, patient)


def idrid_group(image: str) -> str:
    """The group of an IDRiD grading photograph."""
    number = Path(image).stem.rsplit("_", 1)[-1]
    return _IDRID_DUPLICATES.get(number, number)


def _idrid(data: Path) -> list[Example]:
    return [
        Example("idrid_grading", r["image"], idrid_group(r["image"]), (int(r["grade"]),))
        for r in labels(data, "idrid_grading")
    ]


def _odir(data: Path) -> list[Example]:
    """Graded rows as they are; "no retinopathy" beside another disease is grade 0; ungraded retinopathy is 1 to 4."""
    found = []
    for r in labels(data, "odir5k_subset"):
        if r["grade"]:
            allowed: tuple[int, ...] = (int(r["grade"]),)
        elif r["low_quality_kw"] == "1" or r["any_dr"] == "":
            continue
        else:
            allowed = (0,) if r["any_dr"] == "0" else (1, 2, 3, 4)
        found.append(Example("odir5k_subset", r["image"], _ODIR_DUPLICATES.get(r["patient"], r["patient"]), allowed))
    return found


def _unam(data: Path) -> list[Example]:
    classes = {"none": (0,), "NPDR": (1, 2, 3), "PDR": (4,)}
    return [
        Example("unam_dme_dr", r["image"], unam_group(r["patient"]), classes[r["dr_class"]])
        for r in labels(data, "unam_dme_dr")
        if r["dr_class"] in classes
    ]


def _aptos(data: Path) -> list[Example]:
    return [
        Example("aptos_gauss224", r["image"], r["duplicate_group"] or r["image"], (int(r["grade"]),))
        for r in labels(data, "aptos_gauss224")
        if r["duplicate_conflict"] != "1"
    ]
