"""What the detectors learn from: ODIR's photographs with what their diagnostic words name, in folds by patient."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ..training.datasets import labels

FOLDS = 5
DATASET = "odir5k_subset"
LEAST_AUC = 0.80
"""A detector whose lower bound of AUC (95 %, patients it did not see) is below this is not shipped."""
WORDS = {
    "normal_fundus": ("normal",),
    "glaucoma_suspect": ("glaucoma", "suspected_glaucoma"),
    "cataract_or_haze": ("cataract", "low_quality_kw"),
    "age_related_macular_degeneration": ("amd",),
    "hypertensive_retinopathy": ("hypertensive",),
    "pathological_myopia": ("pathological_myopia",),
}
"""Conditions with the columns of ODIR's labels that name them; any of them makes the condition present."""
_SAME_PATIENT = {"973": "352"}


@dataclass(frozen=True)
class Sample:
    """A photograph, its patient and which conditions its words name, in the order of `WORDS`."""

    image: str
    patient: str
    present: tuple[bool, ...]

    @property
    def fold(self) -> int:
        """The fold whose heads do not see this patient, 0 to FOLDS - 1."""
        return _lot("fold", self.patient) % FOLDS


def samples(data: Path) -> list[Sample]:
    """ODIR's photographs in the order of its table: all whose words name a condition, and of a quarter of the patients the
    others too.

    Those others show diabetic retinopathy, for the most part; which patients are used is by lot. Both eyes of a patient
    lie in one fold.
    """
    found = []
    for row in labels(data, DATASET):
        patient = _SAME_PATIENT.get(row["patient"], row["patient"])
        present = tuple(any(row[column] == "1" for column in columns) for columns in WORDS.values())
        if any(present) or _lot("used", patient) % 4 == 0:
            found.append(Sample(row["image"], patient, present))
    return found


def _lot(purpose: str, patient: str) -> int:
    return int(hashlib.sha256(f"fundoscope-conditions-{purpose}:{patient}".encode()).hexdigest(), 16)
