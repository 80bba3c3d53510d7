"""The shipped lesions expert."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from fundoscope.errors import BadSetting
from fundoscope.experts import lesions, load_card, load_expert
from fundoscope.experts.lesions.detector import Box
from fundoscope.experts.lesions.measure import LEAST_FIELD, unseen_kinds
from fundoscope.experts.lesions.network import KINDS
from fundoscope.experts.lesions.scores import average_precision, histograms
from fundoscope.experts.training.datasets import labels, plane
from fundoscope.imaging import FieldOfView
from fundoscope.records import Finding, Measurement, Photograph, Point, Status
from fundoscope.settings import default_settings


def eye(height: int = 120, width: int = 160) -> np.ndarray:
    """An orange disc on black with a yellow spot and a dark one."""
    ys, xs = np.mgrid[:height, :width]
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    radius = np.hypot(xs - width / 2, ys - height / 2) / (min(height, width) / 2)
    pixels[radius < 0.98] = (170, 85, 30)
    pixels[np.hypot(xs - width * 0.6, ys - height * 0.4) < height * 0.02] = (240, 220, 120)
    pixels[np.hypot(xs - width * 0.4, ys - height * 0.6) < height * 0.02] = (90, 20, 10)
    noise = np.random.default_rng(1).normal(0, 3, pixels.shape)
    return np.clip(pixels + noise * (pixels > 0), 0, 255).astype(np.uint8)


def wide(diameter: float) -> FieldOfView:
    return FieldOfView(diameter / 2, diameter / 2, diameter, 0, 0, round(diameter), round(diameter), 1.0)


@pytest.fixture
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pictures are counted in, so that a test takes no longer than it must."""
    monkeypatch.setattr("fundoscope.experts.lesions.measure.LEAST_FIELD", 0)


def landmarks(disc: tuple[float, float]) -> dict[str, Finding]:
    finding = Finding(expert="landmarks", version="1", weights_sha256="0", photograph="0")
    finding.points = {"fovea": Point(x=80, y=60), "disc": Point(x=disc[0], y=disc[1])}
    finding.measurements = [Measurement(name="disc_diameter", value=20.0, unit="px")]
    return {"landmarks": finding}


def test_the_card_pins_the_weights_that_are_there():
    card = load_card("lesions")
    folder = Path(lesions.__file__).parent
    assert {w.file for w in card.weights} == {"weights/segmenter.safetensors", "weights/detector.safetensors"}
    for entry in card.weights:
        assert hashlib.sha256((folder / entry.file).read_bytes()).hexdigest() == entry.sha256
    assert card.figures
    assert all(f.command.startswith("fundoscope eval lesions") for f in card.figures)


@pytest.mark.parametrize("shape", [(64, 64), (70, 210), (120, 160)])
@pytest.mark.usefixtures("any_size")
def test_maps_have_the_photographs_size_whatever_it_is(shape: tuple[int, int]):
    finding = load_expert("lesions").read(Photograph.from_pixels(eye(*shape)))
    for kind in KINDS:
        plane_at_size = finding.array(kind)
        assert plane_at_size.shape == shape
        assert plane_at_size.dtype == np.float32
        assert 0 <= plane_at_size.min() <= plane_at_size.max() <= 1
        assert finding.number(f"lesion_count_{kind}") == sum(r.kind == kind for r in finding.regions)


def test_a_field_too_small_to_show_them_leaves_lesions_not_assessed():
    finding = load_expert("lesions").read(Photograph.from_pixels(eye()))
    assert finding.regions == []
    assert finding.array("MA").shape == (120, 160)
    for kind in KINDS:
        found = finding.measurement(f"lesion_count_{kind}")
        assert found is not None
        assert found.status is Status.NOT_ASSESSED
        assert "pixels wide" in (found.reason or "")
    assert set(unseen_kinds(wide(LEAST_FIELD - 1))) == set(KINDS)
    assert unseen_kinds(wide(LEAST_FIELD)) == {}


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_picture_is_read_without_raising(level: int):
    finding = load_expert("lesions").read(Photograph.from_pixels(np.full((80, 120, 3), level, dtype=np.uint8)))
    assert finding.status is Status.MEASURED
    assert finding.array("MA").shape == (80, 120)


@pytest.mark.usefixtures("any_size")
def test_the_same_photograph_gives_the_same_finding_and_regions_lie_inside_it():
    expert = load_expert("lesions")
    photograph = Photograph.from_pixels(eye())
    first, second = expert.read(photograph), expert.read(photograph)
    assert first.model_dump_json() == second.model_dump_json()
    for region in first.regions:
        assert -1 <= region.x < region.x + region.width <= 161
        assert -1 <= region.y < region.y + region.height <= 121


@pytest.mark.usefixtures("any_size")
def test_nothing_is_reported_on_the_optic_disc():
    expert = load_expert("lesions")
    photograph = Photograph.from_pixels(eye())
    free = expert.read(photograph)
    at = np.unravel_index(int(free.array("EX").argmax()), (120, 160))
    finding = expert.read(photograph, landmarks((float(at[1]), float(at[0]))))
    ys, xs = np.ogrid[:120, :160]
    on_disc = np.hypot(xs - at[1], ys - at[0]) < 9.5
    assert all(finding.array(kind)[on_disc].max() < 0.01 for kind in KINDS)
    assert not any(np.hypot(r.x + r.width / 2 - at[1], r.y + r.height / 2 - at[0]) < 8 for r in finding.regions)


def test_an_unknown_method_is_refused():
    with pytest.raises(BadSetting, match="segmenter or detector"):
        load_expert("lesions", default_settings().model_copy(update={"lesion_method": "guess"}))


@pytest.mark.usefixtures("any_size")
def test_the_detector_counts_what_it_has_learnt_to_find(monkeypatch: pytest.MonkeyPatch):
    boxes = [Box(200, 200, 230, 240, "HE", 0.9), Box(300, 100, 340, 130, "EX", 0.8)]
    monkeypatch.setattr("fundoscope.experts.lesions.expert.detect", lambda *_: boxes)
    expert = load_expert("lesions", default_settings().model_copy(update={"lesion_method": "detector"}))
    own = {"detector_MA": 1.0, "detector_HE": 0.2, "detector_EX": 0.2, "detector_SE": 0.2}
    expert.card = expert.card.model_copy(update={"thresholds": expert.card.thresholds | own})
    finding = expert.read(Photograph.from_pixels(eye()))
    assert "counted by the detector" in finding.notes
    assert [finding.number(f"lesion_count_{kind}") for kind in KINDS] == [None, 1, 1, 0]
    unlearnt = finding.measurement("lesion_count_MA")
    assert unlearnt is not None
    assert unlearnt.reason == "the detector has not learnt to find microaneurysms"


@pytest.mark.usefixtures("any_size")
def test_with_a_checkpoint_the_maps_are_outlines_of_the_boxes(tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch):
    boxes = [Box(200, 200, 230, 240, "HE", 0.9), Box(300, 100, 340, 130, "EX", 0.8)]
    monkeypatch.setattr("fundoscope.experts.lesions.expert.detect", lambda *_: boxes)
    update = {"lesion_method": "detector", "sam_checkpoint": tiny_checkpoint, "sam_model": "tiny"}
    expert = load_expert("lesions", default_settings().model_copy(update=update))
    finding = expert.read(Photograph.from_pixels(eye()))
    assert any("segment-anything" in note for note in finding.notes)
    assert [(r.kind, r.score) for r in finding.regions] == [("HE", 0.9), ("EX", 0.8)]
    assert finding.array("MA").max() == finding.array("SE").max() == 0
    for channel, box in (("HE", boxes[0]), ("EX", boxes[1])):
        plane_at_work, _ = finding.working_map(channel)
        rows, columns = np.nonzero(plane_at_work)
        assert set(np.unique(plane_at_work)) <= {np.float32(0), np.float32(box.score)}
        assert all(box.left - 4 <= columns) and all(columns <= box.right + 4)
        assert all(box.top - 4 <= rows) and all(rows <= box.bottom + 4)


@pytest.mark.realdata
def test_exudates_and_haemorrhages_of_a_test_photograph_stand_out(data_dir: Path):
    row = next(r for r in labels(data_dir, "idrid_seg") if r["image"].endswith("IDRiD_55.jpg"))
    finding = load_expert("lesions").read(Photograph.from_file(data_dir / "idrid_seg" / row["image"]))
    for kind, least in (("EX", 0.5), ("HE", 0.2)):
        truth = plane(data_dir / "idrid_seg" / row[kind]) > 0
        assert average_precision(histograms(finding.array(kind), truth, 1024)) > least
