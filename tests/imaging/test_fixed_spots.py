"""Fixed dark spots of a camera: found where they were put, in the photographs they were put in, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.imaging import find_field_of_view
from fundoscope.imaging.fixed_spots import SHOWN, STEPS, blotted, contrast, frame_of_width, shown, whole_frame
from fundoscope.imaging.spot_search import LEAST_PHOTOGRAPHS, patterns
from scipy import ndimage

SIDE = 160


def noise(count: int, seed: int = 0) -> np.ndarray:
    """Contrasts of `count` photographs that have nothing in common, smooth as those of an eye."""
    rng = np.random.default_rng(seed)
    planes = ndimage.gaussian_filter(rng.normal(size=(count, SIDE, SIDE)), (0, 1.5, 1.5))
    return planes / planes.std()


def dust(seed: int, spots: int = 30) -> np.ndarray:
    rng = np.random.default_rng(seed)
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    ys, xs = np.ogrid[:SIDE, :SIDE]
    for y, x in rng.integers(12, SIDE - 12, (spots, 2)):
        mask |= (ys - y) ** 2 + (xs - x) ** 2 <= 9
    return mask


def steps(planes: np.ndarray) -> np.ndarray:
    return np.round(np.clip(planes, -3, 3) * STEPS).astype(np.int8)


def sides(count: int) -> np.ndarray:
    return np.arange(count) % 2 == 0


def test_spots_are_found_where_they_were_put_and_in_the_photographs_that_have_them():
    planes, mask = noise(80), dust(1)
    planes[:50] -= 2.0 * mask
    (found,) = patterns(steps(planes), sides(80))
    assert found.photographs.tolist() == list(range(50))
    assert (found.spots & mask).sum() / mask.sum() > 0.9
    assert not (found.spots & ~ndimage.binary_dilation(mask, iterations=2)).any()
    assert found.sureness[mask].mean() < -8


def test_dust_that_was_wiped_off_and_came_again_elsewhere_is_found_twice():
    planes, first, second = noise(120), dust(1), dust(2)
    planes[:70] -= 2.0 * first
    planes[70:] -= 2.0 * second
    found = patterns(steps(planes), sides(120))
    assert [p.photographs.tolist() for p in found] == [list(range(70)), list(range(70, 120))]


def test_nothing_is_found_in_eyes_that_have_nothing_in_common():
    assert patterns(steps(noise(80)), sides(80)) == []


def test_what_only_eyes_of_one_side_show_belongs_to_the_eyes():
    planes, mask = noise(80), dust(1)
    planes[sides(80)] -= 2.0 * mask
    assert patterns(steps(planes), sides(80)) == []


@pytest.mark.parametrize("count", [0, 1, LEAST_PHOTOGRAPHS - 1])
def test_too_few_photographs_say_nothing(count):
    planes = noise(count) - 2.0 * dust(1) if count else np.zeros((0, SIDE, SIDE))
    assert patterns(steps(planes), sides(count)) == []


def test_photographs_of_one_side_alone_say_nothing():
    planes = noise(60) - 2.0 * dust(1)
    assert patterns(steps(planes), np.ones(60, dtype=bool)) == []


def test_a_place_that_the_disc_hides_on_one_side_is_told_by_the_other():
    planes, mask = noise(80), dust(1)
    planes -= 2.0 * mask
    planes[sides(80), :, :60] = 0
    (found,) = patterns(steps(planes), sides(80))
    assert (found.spots & mask)[:, :60].sum() / mask[:, :60].sum() > 0.9


def test_spots_are_shown_where_they_are_and_not_a_few_pixels_beside():
    mask = dust(3)
    plane = (noise(1)[0] - 2.0 * mask).astype(np.float32)
    assert shown(mask, plane) > SHOWN
    assert shown(mask, np.roll(plane, 14, axis=1)) < SHOWN
    assert shown(mask, plane[:, ::-1]) < SHOWN
    assert shown(np.zeros_like(mask), plane) == 0.0


def eye(height: int = 400, width: int = 600) -> np.ndarray:
    ys, xs = np.ogrid[:height, :width]
    lit = np.hypot(xs - width / 2, ys - height / 2) <= 0.55 * height
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[lit] = (180, 100, 60)
    pixels[lit, 1] += np.random.default_rng(0).integers(0, 9, int(lit.sum())).astype(np.uint8)
    return pixels


def test_a_dark_dot_is_dark_at_its_place_and_nothing_is_told_at_the_rim_and_outside():
    pixels = eye()
    pixels[150:155, 330:335] = (120, 60, 40)
    field = find_field_of_view(pixels)
    frame = whole_frame(field, 400, 600)
    values = contrast(pixels, field, frame)
    u, v = frame.from_photograph(332.5, 152.5)
    assert values[round(v), round(u)] == values.min() == -3
    assert abs(values[round(v) + 20, round(u)]) < 3
    ys, xs = np.nonzero(values)
    reach = np.hypot(xs + 0.5 - frame.width / 2, ys + 0.5 - frame.height / 2).max() * frame.scale
    assert 0.9 * 0.55 * 400 < reach < 0.99 * 0.55 * 400
    assert ys.min() == 0 or ys.min() * frame.scale < 5


def test_the_frames_of_a_photograph_and_of_its_enlarged_copy_are_the_same():
    small, large = (eye(h, w) for h, w in ((400, 600), (800, 1200)))
    frames = [whole_frame(find_field_of_view(p), *p.shape[:2]) for p in (small, large)]
    assert abs(frames[0].width - frames[1].width) <= 4
    again = frame_of_width(frames[0].width, frames[0].height, 800, 1200)
    assert again.scale == pytest.approx(2 * frames[0].scale, rel=0.01)


def test_disc_and_fovea_are_blotted_out():
    frame = frame_of_width(60, 40, 400, 600)
    values = np.ones((40, 60), dtype=np.float32)
    left = blotted(values, frame, [(100.0, 200.0)], 50.0)
    assert left[20, 10] == 0 and left[20, 16] == 1 and left[14, 10] == 1
    assert (left == 0).sum() == pytest.approx(np.pi * 25, rel=0.1)


def test_the_dark_edge_of_something_bright_is_no_dust():
    planes, mask = noise(80), dust(1)
    planes -= 2.0 * mask
    planes[:, 70:90, 60:110] = 3.0
    planes[:, 66:70, 60:110] = -3.0
    (found,) = patterns(steps(planes), sides(80))
    assert not found.spots[60:94, 56:114].any()
    assert (found.spots & mask).sum() > 0.6 * mask.sum()


def test_a_spot_in_the_corner_is_found_as_any_other():
    planes, mask = noise(80), dust(1)
    mask[:5, :5] = True
    (found,) = patterns(steps(planes - 2.0 * mask), sides(80))
    assert found.spots[:5, :5].mean() > 0.8


def test_one_photograph_many_times_is_no_dust():
    planes = np.repeat(noise(1), 40, axis=0)
    assert patterns(steps(planes), sides(40)) == []


def test_photographs_that_are_all_alike_at_the_spots_are_one_pattern():
    planes, mask = noise(60), dust(1)
    planes[:, ndimage.binary_dilation(mask, iterations=3)] = 0
    planes[:, mask] = -2.0
    (found,) = patterns(steps(planes), sides(60))
    assert len(found.photographs) == 60


def test_a_single_grain_is_missed():
    planes = noise(60)
    planes[:, 40:46, 60:66] -= 2.5
    assert patterns(steps(planes), sides(60)) == []
