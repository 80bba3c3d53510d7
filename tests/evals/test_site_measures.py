"""Own masks, positions, sides and signs: figures of a phantom whose truth is known, and bad rows that are named."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fundoscope.cli import app
from fundoscope.errors import BadSetting
from fundoscope.evals.own_labels import UnusableLabels
from fundoscope.evals.phantom import draw_phantom
from fundoscope.evals.site import evaluate_own
from fundoscope.evals.site_measures import MEASURES, mask
from fundoscope.records import Photograph
from fundoscope.settings import Settings
from PIL import Image
from typer.testing import CliRunner

PHANTOM = draw_phantom(seed=7, size=(712, 1072), lesions={"MA": 10, "HE": 6, "EX": 8, "SE": 1})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A phantom, its mirror image, and their masks."""
    made = tmp_path_factory.mktemp("masks")
    planes: dict[str, Any] = {"eye": PHANTOM.pixels, **PHANTOM.truth.masks}
    for name, plane in planes.items():
        drawn = plane if name == "eye" else (np.asarray(plane) > 0).astype(np.uint8) * 255
        Image.fromarray(drawn).save(made / f"{name}.png")
        Image.fromarray(np.ascontiguousarray(drawn[:, ::-1])).save(made / f"{name}_mirrored.png")
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(made / "small.png")
    return made


def table(folder: Path, *rows: dict[str, object]) -> Path:
    file = folder / "own.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, ["image", "patient", *dict.fromkeys(k for r in rows for k in r if k != "image")])
        writer.writeheader()
        writer.writerows([{"image": "eye.png", **row} for row in rows])
    return file


def figures(task: str, file: Path) -> dict[str, float]:
    rows, problems = evaluate_own(task, file, Settings(device="cpu"))
    assert problems == []
    assert all(row.interval is None and row.bar is None for row in rows), "a handful has no interval"
    return {row.metric: row.figure for row in rows}


def test_vessels_and_discs_are_held_against_masks(folder: Path) -> None:
    assert {"vessels", "disc", "cup"} <= set(PHANTOM.truth.masks)
    file = table(
        folder,
        {"vessels": "vessels.png", "disc": "disc.png", "vertical_cdr": 0.5},
        {"image": "eye_mirrored.png", "vessels": "vessels_mirrored.png", "disc": "disc_mirrored.png"},
    )
    vessels, disc = figures("vessels", file), figures("disc", file)
    assert vessels["Dice"] > 0.5 and vessels["AUC"] > 0.9
    assert disc["disc Dice"] > 0.85
    assert 0 <= disc["vertical cup-disc ratio, mean absolute error"] < 0.5


def test_sides_and_positions_are_held_against_what_one_marked(folder: Path) -> None:
    fovea, width = PHANTOM.truth.fovea, PHANTOM.pixels.shape[1]
    file = table(
        folder,
        {"eye": "right", "fovea_x": fovea.x, "fovea_y": fovea.y},
        {"image": "eye_mirrored.png", "eye": "OD", "fovea_x": width - fovea.x, "fovea_y": fovea.y},
    )
    found = figures("landmarks", file)
    assert found["laterality, right of decided"] == 0.5, "the mirror image is of a left eye"
    assert found["laterality, undecided"] == 0 and found["fovea not found"] == 0
    assert found["fovea error, median, DD"] < 0.2


def test_rows_that_cannot_be_used_are_named(folder: Path) -> None:
    file = table(folder, {"vessels": "small.png"}, {"image": "eye_mirrored.png", "vessels": "vessels_mirrored.png"})
    rows, problems = evaluate_own("vessels", file, Settings(device="cpu"))
    assert [row.data for row in rows] == ["own labels (1)"] * 2
    assert problems == ["row 2: the mask 'small.png' is 8x8, its photograph 1072x712"]
    for task, cells, why in (
        ("disc", {"disc": "none.png"}, "the mask 'none.png' cannot be read"),
        ("landmarks", {"fovea_x": "nan", "fovea_y": "3"}, "fovea_x is 'nan', not within 0 to 1072"),
        ("landmarks", {"disc_x": "3", "disc_y": "900"}, "disc_y is '900', not within 0 to 712"),
        ("disc", {"vertical_cdr": "45"}, "vertical_cdr is '45', not within 0 to 1"),
        ("landmarks", {"eye": "up"}, "eye is right or left (R or L, OD or OS, RE or LE), not 'up'"),
    ):
        with pytest.raises(UnusableLabels) as refused:
            evaluate_own(task, table(folder, cells), Settings(device="cpu"))
        assert refused.value.problems == [f"row 2: {why}"]
    with pytest.raises(BadSetting, match="no column MA or HE or EX or SE"):
        evaluate_own("lesions", table(folder, {"eye": "right"}))


def test_a_photograph_on_which_nothing_is_found_counts_as_one(folder: Path) -> None:
    grey = np.full((712, 1072, 3), 90, np.uint8)
    Image.fromarray(grey).save(folder / "grey.png")
    rows = [
        {"eye": "right", "fovea_x": 500, "fovea_y": 350},
        {"image": "grey.png", "eye": "left", "fovea_x": 5, "fovea_y": 5},
    ]
    found = figures("landmarks", table(folder, *rows))
    assert found["fovea not found"] == 0.5 and found["laterality, undecided"] == 0.5


def test_a_mask_of_any_colour_but_black_is_one(folder: Path) -> None:
    photograph = Photograph.from_file(folder / "eye.png")
    drawn = Image.new("P", (1072, 712))
    drawn.putpalette([0, 0, 0, 0, 0, 1])
    drawn.putpixel((7, 5), 1)
    drawn.save(folder / "palette.png")
    assert np.argwhere(mask(photograph, folder, "palette.png")).tolist() == [[5, 7]]


def test_a_task_without_own_labels_is_one_line(folder: Path) -> None:
    done = CliRunner().invoke(app, ["eval", "region", "--labels", str(table(folder, {"eye": "right"}))])
    assert done.exit_code != 0
    assert "vessels" in str(done.exception or done.output)
    assert set(MEASURES) == {"vessels", "lesions", "disc", "landmarks", "conditions"}
