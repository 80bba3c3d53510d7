"""What is kept of a camera's spots: read back whole or not at all, and used on that camera's photographs alone."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
from fundoscope.experts.camera_spots import (
    CameraSpots,
    damaged_spots,
    folder_of,
    runs_of,
    spots_on,
    store_spots,
    stored_spots,
)
from fundoscope.experts.registry import load_card, shipped_card
from fundoscope.records import Photograph, Region
from fundoscope.settings import Settings
from PIL import Image
from pydantic import ValidationError

HEIGHT, WIDTH = 320, 400


def mask() -> np.ndarray:
    rng = np.random.default_rng(3)
    made = np.zeros((HEIGHT, WIDTH), dtype=bool)
    ys, xs = np.ogrid[:HEIGHT, :WIDTH]
    for y, x in rng.integers((60, 100), (HEIGHT - 60, WIDTH - 100), (24, 2)):
        made |= (ys - y) ** 2 + (xs - x) ** 2 <= 9
    return made


def pixels(spots: np.ndarray | None = None, seed: int = 0) -> np.ndarray:
    ys, xs = np.ogrid[:HEIGHT, :WIDTH]
    made = np.zeros((HEIGHT, WIDTH, 3))
    lit = np.hypot(ys - HEIGHT / 2, xs - WIDTH / 2) <= 0.45 * HEIGHT
    made[lit] = (180, 100, 60)
    made += lit[..., None] * np.random.default_rng(seed).normal(0, 4, (HEIGHT, WIDTH, 1))
    return np.clip(made * (1 if spots is None else np.where(spots, 0.8, 1)[..., None]), 0, 255).astype(np.uint8)


def known(photograph: Photograph) -> CameraSpots:
    field = photograph.field_of_view
    return CameraSpots(
        date=datetime.date(2026, 11, 30),
        photographs=40,
        read=50,
        count=24,
        field=(field.x / WIDTH, field.y / WIDTH, field.diameter / WIDTH),
        columns=WIDTH,
        rows=HEIGHT,
        runs=runs_of(mask()),
    )


def region(x: float, y: float, kind: str = "HE") -> Region:
    return Region(kind=kind, x=x - 3, y=y - 3, width=6, height=6, area=30, score=0.9)


def test_runs_are_the_mask_and_nothing_else():
    spots = known(Photograph.from_pixels(pixels()))
    assert np.array_equal(spots.mask, mask())
    edge = np.ones((3, 4), dtype=bool)
    assert runs_of(edge) == [(0, 0, 4), (1, 0, 4), (2, 0, 4)] and runs_of(~edge) == []


@pytest.mark.parametrize("run", [(-1, 0, 3), (HEIGHT, 0, 3), (0, 5, 5), (0, 0, WIDTH + 1)])
def test_a_spot_outside_the_grid_is_refused(run: tuple[int, int, int]) -> None:
    kept = known(Photograph.from_pixels(pixels())).model_dump() | {"runs": [run]}
    with pytest.raises(ValidationError, match="outside the grid"):
        CameraSpots.model_validate(kept)


def test_dark_regions_on_spots_are_told_where_the_photograph_shows_them():
    photograph = Photograph.from_pixels(pixels(mask()))
    on_spot = spots_on([known(photograph)], photograph)
    y, x = np.argwhere(mask())[0] + (3, 0)
    assert on_spot is not None
    assert on_spot(region(x, y)) and on_spot(region(x, y, "MA"))
    assert not on_spot(region(x, y, "EX")) and not on_spot(region(12, 12))
    assert not on_spot(region(WIDTH + 50, y)) and not on_spot(region(x, -9))


def test_a_larger_copy_of_the_photograph_has_its_spots_at_its_own_scale():
    spots = known(Photograph.from_pixels(pixels()))
    large = np.asarray(Image.fromarray(pixels(mask())).resize((2 * WIDTH, 2 * HEIGHT), Image.Resampling.BICUBIC))
    on_spot = spots_on([spots], Photograph.from_pixels(large))
    y, x = np.argwhere(mask())[0] + (3, 0)
    assert on_spot is not None and on_spot(region(2 * x, 2 * y)) and not on_spot(region(x / 2, y / 2))


@pytest.mark.parametrize("change", ["clean", "mirrored", "moved", "cut", "blank"])
def test_photographs_that_do_not_show_them_or_are_of_another_camera_lose_nothing(change: str) -> None:
    shown = pixels(mask())
    other = {
        "clean": pixels(),
        "mirrored": shown[:, ::-1],
        "moved": np.roll(shown, 30, axis=1),
        "cut": shown[:, 40:],
        "blank": np.zeros_like(shown),
    }[change]
    assert spots_on([known(Photograph.from_pixels(shown))], Photograph.from_pixels(np.ascontiguousarray(other))) is None


def test_stored_spots_come_back_and_damaged_files_are_passed_over(tmp_path: Path) -> None:
    spots, settings = known(Photograph.from_pixels(pixels())), Settings(home=tmp_path)
    assert stored_spots(tmp_path) == () and load_card("lesions", settings) == shipped_card("lesions")
    path = store_spots(spots, tmp_path)
    assert path.parent == folder_of(tmp_path)
    (path.parent / "broken.json").write_text("{")
    (path.parent / "other.json").write_text('{"rows": 3}')
    assert stored_spots(tmp_path) == (spots,) and damaged_spots(tmp_path) == ["broken.json", "other.json"]
    card = load_card("lesions", settings)
    assert card.version.startswith(f"{shipped_card('lesions').version}+spots.") and spots.id in card.limits[-1]
    assert load_card("grade", settings) == shipped_card("grade")
    path.unlink()
    assert load_card("lesions", settings) == shipped_card("lesions")


def test_a_camera_is_told_by_shape_and_field_of_view() -> None:
    spots = known(Photograph.from_pixels(pixels()))
    x, y, diameter = spots.field
    assert spots.of_same_camera(spots.model_copy(update={"field": (x + 0.002, y, diameter)}))
    assert not spots.of_same_camera(spots.model_copy(update={"field": (x + 0.05, y, diameter)}))
    assert not spots.of_same_camera(spots.model_copy(update={"rows": HEIGHT - 20}))
