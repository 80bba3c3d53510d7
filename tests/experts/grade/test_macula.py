"""The head for macular oedema finds what tells the two apart, and nobody is on two sides of its split."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import fundoscope.experts.grade as grade
import numpy as np
import pytest
from fundoscope.experts.grade.macula import OedemaExample, choose, fit, oedema_examples
from fundoscope.experts.grade.split import SPLIT_FILE, read_split
from fundoscope.experts.training.metrics import roc_auc


def _material(count, seed):
    """Features of which the first tells the two apart with log-odds 3 x, others noise."""
    rng = np.random.default_rng(seed)
    features = rng.normal(0, 1, (count, 20))
    oedema = rng.random(count) < 1 / (1 + np.exp(-3 * features[:, 0]))
    return features, oedema


def test_with_much_material_and_no_penalty_the_log_odds_are_found_again():
    features, oedema = _material(40_000, 0)
    head = fit(features, oedema, np.ones(len(oedema)), 0.0)
    assert head.weight[0] == pytest.approx(3.0, rel=0.05)
    assert np.abs(head.weight[1:]).max() < 0.1
    assert head.offset == pytest.approx(0.0, abs=0.1)


def test_a_strong_penalty_leaves_only_the_share_of_the_ill():
    features, oedema = _material(4_000, 1)
    oedema &= features[:, 1] > 0
    head = fit(features, oedema, np.ones(len(oedema)), 1e4)
    assert head.probability(features) == pytest.approx(oedema.mean(), abs=0.01)


def test_the_photographs_weights_count():
    features, oedema = np.zeros((4, 1)), np.array([True, False, False, False])
    head = fit(features, oedema, np.array([3.0, 1.0, 1.0, 1.0]), 0.1)
    assert head.probability(np.zeros(1)) == pytest.approx(0.5)


def test_the_penalty_is_chosen_on_the_validation_part():
    features, oedema = _material(600, 2)
    parts = np.where(np.arange(600) < 120, "train", "validation")
    rows = [
        OedemaExample("set", str(i), str(i), bool(o), str(p))
        for i, (o, p) in enumerate(zip(oedema, parts, strict=True))
    ]
    head, penalty = choose(features, rows)
    assert penalty > 0
    assert roc_auc(oedema[120:], head.probability(features[120:])) > 0.85


@pytest.mark.realdata
def test_a_patient_is_on_one_side_for_grade_and_oedema(data_dir):
    split = read_split(Path(grade.__file__).parent / SPLIT_FILE)
    rows = oedema_examples(data_dir, split)
    sides = defaultdict(set)
    for row in [*split, *rows]:
        sides[row.dataset, row.group].add(row.part)
    assert all(len(parts) == 1 for parts in sides.values())
    assert len(rows) == 413 + 845
    for dataset in ("idrid_grading", "unam_dme_dr"):
        own = [r for r in rows if r.dataset == dataset]
        assert 0.15 < np.mean([r.part == "holdout" for r in own]) < 0.27
