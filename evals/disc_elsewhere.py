"""The cup-disc ratio on a camera whose cups it has not learnt: ODIR's eyes with glaucoma by their words against normal fundi.

No cup is outlined there. The disc network has seen the discs, not the cups, of the photographs marked for the landmarks;
their patients are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts.landmarks.samples import marked_patients, patient_of
from ..experts.training.datasets import labels, picture
from ..experts.training.metrics import roc_auc
from ..records import Finding, Photograph
from .grade_readings import numbered, resampled
from .table import Row

DATASET = "odir5k_subset"
GLAUCOMA = ("glaucoma", "suspected_glaucoma")
OTHER_DISEASE = ("pathological_myopia",)
"""Whose discs are of another shape: not among the eyes with glaucoma that are judged."""


def rows(data: Path, read: Callable[[Photograph], Finding]) -> list[Row]:
    """Median ratio of either group, and how well the ratio tells them apart; intervals by patient."""
    marked = marked_patients(data, "train")
    ratios, glaucoma, patients, unmeasured = [], [], [], 0
    for row in labels(data, DATASET):
        ill = any(row[name] == "1" for name in GLAUCOMA)
        patient = patient_of(DATASET, row)
        if not (ill or row["normal"] == "1") or patient in marked or any(row[o] == "1" for o in OTHER_DISEASE):
            continue
        ratio = read(Photograph.from_pixels(picture(data / DATASET / row["image"]))).number("vertical_cdr")
        if ratio is None:
            unmeasured += 1
            continue
        ratios.append(float(ratio))
        glaucoma.append(ill)
        patients.append(patient)
    return _rows(np.array(ratios), np.array(glaucoma), numbered(patients), unmeasured)


def _rows(
    ratio: NDArray[np.float64], glaucoma: NDArray[np.bool_], patients: NDArray[np.intp], unmeasured: int
) -> list[Row]:
    made = []
    for words, chosen in (("normal fundus", ~glaucoma), ("glaucoma or suspected", glaucoma)):
        at = np.flatnonzero(chosen)
        interval = resampled(patients[at], lambda i, at=at: float(np.median(ratio[at[i]])))  # type: ignore[misc]
        made.append(
            Row(f"vertical cup-disc ratio, median: {words}", f"ODIR ({at.size})", float(np.median(ratio[at])), interval)
        )
    data = f"ODIR, words ({int(glaucoma.sum())} of {ratio.size})"
    auc = Row(
        "AUC of the ratio for glaucoma or suspected against normal fundi", data, roc_auc(glaucoma, ratio),
        resampled(patients, lambda i: roc_auc(glaucoma[i], ratio[i])),
    )  # fmt: skip
    return [*made, auc, Row("ratios not measured", data, unmeasured / (unmeasured + ratio.size), lower_is_better=True)]
