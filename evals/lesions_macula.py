"""The photographic surrogate of macular oedema by the lesions expert: hard exudate within a disc diameter of the fovea.

Against IDRiD's risk of macular oedema (2: exudate within a disc diameter of the macula's centre), on the grader's hold-out
without the photographs whose lesions the segmenter learnt from.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..agents.evidence_rules import oedema_suspected, surrogate_found
from ..experts import load_expert
from ..experts.grade.split import examples
from ..experts.training.datasets import labels, picture
from ..records import Photograph
from .grade_readings import numbered, resampled
from .table import Row

IDRID = "idrid_grading"
RISKS = {"2": "found where the risk of macular oedema is labelled 2", "0": "found where it is labelled 0"}
WHAT = ("hard exudate within a disc diameter of the fovea", "that or its probability, as a report suspects oedema")


def macula_rows(data: Path) -> list[Row]:
    """How often the surrogate is found with it and without it, and how often a report suspects oedema of it."""
    lesions, landmarks, grade = (load_expert(name) for name in ("lesions", "landmarks", "grade"))
    known = {r["image"]: r for r in labels(data, IDRID)}
    held = [
        e
        for e in examples(data)
        if e.part == "holdout" and e.dataset == IDRID and known[e.image]["seg_split"] != "train"
    ]
    made = []
    for risk, words in RISKS.items():
        chosen = [e for e in held if known[e.image]["dme_risk"] == risk]
        seen = []
        for row in chosen:
            photograph = Photograph.from_pixels(picture(data / IDRID / row.image))
            found = lesions.read(photograph, {"landmarks": landmarks.read(photograph)})
            seen.append((surrogate_found(found), oedema_suspected(grade.read(photograph), found)))
        for what, of in zip(WHAT, np.array(seen, dtype=np.float64).T, strict=True):

            def share(i: NDArray[np.intp], of: NDArray[np.float64] = of) -> float:
                return float(of[i].mean())

            interval = resampled(numbered([r.group for r in chosen]), share)
            made.append(Row(f"{what}, {words}", f"IDRiD hold-out ({len(chosen)})", float(of.mean()), interval))
    return made
