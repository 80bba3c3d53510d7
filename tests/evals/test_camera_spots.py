"""`fundoscope calibrate --photographs`: dust of a camera is found, stored, named, and no longer counted as lesions."""

from __future__ import annotations

import datetime
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from fundoscope import Fundoscope
from fundoscope.cli import app
from fundoscope.evals import camera_spots
from fundoscope.evals.camera_spots import Camera, cameras, photographs_of, spots_of, store_found
from fundoscope.evals.doctor import examine
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts import load_card, load_expert
from fundoscope.experts.camera_spots import folder_of, store_spots, stored_spots
from fundoscope.experts.training.datasets import labels
from fundoscope.records import Photograph
from fundoscope.settings import Settings
from PIL import Image
from scipy import ndimage
from typer.testing import CliRunner

SIZE = (450, 560)
PHOTOGRAPHS = 36
pytestmark = pytest.mark.usefixtures("own_home")


def dust() -> np.ndarray:
    """How much of the light passes: dark dots at places of the sensor, some as large as haemorrhages."""
    rng = np.random.default_rng(4)
    passes = np.ones(SIZE)
    ys, xs = np.ogrid[: SIZE[0], : SIZE[1]]
    for turn in np.linspace(0, 2 * np.pi, 40, endpoint=False):
        away = rng.uniform(0.35, 0.85) * 0.42 * SIZE[1]
        y, x = SIZE[0] / 2 + away * np.sin(turn), SIZE[1] / 2 + away * np.cos(turn)
        passes[np.hypot(ys - y, xs - x) <= rng.uniform(2.5, 4.5)] = 0.6
    return ndimage.gaussian_filter(passes, 0.8)


@cache
def drawn(seed: int) -> np.ndarray:
    return draw_phantom(seed, size=SIZE, eye="right" if seed % 2 else "left").pixels


def eye(seed: int, dusty: bool) -> np.ndarray:
    return np.round(drawn(seed) * (dust()[..., None] if dusty else 1)).astype(np.uint8)


def photograph(seed: int, dusty: bool) -> Photograph:
    return Photograph.from_pixels(eye(seed, dusty))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty-six eyes, all but six taken through dust, and a file that is no picture."""
    made = tmp_path_factory.mktemp("camera")
    for seed in range(PHOTOGRAPHS):
        Image.fromarray(eye(seed, seed >= 6)).save(made / f"{seed:02d}.png")
    (made / "bad.png").write_bytes(b"no picture")
    return made


@pytest.fixture(scope="module")
def camera(folder: Path) -> Camera:
    return cameras(Photograph.from_file(file) for file in sorted(folder.glob("[0-9]*.png")))[0][0]


def test_a_dry_run_says_what_was_found_and_stores_nothing(
    folder: Path, camera: Camera, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_spots, "cameras", lambda *_: ([camera], 1))
    dry = CliRunner().invoke(app, ["calibrate", "--photographs", str(folder), "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert "fixed dark spots on" in dry.stdout and "nothing was stored" in dry.stdout
    assert "of fewer than ten people" in dry.stdout
    assert "photographs left out: 1 (disc and fovea" in dry.stdout
    assert not folder_of(own_home).exists()


def test_dust_is_found_stored_named_and_not_counted(folder: Path, own_home: Path) -> None:
    shipped, further = load_card("lesions"), photograph(101, dusty=True)
    before = Fundoscope().read(further, question="Are there haemorrhages?")
    done = CliRunner().invoke(app, ["calibrate", "--photographs", str(folder)])
    assert done.exit_code == 0 and "bad.png" in done.stderr, done.output
    (spots,) = stored_spots(own_home)
    assert 28 <= spots.photographs <= 32 and spots.count >= 20
    assert {p.name for p in folder_of(own_home).iterdir()} == {f"{spots.id}.json", f"{spots.id}.png"}
    assert str(folder_of(own_home) / f"{spots.id}.png") in done.stdout
    assert any(check.what == f"camera spots {spots.id}" for check in examine())

    card = load_card("lesions")
    assert card.version.startswith(f"{shipped.version}+spots.") and card.thresholds == shipped.thresholds
    assert load_card("lesions", Settings(site_calibration=False)) == shipped
    after = Fundoscope().read(further, question="Are there haemorrhages?")
    counts = [sum(lesions(report).number(f"lesion_count_{k}") for k in ("MA", "HE")) for report in (before, after)]
    left_out = lesions(after).number("on_camera_spots")
    assert lesions(before).measurement("on_camera_spots") is None
    assert left_out == counts[0] - counts[1] > 0
    told = [c for c in after.claims() if c.pattern in ("camera_spot", "camera_spots")]
    assert len(told) == 1 and "this camera shows a dark spot in other photographs too" in told[0].text
    assert any("fixed dark spots of this site's cameras" in limit for limit in after.limits)
    (used,) = (e for e in after.provenance.experts if e.name == "lesions")
    assert used.version == card.version

    clean = Fundoscope().read(photograph(101, dusty=False), question="Are there haemorrhages?")
    assert lesions(clean).measurement("on_camera_spots") is None


def lesions(report):
    return next(e.finding for e in report.evidence if e.finding is not None and e.finding.expert == "lesions")


def test_eyes_without_dust_have_no_fixed_spots() -> None:
    seen, left_out = cameras(photograph(seed, dusty=False) for seed in range(PHOTOGRAPHS))
    assert left_out == 0 and len(seen[0].contrasts) >= 34
    assert seen[0].short is None and spots_of(seen[0]) == []


def test_the_same_photograph_counts_once_and_too_few_are_refused(tmp_path: Path) -> None:
    for n in range(3):
        Image.fromarray(eye(n % 2, dusty=True)).save(tmp_path / f"{n}.png")
    done = CliRunner().invoke(app, ["calibrate", "--photographs", str(tmp_path)])
    assert done.exit_code != 0 and "too few to look for spots: 1 with the disc on the left and 1" in str(done.exception)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "one of --labels"),
        (["--labels", "a.csv", "--photographs", "b"], "one of --labels"),
        (["--photographs", "b", "--task", "grade"], "--task goes with --labels"),
        (["--photographs", "b"], "no such folder"),
    ],
)
def test_what_cannot_be_asked_for_is_one_line(arguments: list[str], told: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["calibrate", *arguments])
    assert done.exit_code != 0 and told in str(done.exception)


def test_a_second_run_takes_the_place_of_the_first_and_leaves_other_cameras(camera: Camera, own_home: Path) -> None:
    (found,) = spots_of(camera)
    earlier = found.spots.model_copy(update={"date": datetime.date(2025, 1, 2)})
    other = earlier.model_copy(update={"field": (0.3, 0.4, 0.5)})
    for spots in (earlier, other):
        store_spots(spots, own_home)
    lines = store_found([found], own_home)
    assert lines[-1] == f"in place of {earlier.id} of 2025-01-02"
    assert {spots.id for spots in stored_spots(own_home)} == {found.spots.id, other.id}
    assert len(store_found([found], own_home)) == 2 and len(stored_spots(own_home)) == 2


def test_photographs_of_which_none_can_be_used_are_refused_and_so_is_a_home_that_cannot_be_written(
    tmp_path: Path, own_home: Path
) -> None:
    (tmp_path / "even").mkdir()
    Image.new("RGB", (600, 500), (90, 90, 90)).save(tmp_path / "even" / "a.png")
    done = CliRunner().invoke(app, ["calibrate", "--photographs", str(tmp_path / "even")])
    assert done.exit_code != 0 and "no photograph can be used" in str(done.exception)
    shutil.rmtree(own_home)
    own_home.write_text("a file")
    done = CliRunner().invoke(app, ["calibrate", "--photographs", str(tmp_path / "even")])
    assert done.exit_code != 0 and "is not a folder" in str(done.exception)


def test_one_side_of_a_patient_who_is_known_counts_twice_at_most() -> None:
    same = [photograph(seed, dusty=False) for seed in (1, 3, 5, 7)]
    for each in same:
        each._patient = ("a", "b")
    (seen,), _ = cameras(same)
    assert len(seen.contrasts) == 2


def test_the_detector_leaves_dust_out_too(camera: Camera, own_home: Path) -> None:
    store_found(spots_of(camera), own_home)
    expert = load_expert("lesions", Settings(lesion_method="detector"))
    finding = expert.read(photograph(101, dusty=True))
    assert finding.measurement("on_camera_spots") is not None


@pytest.mark.realdata
def test_idrids_camera_has_dust_and_hrfs_has_none(data_dir: Path) -> None:
    rows = [row for row in labels(data_dir, "idrid_grading") if int(row["image"].split("_")[-1][:3]) < 178]
    files = [data_dir / "idrid_grading" / row["image"] for row in rows[:70]]
    (camera, *_), _ = cameras(photographs_of(files, []))
    (found,) = spots_of(camera)
    assert found.spots.photographs >= 0.8 * len(camera.contrasts) and found.spots.count >= 15
    assert 0.005 < found.share < 0.06
    (hrf, *_), _ = cameras(photographs_of([data_dir / "hrf" / row["image"] for row in labels(data_dir, "hrf")], []))
    assert hrf.short is None and spots_of(hrf) == []
