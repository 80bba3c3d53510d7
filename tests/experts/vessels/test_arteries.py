from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from fundoscope.experts.vessels.arteries import ARTERY, VEIN, by_segment, kinds_right
from fundoscope.experts.vessels.samples import Labelled, photographs
from fundoscope.experts.vessels.train_arteries import load_split, loss_of


def labelled(kinds: np.ndarray, field: np.ndarray) -> Labelled:
    return Labelled("hrf", "a.png", "train", np.zeros((*kinds.shape, 3), np.uint8), kinds > 0, field, kinds)


def test_every_pixel_of_a_vessel_takes_the_mean_of_its_segment(draw):
    rows = np.linspace(100, 600, 3000)
    tree = draw([np.column_stack([rows, np.full(3000, c)]) for c in (200, 500)], [8.0, 8.0], artery=[0.8, 0.3])
    tree.artery[100:200, 150:250] = 0.1
    plane = by_segment(tree)
    assert plane[300, 198:203] == pytest.approx(0.8 * 0.8 + 0.2 * 0.1, abs=0.02)
    assert plane[150, 200] == plane[550, 200]
    assert plane[300, 498:503] == pytest.approx(0.3, abs=0.02)


def test_without_segments_each_pixel_keeps_its_own(draw):
    tree = draw([np.array([[350.0, 350.0]])], [1.0], artery=[0.9])
    assert np.array_equal(by_segment(tree), tree.artery)


def test_only_pixels_labelled_artery_or_vein_inside_the_field_are_judged():
    kinds = np.array([[ARTERY, ARTERY, VEIN, 3, 0, VEIN]], dtype=np.uint8)
    field = np.array([[1, 1, 1, 1, 1, 0]], dtype=bool)
    artery = np.array([[0.9, 0.2, 0.1, 0.9, 0.9, 0.9]], dtype=np.float32)
    assert kinds_right(artery, labelled(kinds, field)) == (2, 3)


def test_the_loss_looks_at_labelled_vessels_only():
    batch = torch.zeros(1, 6, 32, 32)
    batch[:, 5] = 1
    batch[:, 3, 8:16], batch[:, 4, 20:24] = 1, 1
    logits = torch.randn(1, 1, 16, 16)
    logits[:, :, 4:8], logits[:, :, 10:12] = 20, -20
    assert float(loss_of(lambda _x: logits, batch)) < 1e-6
    logits[:, :, 4:8] = -20
    assert float(loss_of(lambda _x: logits, batch)) == pytest.approx(20 * 8 / 12, rel=1e-3)


@pytest.mark.realdata
def test_the_photographs_learnt_from_are_none_of_the_customary_test(data_dir: Path):
    training, held = load_split(data_dir)
    test = {one.file for one in photographs(data_dir, "hrf", "test")}
    assert (len(training), len(held), len(test)) == (12, 3, 30)
    assert not test & {one.file for one in training + held}
