"""The disc expert's recipe out of fold: every photograph of Drishti once, by a network that did not learn from it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from fundoscope.evals import disc_folds
from fundoscope.evals.disc_folds import UNMEASURED_CDR, out_of_fold, ratio_error
from fundoscope.experts.landmarks.samples import DRISHTI_FOLDS, disc_masks, held_out_drishti
from fundoscope.experts.training.datasets import labels


def committed() -> list[dict[str, str]]:
    with disc_folds.PREDICTIONS.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_ratio_that_was_not_measured_counts_as_far_off() -> None:
    assert ratio_error(None, 0.7) == ratio_error("", 0.2) == UNMEASURED_CDR
    assert ratio_error("0.62", 0.7) == pytest.approx(0.08) == pytest.approx(ratio_error(0.78, 0.7))


def test_the_committed_predictions_are_of_five_folds_of_ten() -> None:
    rows = committed()
    assert len({row["image"] for row in rows}) == len(rows) == 50
    assert [sum(row["fold"] == str(fold) for row in rows) for fold in range(DRISHTI_FOLDS)] == [10] * 5


@pytest.mark.realdata
def test_each_photograph_is_predicted_in_the_fold_that_leaves_it_out(data_dir: Path) -> None:
    for row in committed():
        assert row["image"] in held_out_drishti(data_dir, int(row["fold"]))
    folds = [held_out_drishti(data_dir, fold) for fold in range(DRISHTI_FOLDS)]
    assert set.union(*folds) == {row["image"] for row in labels(data_dir, "drishti_gs1")} and sum(map(len, folds)) == 50


@pytest.mark.realdata
def test_a_fold_s_training_takes_no_mask_of_its_photographs(data_dir: Path) -> None:
    for fold in range(DRISHTI_FOLDS):
        masks = set(disc_masks(data_dir, fold))
        assert len(masks) == 54 + 40
        assert not masks & {f"drishti_gs1/{name}" for name in held_out_drishti(data_dir, fold)}


@pytest.mark.realdata
def test_out_of_fold_rows_are_of_all_fifty(data_dir: Path) -> None:
    error, small, large, below, above, experts, guess, disc, cup = out_of_fold(data_dir)
    assert "(50)" in error.data and error.bar == disc_folds.CDR_BAR and error.lower_is_better
    assert min(small.figure, large.figure) <= error.figure <= max(small.figure, large.figure)
    assert abs(below.figure) <= small.figure and abs(above.figure) <= large.figure
    assert 0 < experts.figure < guess.figure and guess.figure > error.figure
    assert 0.9 < disc.figure < 1 and 0.7 < cup.figure < disc.figure
