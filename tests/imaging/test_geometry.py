"""Field of view and frames: where things are, to the pixel."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.imaging import Frame, find_field_of_view
from numpy.typing import NDArray
from PIL import Image


def disc_picture(height: int, width: int, x: float, y: float, radius: float) -> NDArray[np.uint8]:
    ys, xs = np.ogrid[:height, :width]
    lit = (xs + 0.5 - x) ** 2 + (ys + 0.5 - y) ** 2 <= radius**2
    picture = np.zeros((height, width, 3), dtype=np.uint8)
    picture[lit] = (160, 80, 40)
    return picture


@pytest.mark.parametrize(
    ("height", "width", "x", "y", "radius"),
    [
        (584, 565, 282, 290, 270),
        (1424, 2144, 1080, 712, 850),
        (512, 512, 256, 256, 256),
        (2848, 4288, 2100, 1400, 1500),
    ],
)
def test_circle_is_found_within_one_percent(height: int, width: int, x: float, y: float, radius: float) -> None:
    fov = find_field_of_view(disc_picture(height, width, x, y, radius))
    assert fov.x == pytest.approx(x, abs=0.02 * radius)
    assert fov.y == pytest.approx(y, abs=0.02 * radius)
    assert fov.diameter == pytest.approx(2 * radius, rel=0.02)


def test_picture_without_surround_is_its_own_field() -> None:
    rng = np.random.default_rng(0)
    fov = find_field_of_view(rng.integers(100, 140, (300, 400, 3)).astype(np.uint8))
    assert (fov.left, fov.top, fov.right, fov.bottom) == (0, 0, 400, 300)


@pytest.mark.parametrize("value", [0, 255])
def test_flat_picture_does_not_break_it(value: int) -> None:
    fov = find_field_of_view(np.full((100, 100, 3), value, dtype=np.uint8))
    assert fov.diameter > 0


@pytest.mark.parametrize("square", [True, False])
@pytest.mark.parametrize("diameter", [128, 333, 700])
def test_a_spot_comes_back_to_where_it_was(square: bool, diameter: int) -> None:
    picture = disc_picture(700, 1000, 480, 350, 330)
    picture[200:212, 600:612] = (255, 255, 0)
    frame = Frame.around(find_field_of_view(picture), (700, 1000), diameter, square=square, multiple=32)
    seen = frame.look(picture)
    assert seen.shape == (frame.height, frame.width, 3)
    restored = frame.restore(((seen[:, :, 1] > 150) & (seen[:, :, 2] < 30)).astype(np.float32))
    assert restored.shape == (700, 1000) and restored.dtype == np.float32
    ys, xs = np.nonzero(restored > 0.5)
    assert xs.mean() + 0.5 == pytest.approx(606, abs=1.5 * frame.scale / 2 + 0.6)
    assert ys.mean() + 0.5 == pytest.approx(206, abs=1.5 * frame.scale / 2 + 0.6)


def test_points_go_there_and_back() -> None:
    frame = Frame(left=-12.5, top=40.0, scale=2.25, width=320, height=256, photograph_width=640, photograph_height=700)
    assert frame.from_photograph(*frame.to_photograph(17.0, 250.0)) == pytest.approx((17.0, 250.0))


def test_map_outside_the_frame_is_zero() -> None:
    frame = Frame(left=50, top=60, scale=1.0, width=10, height=20, photograph_width=100, photograph_height=120)
    restored = frame.restore(np.ones((20, 10), dtype=np.float32))
    assert restored.sum() == pytest.approx(200)
    assert restored[60:80, 50:60].min() == 1.0


@pytest.mark.parametrize(
    ("left", "top", "scale"), [(12.4, 3.5, 0.667), (0.5, 20.49, 1.37), (-3.3, 7.6, 0.9), (5.0, 5.0, 3.1)]
)
def test_a_map_comes_back_where_it_was_seen_to_a_fiftieth_of_a_pixel(left: float, top: float, scale: float) -> None:
    frame = Frame(left=left, top=top, scale=scale, width=96, height=64, photograph_width=300, photograph_height=200)
    across = (np.arange(96, dtype=np.float32) + 0.5) / 96
    down = (np.arange(64, dtype=np.float32) + 0.5) / 64
    for ramp, axis, size in ((across[None].repeat(64, 0), 1, 96), (down[:, None].repeat(96, 1), 0, 64)):
        restored = frame.restore(ramp)
        rows, columns = np.nonzero((restored > 0.05) & (restored < 0.95))
        start, at = (left, columns) if axis else (top, rows)
        off = (restored[rows, columns] * size * scale + start) - (at + 0.5)
        assert rows.size > 500 and abs(off).max() < 0.02 * max(1, scale)


@pytest.mark.parametrize("padded", [0, 60])
def test_a_field_cut_flat_at_top_and_bottom_keeps_its_circle_with_and_without_a_black_border(padded: int) -> None:
    cut = disc_picture(600, 800, 400, 300, 340)[40:-40]
    fov = find_field_of_view(np.pad(cut, ((padded, padded), (padded, padded), (0, 0))))
    assert (fov.x, fov.y) == pytest.approx((400 + padded, 260 + padded), abs=3)
    assert fov.diameter == pytest.approx(680, rel=0.015) and fov.beyond < 0.01 and fov.reach is None


def test_where_the_frame_cuts_on_all_sides_the_field_reaches_to_the_corners() -> None:
    shown = (disc_picture(600, 800, 400, 300, 520) * np.linspace(0.7, 1, 800)[None, :, None]).astype(np.uint8)
    fov = find_field_of_view(shown)
    assert fov.diameter == pytest.approx(800, rel=0.01) and fov.beyond > 0.05
    assert fov.reach == pytest.approx(1000, rel=0.02)
    assert fov.mask(600, 800).mean() > 0.99 and fov.mask(600, 800, margin=0.1).mean() > 0.95


def test_a_squeezed_field_does_not_reach_into_its_dark_corners() -> None:
    ys, xs = np.ogrid[:600, :600]
    picture = np.zeros((600, 600, 3), dtype=np.uint8)
    picture[((xs - 300) / 300) ** 2 + ((ys - 300) / 400) ** 2 <= 1] = (160, 80, 40)
    fov = find_field_of_view(picture)
    assert fov.reach is None and fov.mask(600, 600)[:40, :40].sum() == 0


@pytest.mark.parametrize("ratio", [0.8, 0.93, 1.0, 1.02, 1.08, 1.3])
@pytest.mark.parametrize("cut", [0, 50])
def test_a_squeezed_field_is_told_with_how_much_taller_than_wide_it_is(ratio: float, cut: int) -> None:
    picture = disc_picture(600, 700, 350, 300, 290)
    side = round(700 / ratio)
    squeezed = np.asarray(Image.fromarray(picture).resize((side, 600), Image.Resampling.BILINEAR))
    fov = find_field_of_view(squeezed[cut : 600 - cut])
    assert fov.squeezed == pytest.approx(ratio, abs=0.015)


def test_a_dim_field_is_no_ellipse() -> None:
    ys = np.linspace(0, 1, 600)[:, None, None]
    shaded = (disc_picture(600, 700, 350, 300, 290) * np.clip(ys * 1.6, 0, 1)).astype(np.uint8)
    assert abs(find_field_of_view(shaded).squeezed - 1) < 0.04


def test_a_squeezed_field_is_read_as_the_ellipse_it_is() -> None:
    ys, xs = np.ogrid[:700, :600]
    lit = ((xs + 0.5 - 310) / 240) ** 2 + ((ys + 0.5 - 340) / 320) ** 2 <= 1
    picture = np.zeros((700, 600, 3), dtype=np.uint8)
    picture[lit] = (160, 80, 40)
    fov = find_field_of_view(picture)
    assert fov.ellipse == pytest.approx((310, 340, 480, 640), abs=8)
    inside = fov.mask(700, 600)
    assert (inside & lit).sum() > 0.985 * lit.sum() and (inside & ~lit).sum() < 0.03 * lit.sum()
    x, y = fov.inward(np.array([310.0, 60.0, 310.0]), np.array([10.0, 340.0, 340.0]), 5)
    assert x == pytest.approx([310, 75, 310], abs=6) and y == pytest.approx([27, 340, 340], abs=6)
    assert fov.inside(x, y).all() and not fov.inside(np.array([310.0]), np.array([10.0])).any()
