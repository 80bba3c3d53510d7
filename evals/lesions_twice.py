"""How many of the lesions detected in one photograph of an eye are detected in another of the same eye.

    python -m fundoscope.evals.lesions_twice --data DIR

UNAM has eyes of which there are two photographs; how long lies between them is not said. Each pair is registered and its
lesions matched as those of two visits are, where microaneurysm and haemorrhage count as alike. The shares are written to
experts/repeatability.json, and reports tell them beside lesions that one visit alone shows. Left out are pairs of the same
file and those with a photograph that the lesion network may have learnt from as free of lesions.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.grade.split import examples
from ..experts.lesions.free import without_lesions
from ..experts.quality.expert import GRADABLE
from ..experts.repeatability import FILE
from ..experts.training.datasets import labels
from ..records import Comparison, Eye, Finding, Photograph
from ..records.comparison import LesionTally, Visit
from ..tools.compare import Seen, compare
from ..tools.lesion_changes import KINDS
from .grade_readings import numbered, resampled
from .table import Row

SET = "unam_dme_dr"
EXPERTS = ("quality", "landmarks", "vessels", "lesions")
COMMAND = "python -m fundoscope.evals.lesions_twice --data DIR"


@dataclass(frozen=True)
class Twice:
    """Of the pairs that were compared, by kind (pairs,): lesions of either photograph that the other has not, and has.

    `patients` (pairs,) numbers whose eyes they are.
    """

    patients: NDArray[np.intp]
    once: dict[str, NDArray[np.int64]]
    again: dict[str, NDArray[np.int64]]

    def detections(self, kind: str) -> int:
        """Lesions of a kind in either photograph of all pairs, where both show the retina."""
        return int(self.again[kind].sum() + self.once[kind].sum())

    def share(self, kind: str, chosen: NDArray[np.intp] | None = None) -> float:
        """Of the lesions of a photograph, how many the other shows too, over both photographs of all pairs."""
        once, again = (v if chosen is None else v[chosen] for v in (self.once[kind], self.again[kind]))
        return float(again.sum() / max(1, again.sum() + once.sum()))


def evaluate(data: Path) -> list[Row]:
    """The shares by kind, whose intervals resample patients."""
    twice = measured(data)
    rows = []
    for kind in KINDS:
        eyes = len(twice.patients)
        where = f"UNAM, {eyes} eyes photographed twice ({twice.detections(kind)} detections of {kind})"

        def share(chosen: NDArray[np.intp], kind: str = kind) -> float:
            return twice.share(kind, chosen)

        rows.append(
            Row("detected in the other photograph too", where, twice.share(kind), resampled(twice.patients, share))
        )
    return rows


def measured(data: Path) -> Twice:
    """Every pair that is gradable and registered."""
    experts = {name: load_expert(name) for name in EXPERTS}
    found = [(patient, _compared(data, pair, experts)) for patient, *pair in pairs(data)]
    compared = [(patient, counts_of(comparison)) for patient, comparison in found if comparison is not None]
    return Twice(
        patients=numbered([patient for patient, _ in compared]),
        once={kind: np.array([counts[kind][0] for _, counts in compared]) for kind in KINDS},
        again={kind: np.array([counts[kind][1] for _, counts in compared]) for kind in KINDS},
    )


def counts_of(comparison: Comparison) -> dict[str, tuple[int, int]]:
    """By kind: lesions of either photograph that the other has not, and those that it has.

    A lesion is counted in the photograph that shows it, so that one of the earlier that is matched by two of the later
    counts once and they twice.
    """
    counts = {}
    for kind in KINDS:
        tally, earlier = comparison.tallies.get(kind, LesionTally()), comparison.counts[kind].earlier or 0
        matched_then = earlier - tally.resolved - tally.not_comparable_then if kind in comparison.tallies else 0
        counts[kind] = (tally.new + tally.resolved, tally.persisting + matched_then)
    return counts


def pairs(data: Path) -> Iterator[tuple[str, str, str]]:
    """Patient and photographs of eyes with two, but those that the lesion network may have learnt from."""
    learnt = {(e.dataset, e.image) for e in examples(data) if e.part == "train"}
    eyes: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in labels(data, SET):
        eyes[row["patient"], row["eye"]].append(row)
    for _, rows in sorted(eyes.items()):
        free = any(without_lesions(SET, row) and (SET, row["image"]) in learnt for row in rows)
        if len(rows) == 2 and not free:
            yield rows[0]["patient"], rows[0]["image"], rows[1]["image"]


def _compared(data: Path, pair: Sequence[str], experts: dict[str, Expert]) -> Comparison | None:
    """The pair held against each other; None when they are one picture, when one is not gradable, and when they could not be
    laid on each other."""
    one, other = (Photograph.from_file(data / SET / image) for image in pair)
    if one.sha256 == other.sha256:
        return None
    first, second = _seen(one, experts), _seen(other, experts)
    compared = None if first is None or second is None else compare(Eye.UNKNOWN, first, second)
    return None if compared is None or compared.alignment is None else compared


def _seen(photograph: Photograph, experts: dict[str, Expert]) -> Seen | None:
    findings: dict[str, Finding] = {}
    for name in EXPERTS:
        findings[name] = experts[name].read(photograph, findings)
        if findings["quality"].label != GRADABLE:
            return None
    return Seen(Visit(photograph=photograph.sha256), findings)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the labelled photographs")
    parser.add_argument("--out", type=Path, default=FILE)
    given = parser.parse_args()
    twice = measured(given.data)
    shares: dict[str, Any] = {
        kind: {"share": round(twice.share(kind), 3), "detections": twice.detections(kind)} for kind in KINDS
    }
    written = json.loads(given.out.read_text(encoding="utf-8"))
    written["lesions"] = {"command": COMMAND, "pairs": len(twice.patients), "set": SET, "kinds": shares}
    given.out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
