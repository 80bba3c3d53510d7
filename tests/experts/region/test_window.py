"""The crop a prompt sets, and what the network is shown of it."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.experts.region.augment import box as box_example
from fundoscope.experts.region.samples import Scene, objects_in
from fundoscope.experts.region.window import (
    FILL,
    PLANE,
    SIDE,
    Prompt,
    crop_side,
    even_out,
    frame_at,
    look,
    prompt_corners,
    prompt_plane,
)


def test_a_box_fills_its_share_of_the_crop_and_is_drawn_where_it_lies():
    box = Prompt(100, 40, 160, 70)
    frame = frame_at((200, 300), *box.centre, crop_side(box, 250))
    corners = prompt_corners(box, frame) + 0.5
    assert corners[1, 0] - corners[0, 0] == pytest.approx(FILL * SIDE)
    assert corners.mean(axis=0) == pytest.approx([SIDE / 2, SIDE / 2])
    covered = (prompt_plane(box, frame) + 1) / 2
    assert covered.sum() == pytest.approx(FILL * PLANE * FILL * PLANE / 2, rel=1e-4)


def test_a_tiny_box_is_seen_with_surroundings():
    assert crop_side(Prompt(5, 5, 9, 9), 2000) == pytest.approx(30)


def test_a_crop_shows_the_same_as_the_whole_picture_would():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (90, 120, 3), dtype=np.uint8)
    for frame in (frame_at((90, 120), 60, 45, 50), frame_at((90, 120), 4, 88, 200), frame_at((90, 120), 119, 1, 20)):
        assert np.abs(look(pixels, frame).astype(int) - frame.look(pixels).astype(int)).max() <= 2


def test_evened_out_colours_do_not_depend_on_the_cameras_gain():
    crop = np.random.default_rng(1).integers(40, 120, (SIDE, SIDE, 3), dtype=np.uint8)
    assert even_out(crop) == pytest.approx(even_out(crop.astype(np.float32) * 1.7 + 12), abs=1e-3)


def test_a_training_example_of_a_true_box_touches_its_target_on_all_sides():
    mask = np.zeros((200, 260), dtype=bool)
    mask[80:110, 90:150] = True
    (thing,) = objects_in(mask, "HE")
    scene = Scene("one", np.full((200, 260, 3), 90, dtype=np.uint8), 200.0, [thing])
    for seed in range(12):
        example = box_example(scene, thing, np.random.default_rng(seed))
        assert example.crop.shape == (3, SIDE, SIDE) and example.missed == 0
        covered = example.target > 0.5
        drawn = np.kron(example.plane[0] > 0, np.ones((2, 2), dtype=bool))
        if abs(int(drawn.sum()) - int(covered.sum())) < 0.05 * covered.sum():
            assert (drawn & covered).sum() > 0.85 * (drawn | covered).sum()
