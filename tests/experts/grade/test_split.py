"""Nobody is on two sides of the grader's split."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import fundoscope.experts.grade as grade
import pytest
from fundoscope.experts.grade.split import SPLIT_FILE, examples, read_split
from fundoscope.experts.training.datasets import labels

SPLIT = Path(grade.__file__).parent / SPLIT_FILE


def test_a_group_is_on_one_side():
    sides = defaultdict(set)
    for row in read_split(SPLIT):
        sides[row.dataset, row.group].add(row.part)
    assert all(len(parts) == 1 for parts in sides.values())


def test_identical_photographs_share_a_group():
    group = {Path(r.image).stem[-3:]: r.group for r in read_split(SPLIT) if r.dataset == "idrid_grading"}
    for one, other in (("021", "391"), ("028", "327"), ("045", "333"), ("073", "375"), ("079", "279")):
        assert group[one] == group[other]


def test_about_a_fifth_is_held_out():
    for name in ("idrid_grading", "odir5k_subset"):
        parts = [r.part for r in read_split(SPLIT) if r.dataset == name]
        assert 0.17 <= parts.count("holdout") / len(parts) <= 0.25


@pytest.mark.realdata
def test_the_shipped_split_is_the_one_the_training_script_makes(data_dir):
    assert read_split(SPLIT) == examples(data_dir)


@pytest.mark.realdata
def test_the_lesion_benchmark_s_test_photographs_do_not_train(data_dir):
    part = {r.image: r.part for r in read_split(SPLIT) if r.dataset == "idrid_grading"}
    tested = [r["image"] for r in labels(data_dir, "idrid_grading") if r["seg_split"] == "test"]
    assert len(tested) == 15
    assert {part[image] for image in tested} == {"holdout"}
