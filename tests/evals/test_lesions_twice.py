"""Lesions of eyes photographed twice: the share that both photographs show, and which pairs count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fundoscope.evals.lesions_twice import SET, Twice, counts_of, pairs
from fundoscope.experts.grade.split import examples
from fundoscope.experts.lesions.free import without_lesions
from fundoscope.experts.training.datasets import labels
from fundoscope.records import Comparison, Eye
from fundoscope.records.comparison import CountChange, GradeChange, LesionTally, Visit


def test_the_share_is_of_what_either_photograph_shows() -> None:
    """Two eyes: 6 of 8 detections have their like in the other photograph, then none of 1."""
    twice = Twice(np.array([0, 1]), {"HE": np.array([2, 1])}, {"HE": np.array([6, 0])})
    assert twice.detections("HE") == 9
    assert twice.share("HE") == pytest.approx(6 / 9)
    assert twice.share("HE", np.array([1, 1])) == 0.0
    assert twice.share("HE", np.array([0])) == pytest.approx(6 / 8)


def test_a_lesion_counts_in_the_photograph_that_shows_it() -> None:
    """Then 2 haemorrhages, now 5, four of which lie on one of the earlier: 5 of 7 have their like, whichever comes first."""
    seen = Visit(photograph="a" * 64)
    for earlier, tally in (
        (2, LesionTally(new=1, resolved=1, persisting=4)),
        (5, LesionTally(new=1, resolved=1, persisting=1)),
    ):
        comparison = Comparison(
            eye=Eye.RIGHT,
            earlier=seen,
            later=seen,
            grade=GradeChange(),
            counts={kind: CountChange(earlier=earlier if kind == "HE" else 0) for kind in ("MA", "HE", "EX", "SE")},
            tallies={"HE": tally},
        )
        assert counts_of(comparison)["HE"] == (2, 5)
        assert counts_of(comparison)["MA"] == (0, 0)


@pytest.mark.realdata
def test_pairs_are_of_one_eye_and_none_was_learnt_from_as_free_of_lesions(data_dir: Path) -> None:
    rows = {row["image"]: row for row in labels(data_dir, SET)}
    learnt = {e.image for e in examples(data_dir) if e.part == "train" and e.dataset == SET}
    found = list(pairs(data_dir))
    assert len(found) > 40
    for patient, one, other in found:
        assert one != other and rows[one]["patient"] == rows[other]["patient"] == patient
        assert rows[one]["eye"] == rows[other]["eye"]
        assert not any(image in learnt and without_lesions(SET, rows[image]) for image in (one, other))
