"""Conformal sets over many draws of what they are set on."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.evals import grade_conformal
from fundoscope.evals.grade_conformal import coverages
from fundoscope.experts.grade.calibration import softmax


def test_sets_of_photographs_drawn_alike_cover_what_they_aim_at_on_average():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.2, (500, 5))
    grades = np.array([rng.choice(5, p=p) for p in softmax(logits)])
    datasets = np.where(np.arange(500) % 5, "odir5k_subset", "idrid_grading")
    found = coverages(logits, grades, datasets, np.arange(500).astype(str), draws=12)
    assert len(found) == 12 and np.ptp(found) > 0
    assert np.mean(found) == pytest.approx(0.9, abs=0.03)


def test_patients_are_drawn_whole():
    """A patient's two photographs are alike; drawn apart, the half that is judged would be covered for certain."""
    logits = np.repeat(np.random.default_rng(1).normal(0, 1, (150, 5)), 2, axis=0)
    grades = np.repeat(np.arange(150) % 5, 2)
    groups = np.repeat(np.arange(150), 2).astype(str)
    datasets = np.where(np.arange(300) // 2 % 2, "odir5k_subset", "idrid_grading")
    for share in coverages(logits, grades, datasets, groups, draws=4):
        assert share * 75 == pytest.approx(round(share * 75))


def test_the_stored_readings_make_a_row(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(grade_conformal, "DRAWS", 4)
    row = grade_conformal.redrawn_row()
    assert row.interval is not None and 0.8 < row.interval[0] <= row.figure <= row.interval[1] < 1
