"""Landmarks against disc masks, foveas marked by eye, and the eye sides that ODIR and UNAM name."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.landmarks.samples import eyes_by_patient, judging_patients, read_marks
from ..experts.training.datasets import labels, plane
from ..records import Finding, Photograph
from .table import Row, bootstrap

DISC_BAR, FOVEA_BAR, FOVEA_WIDE_BAR, SIDE_BAR, UNDECIDED_BAR = 0.05, 0.15, 0.5, 0.99, 0.05


def evaluate(data: Path) -> list[Row]:
    """Errors in disc diameters (a photograph without the landmark counts as infinitely wrong) and sides by patient."""
    expert = load_expert("landmarks")
    return [*_disc_rows(expert, data), *_fovea_rows(expert, data), *_side_rows(expert, data)]


def _read(expert: Expert, file: Path) -> Finding:
    return expert.read(Photograph.from_file(file))


def _distance(finding: Finding, name: str, x: float, y: float) -> float:
    point = finding.points.get(name)
    return math.inf if point is None else math.hypot(point.x - x, point.y - y)


def _quantile_row(metric: str, data: str, errors: NDArray[np.float64], share: float, bar: float, note: str = "") -> Row:
    def at(values: NDArray[np.float64]) -> float:
        return float(np.quantile(values, share, method="higher"))

    interval = bootstrap(len(errors), lambda i: min(at(errors[i]), 99.0))
    return Row(metric, data, at(errors), interval, bar, lower_is_better=True, note=note)


def true_disc(mask_file: Path) -> tuple[float, float, float]:
    """Centre of mass and diameter (of a circle of the same area) of a disc mask, in its pixels."""
    ys, xs = np.nonzero(plane(mask_file) > 0)
    return float(xs.mean()) + 0.5, float(ys.mean()) + 0.5, 2 * math.sqrt(xs.size / math.pi)


def _disc_rows(expert: Expert, data: Path) -> list[Row]:
    errors, sizes = [], []
    for row in labels(data, "idrid_seg"):
        if row["split"] != "test" or not row["OD"]:
            continue
        x, y, diameter = true_disc(data / "idrid_seg" / row["OD"])
        finding = _read(expert, data / "idrid_seg" / row["image"])
        errors.append(_distance(finding, "disc", x, y) / diameter)
        measured = finding.number("disc_diameter")
        sizes.append(math.inf if measured is None else abs(measured / diameter - 1))
    name = f"IDRiD test ({len(errors)})"
    return [
        _quantile_row("disc centre error, median, DD", name, np.asarray(errors), 0.5, DISC_BAR),
        Row("disc diameter error, median, share", name, float(np.median(sizes)), lower_is_better=True),
    ]


def _fovea_rows(expert: Expert, data: Path) -> list[Row]:
    errors: list[float] = []
    masks = {row["image"]: row["OD"] for row in labels(data, "idrid_seg")}
    for mark in read_marks():
        if mark["split"] != "test" or not mark["fovea_x"]:
            continue
        if mark["dataset"] == "idrid_seg":
            diameter = true_disc(data / "idrid_seg" / masks[mark["file"]])[2]
        else:
            diameter = float(mark["disc_diameter"])
        finding = _read(expert, data / mark["dataset"] / mark["file"])
        errors.append(_distance(finding, "fovea", float(mark["fovea_x"]), float(mark["fovea_y"])) / diameter)
    name = f"marks by eye, test ({len(errors)})"
    every = np.asarray(errors)
    return [
        _quantile_row("fovea error, median, DD", name, every, 0.5, FOVEA_BAR),
        _quantile_row("fovea error, 95th percentile, DD", name, every, 0.95, FOVEA_WIDE_BAR),
    ]


def _side_rows(expert: Expert, data: Path) -> list[Row]:
    """A fixed quarter of the patients, none of whose photographs were trained on, by marks or by self-labelling."""
    judging = judging_patients(data)
    judged: dict[str, list[list[tuple[bool, bool]]]] = {"odir5k_subset": [], "unam_dme_dr": []}
    for patient, photographs in sorted(eyes_by_patient(data).items()):
        if patient not in judging:
            continue
        said = [(_read(expert, data / file).label, side) for file, side in photographs]
        judged[patient.split("/")[0]].append([(label != "unknown", label == side) for label, side in said])
    rows = []
    for name, patients in (
        ("ODIR and UNAM", judged["odir5k_subset"] + judged["unam_dme_dr"]),
        ("ODIR", judged["odir5k_subset"]),
        ("UNAM", judged["unam_dme_dr"]),
    ):
        both = name == "ODIR and UNAM"
        counts = np.array([[len(p), sum(d for d, _ in p), sum(c for _, c in p)] for p in patients])

        def right(i: NDArray[np.intp], counts: NDArray[np.int64] = counts) -> float:
            return float(counts[i, 2].sum() / max(1, counts[i, 1].sum()))

        def open_(i: NDArray[np.intp], counts: NDArray[np.int64] = counts) -> float:
            return float(1 - counts[i, 1].sum() / counts[i, 0].sum())

        every = np.arange(len(counts))
        title = f"{name} ({counts[:, 0].sum()} photographs, {len(counts)} patients)"
        rows += [
            Row(
                "laterality, right of decided",
                title,
                right(every),
                bootstrap(len(counts), right),
                SIDE_BAR if both else None,
            ),
            Row(
                "laterality, undecided",
                title,
                open_(every),
                bootstrap(len(counts), open_),
                UNDECIDED_BAR if both else None,
                lower_is_better=True,
            ),
        ]
    return rows
