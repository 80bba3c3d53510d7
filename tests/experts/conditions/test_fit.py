"""Detectors fitted on made-up numbers whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.evals.conditions import calibration_error
from fundoscope.experts.conditions.fit import cross_fitted, platt, threshold
from fundoscope.experts.conditions.heads import Heads, sigmoid
from fundoscope.experts.training.metrics import roc_auc

N, D = 400, 8


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(N, D)).astype(np.float32)
    odds = 2.5 * features[:, 0] - 1.5
    present = np.stack([rng.random(N) < sigmoid(odds), rng.random(N) < 0.3], axis=1)
    features[rng.random(N) < 0.05, 5] = np.nan
    folds = np.arange(N) % 5
    return features, present, folds, *cross_fitted(features, present, folds)


def test_what_the_features_tell_is_found_on_folds_that_were_not_seen(fitted):
    features, present, _, _, probability, _ = fitted
    best = roc_auc(present[:, 0], features[:, 0])
    assert roc_auc(present[:, 0], probability[:, 0]) > best - 0.02


def test_what_the_features_do_not_tell_stays_at_chance(fitted):
    _, present, _, _, probability, _ = fitted
    assert roc_auc(present[:, 1], probability[:, 1]) < 0.58


def test_out_of_fold_probabilities_are_calibrated(fitted):
    _, present, _, _, probability, _ = fitted
    for k in range(2):
        assert abs(probability[:, k].mean() - present[:, k].mean()) < 0.02
        assert calibration_error(present[:, k], probability[:, k]) < 0.08


def test_a_fold_is_judged_by_heads_that_its_own_labels_do_not_change(fitted):
    features, present, folds, _, probability, _ = fitted
    other = present.copy()
    other[folds == 2] = ~other[folds == 2]
    _, again, _ = cross_fitted(features, other, folds)
    assert np.allclose(again[folds == 2], probability[folds == 2], atol=1e-6)
    assert not np.allclose(again[folds == 1], probability[folds == 1], atol=1e-3)


def test_shipped_heads_agree_with_the_folds_and_take_a_missing_number_for_an_ordinary_one(fitted):
    features, _, _, tensors, probability, _ = fitted
    heads = Heads(tensors)
    read = np.stack([heads.probabilities(row) for row in features[:60]])
    assert np.abs(read[:, 0] - probability[:60, 0]).mean() < 0.04
    blank = features[0].copy()
    blank[:] = np.nan
    assert np.isfinite(heads.probabilities(blank)).all()


def test_platt_scaling_undoes_overconfidence():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=4000)
    slope, offset = platt(3 * truth + 1, rng.random(4000) < sigmoid(truth))
    assert slope == pytest.approx(1 / 3, abs=0.04) and offset == pytest.approx(-1 / 3, abs=0.1)


def test_the_threshold_leaves_nineteen_of_twenty_without_the_condition_below_it():
    probability = np.tile(np.linspace(0, 1, 101), 2)
    present = np.arange(202) > 100
    cut = threshold(probability, present)
    assert (probability[~present] < cut).mean() == pytest.approx(0.95, abs=0.01)


def test_the_threshold_is_higher_where_nine_of_ten_with_the_condition_still_reach_it():
    probability = np.concatenate([np.linspace(0, 0.2, 100), np.linspace(0.5, 1, 101)])
    present = np.arange(201) > 99
    cut = threshold(probability, present)
    assert (probability[present] >= cut).mean() == pytest.approx(0.9, abs=0.02)
    assert cut == pytest.approx(0.55, abs=0.006)


def test_calibration_error_is_the_gap_that_was_put_in():
    present = np.arange(1000) % 2 == 0
    assert calibration_error(present, np.full(1000, 0.5)) == pytest.approx(0.0)
    assert calibration_error(present, np.full(1000, 0.8)) == pytest.approx(0.3)
