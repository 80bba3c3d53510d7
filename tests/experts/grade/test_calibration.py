"""Figures of merit, calibration and conformal sets against values worked out by hand or by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.experts.grade.calibration import (
    conformal_quantile,
    conformal_set,
    decide,
    fit_temperature,
    growth,
    probabilities,
    softmax,
)
from fundoscope.experts.training.metrics import calibration_error, quadratic_kappa, roc_auc


def test_quadratic_kappa_matches_a_table_worked_out_by_hand():
    truth, decided = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 1, 1, 2, 1])
    # Weighted disagreement 1 + 1 = 2; expected from the margins: (2,2,2) x (1,4,1) over 6 = 36 / 6.
    expected = (0 * 2 + 1 * 8 + 4 * 2 + 1 * 2 + 0 * 8 + 1 * 2 + 4 * 2 + 1 * 8 + 0 * 2) / 6
    assert quadratic_kappa(truth, decided) == pytest.approx(1 - 2 / expected)
    assert quadratic_kappa(truth, truth) == 1.0


def test_roc_auc_counts_pairs_and_halves_ties():
    assert roc_auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.5, 0.5, 0.9])) == pytest.approx(3.5 / 4)
    assert np.isnan(roc_auc(np.array([1, 1]), np.array([0.1, 0.2])))


def test_calibration_error_is_the_gap_between_confidence_and_hits():
    p = np.tile([0.8, 0.2, 0, 0, 0], (100, 1))
    truth = np.array([0] * 50 + [1] * 50)
    assert calibration_error(truth, p, bins=1) == pytest.approx(0.3)


def test_the_temperature_of_overconfident_logits_is_found_again():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (20_000, 5))
    grades = np.array([rng.choice(5, p=row) for row in softmax(logits)])
    temperature, offsets = fit_temperature(2.5 * logits, grades)
    assert temperature == pytest.approx(2.5, rel=0.05)
    assert not offsets.any()


def test_offsets_restore_the_share_of_each_grade():
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 1, (20_000, 5))
    shift = np.array([1.0, 0.5, 0.0, -0.5, -1.0])
    grades = np.array([rng.choice(5, p=row) for row in softmax(logits + shift)])
    temperature, offsets = fit_temperature(logits, grades, offset_penalty=1e-4)
    share = probabilities(logits, temperature, offsets).mean(axis=0)
    assert share == pytest.approx(np.bincount(grades) / len(grades), abs=0.01)


def test_a_set_grows_through_neighbours_only():
    order = [grade for grade, _ in growth(np.array([0.3, 0.05, 0.4, 0.2, 0.05]))]
    assert order == [2, 3, 4, 1, 0] or order == [2, 3, 1, 0, 4]
    assert conformal_set(np.array([0.3, 0.05, 0.4, 0.2, 0.05]), 0.5) == [2, 3]
    assert conformal_set(np.array([0.02, 0.03, 0.9, 0.03, 0.02]), 0.5) == [2]


def test_conformal_sets_hold_the_true_grade_nine_times_in_ten():
    rng = np.random.default_rng(2)
    p = softmax(rng.normal(0, 1.5, (8000, 5)))
    grades = np.array([rng.choice(5, p=row) for row in softmax(np.log(p) * 0.6)])
    quantile = conformal_quantile(p[:4000], grades[:4000])
    covered = [g in conformal_set(row, quantile) for row, g in zip(p[4000:], grades[4000:], strict=True)]
    assert np.mean(covered) == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize(("rule", "grade"), [(0, 0), (1, 2), (2, 1)])
def test_the_rules_of_decision_differ_where_they_should(rule, grade):
    assert decide(np.array([[0.45, 0.10, 0.05, 0.10, 0.30]]), rule)[0] == grade
