from __future__ import annotations

import numpy as np
import pytest
from fundoscope.experts.vessels.samples import Labelled, fold_of
from fundoscope.experts.vessels.scores import auc, best_threshold, calibration_error, dice, histogram


def test_dice_counts_only_inside_the_field():
    found = np.array([[1, 1, 0, 0], [1, 0, 0, 1]], dtype=bool)
    truth = np.array([[1, 0, 0, 0], [1, 1, 0, 0]], dtype=bool)
    field = np.array([[1, 1, 1, 1], [1, 1, 1, 0]], dtype=bool)
    assert dice(found, truth, field) == pytest.approx(2 * 2 / (3 + 3))
    assert dice(~field, truth, field) == 0.0
    assert dice(~field, ~field, field) == 1.0


def test_auc_equals_the_share_of_pairs_in_order():
    rng = np.random.default_rng(3)
    probability = rng.integers(0, 8, (20, 20)).astype(np.float32) / 8
    truth = rng.random((20, 20)) < 0.3
    field = rng.random((20, 20)) < 0.9
    positive, negative = probability[truth & field], probability[~truth & field]
    pairs = positive[:, None] - negative[None, :]
    expected = ((pairs > 0) + 0.5 * (pairs == 0)).mean()
    assert auc(histogram(probability, truth, field)) == pytest.approx(expected)


def test_calibration_error_is_the_distance_of_what_was_promised_from_what_was_found():
    counts = np.zeros((2, 1001), dtype=np.int64)
    counts[0, 200], counts[1, 200] = 80, 20
    counts[0, 900], counts[1, 900] = 10, 90
    assert calibration_error(counts) == pytest.approx(0)
    counts[:, 900] = 50, 50
    assert calibration_error(counts) == pytest.approx(0.4 * 100 / 200)


def test_the_best_threshold_separates_what_can_be_separated():
    truth = np.zeros((10, 10), dtype=bool)
    truth[:2] = True
    field = np.ones_like(truth)
    probability = np.where(truth, 0.62, 0.58).astype(np.float32)
    one = Labelled("drive", "a.png", "train", np.zeros((10, 10, 3), np.uint8), truth, field)
    assert 0.58 < best_threshold([probability], [one]) <= 0.62


def test_folds_share_out_every_photograph_once():
    folds = [fold_of(rank, 7) for rank in range(20)]
    assert sorted(folds.count(k) for k in range(7)) == [2, 3, 3, 3, 3, 3, 3]
