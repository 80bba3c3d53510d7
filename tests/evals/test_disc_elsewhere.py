"""The cup-disc ratio on a camera whose cups nobody outlined."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fundoscope.evals import disc_elsewhere
from fundoscope.records import Photograph


def eye(name: str, patient: str, **words: str) -> dict[str, str]:
    columns = dict.fromkeys(("normal", "glaucoma", "suspected_glaucoma", "pathological_myopia"), "0")
    return {"image": name, "patient": patient, **columns, **words}


EYES = [
    eye("normal-1", "1", normal="1"),
    eye("normal-2", "1", normal="1"),
    eye("glaucoma-1", "2", glaucoma="1"),
    eye("suspected-1", "3", suspected_glaucoma="1"),
    eye("marked-1", "4", glaucoma="1"),
    eye("myopic-1", "5", glaucoma="1", pathological_myopia="1"),
    eye("other-1", "6"),
    eye("unmeasured-1", "7", normal="1"),
]
RATIOS = {"normal-1": 0.3, "normal-2": 0.5, "glaucoma-1": 0.8, "suspected-1": 0.4, "unmeasured-1": None}


def test_groups_are_told_by_words_and_marked_patients_and_myopia_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disc_elsewhere, "labels", lambda *_: EYES)
    monkeypatch.setattr(disc_elsewhere, "marked_patients", lambda *_: {"odir5k_subset/4"})
    monkeypatch.setattr(disc_elsewhere, "picture", lambda file: file.name)
    monkeypatch.setattr(Photograph, "from_pixels", lambda name: name)

    def read(name: Any) -> Any:
        return SimpleNamespace(number=lambda _: RATIOS[name])

    normal, ill, auc, unmeasured = disc_elsewhere.rows(Path("data"), read)
    assert (normal.figure, normal.data) == (pytest.approx(0.4), "ODIR (2)")
    assert (ill.figure, ill.data) == (pytest.approx(0.6), "ODIR (2)")
    assert (auc.figure, auc.data) == (0.75, "ODIR, words (2 of 4)")
    assert unmeasured.figure == pytest.approx(1 / 5) and np.isfinite(auc.interval).all()
