from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from fundoscope.errors import ExpertUnavailable
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts import load_card, load_expert
from fundoscope.experts.vessels.expert import Vessels
from fundoscope.experts.vessels.measure import BIOMARKERS
from fundoscope.experts.vessels.network import ARTERIES, ONE_CAMERA
from fundoscope.experts.vessels.samples import photographs
from fundoscope.experts.vessels.scores import auc, dice, histogram
from fundoscope.records import Finding, Measurement, Photograph, Point, Status
from fundoscope.settings import default_settings


@pytest.fixture(scope="module")
def expert() -> Vessels:
    found = load_expert("vessels")
    assert isinstance(found, Vessels)
    return found


@pytest.fixture(scope="module")
def light(expert: Vessels) -> Vessels:
    """The expert with one network for vessels and none for arteries: quicker."""
    card = expert.card.model_copy(update={"weights": [w for w in expert.card.weights if w.file != ARTERIES]})
    return Vessels(card, expert.folder, default_settings(), (ONE_CAMERA,))


def fundus(side: int = 540, step: float = 80, width: float = 5) -> np.ndarray:
    """A reddish disc on black with dark upright vessels, `step` pixels apart, the middle one through the centre."""
    ys, xs = np.mgrid[:side, :side] + 0.5
    centre, radius = side / 2, side * 0.47
    distance = np.abs((xs - centre + step / 2) % step - step / 2)
    depth = np.exp(-0.5 * (distance / (width / 2.355)) ** 2)
    light = 1 - 0.3 * ((xs - centre) ** 2 + (ys - centre) ** 2) / radius**2
    colour = light[..., None] * np.array([190.0, 95.0, 50.0]) * (1 - depth[..., None] * np.array([0.25, 0.5, 0.3]))
    colour += np.random.default_rng(0).normal(0, 2, colour.shape)
    inside = (xs - centre) ** 2 + (ys - centre) ** 2 <= radius**2
    return np.where(inside[..., None], colour.clip(0, 255), 0).astype(np.uint8)


@pytest.fixture(scope="module")
def drawn() -> Photograph:
    return Photograph.from_pixels(fundus())


@pytest.fixture(scope="module")
def bare(expert: Vessels, drawn: Photograph) -> Finding:
    return expert.read(drawn)


def landmarks(photograph: Photograph, diameter: float) -> dict[str, Finding]:
    found = Finding(expert="landmarks", version="0", weights_sha256="0", photograph=photograph.sha256)
    found.measurements = [Measurement(name="disc_diameter", value=diameter, unit="px")]
    found.points = {"disc": Point(x=photograph.width / 2, y=photograph.height / 2, confidence=1.0)}
    return {"landmarks": found}


@pytest.mark.parametrize("side", [300, 1400])
def test_the_map_lies_on_the_vessels_at_the_photographs_own_size(light: Vessels, side: int):
    step, width = 80 * side / 540, 5 * side / 540
    plane = light.read(Photograph.from_pixels(fundus(side, step, width))).array("vessels")
    assert plane.shape == (side, side)
    assert plane.dtype == np.float32
    assert 0 <= plane.min() <= plane.max() <= 1
    reach = round(step / 2)
    middle = plane[side // 3 : 2 * side // 3, side // 2 - reach : side // 2 + reach].mean(axis=0)
    columns = np.arange(-reach, reach) + 0.5
    assert abs((middle * columns).sum() / middle.sum()) < max(0.5, 0.002 * side)
    assert middle.max() > 0.5 > middle[0]


def test_reading_twice_and_in_threads_gives_the_same_map(light: Vessels):
    photograph = Photograph.from_pixels(fundus(300, 45, 3))
    with ThreadPoolExecutor(2) as pool:
        maps = list(pool.map(lambda _: light.read(photograph).array("vessels"), range(2)))
    assert np.array_equal(maps[0], maps[1])


@pytest.mark.parametrize(("kind", "shape"), [("black", (64, 64)), ("white", (64, 400)), ("noise", (177, 77))])
def test_odd_pictures_are_read_without_raising(light: Vessels, kind: str, shape: tuple[int, int]):
    rng = np.random.default_rng(2)
    pixels = {
        "black": np.zeros((*shape, 3)),
        "white": np.full((*shape, 3), 255),
        "noise": rng.integers(0, 256, (*shape, 3)),
    }[kind].astype(np.uint8)
    finding = light.read(Photograph.from_pixels(pixels))
    assert finding.array("vessels").shape == shape
    assert {m.name for m in finding.measurements} == {b.name for b in BIOMARKERS}


def test_a_small_field_of_view_is_not_assessed_and_says_why(light: Vessels):
    finding = light.read(Photograph.from_pixels(fundus(160, 30, 3)))
    assert finding.status is Status.NOT_ASSESSED
    assert "pixels wide" in (finding.reason or "")
    assert all(m.status is Status.NOT_ASSESSED and m.reason for m in finding.measurements)


def test_a_picture_without_vessels_is_not_assessed(light: Vessels):
    finding = light.read(Photograph.from_pixels(fundus(540, 80, 1e-6)))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.number("vessel_density") is None


def test_lengths_are_in_millimetres_with_spacing_and_in_disc_diameters_with_a_disc(
    expert: Vessels, drawn: Photograph, bare: Finding
):
    assert bare.measurement("skeleton_length").unit == "px"
    assert bare.measurement("skeleton_length_dd").status is Status.NOT_ASSESSED
    spaced = drawn.model_copy(update={"pixel_spacing_mm": (0.01, 0.01)})
    spaced._pixels = drawn.pixels
    told = expert.read(spaced, landmarks(drawn, 80.0))
    assert told.measurement("skeleton_length").unit == "mm"
    assert told.number("skeleton_length") == pytest.approx(bare.number("skeleton_length") * 0.01, abs=0.1)
    assert told.number("skeleton_length_dd") == pytest.approx(bare.number("skeleton_length") / 80, abs=0.01)


def test_the_measures_of_drawn_vessels_are_near_their_geometry(bare: Finding):
    side, step = 540, 80
    radius = side * 0.47
    chords = [2 * np.sqrt(radius**2 - (k * step) ** 2) for k in range(-3, 4) if abs(k * step) < radius]
    assert bare.number("skeleton_length") == pytest.approx(sum(chords), rel=0.1)
    assert bare.number("vessel_tortuosity") == pytest.approx(1.0, abs=0.03)


def test_a_disc_whose_diameter_is_unknown_is_no_disc(light: Vessels, drawn: Photograph):
    given = landmarks(drawn, 80.0)
    given["landmarks"].measurements = [Measurement.not_assessed("disc_diameter", "too dark", "px")]
    assert "optic disc" in light.read(drawn, given).measurement("skeleton_length_dd").reason


def test_arteries_and_veins_share_out_the_vessels(bare: Finding):
    vessels, arteries, veins = (bare.working_map(name)[0] for name in ("vessels", "arteries", "veins"))
    assert np.allclose(arteries + veins, vessels, atol=1e-6)
    assert arteries.min() >= 0
    assert veins.min() >= 0


def test_without_weights_for_it_arteries_are_not_told_from_veins_and_that_is_the_reason(light: Vessels):
    photograph = Photograph.from_pixels(fundus(640))
    finding = light.read(photograph, landmarks(photograph, 80.0))
    assert finding.array_names == ["vessels"]
    assert "not told apart" in finding.measurement("avr").reason


def test_the_fundus_of_a_phantom_is_measured_in_zone_b_or_says_why_not(expert: Vessels):
    phantom = draw_phantom(seed=1, size=(480, 640))
    photograph = Photograph.from_pixels(phantom.pixels)
    given = landmarks(photograph, phantom.truth.disc.diameter)
    given["landmarks"].points = {"disc": Point(x=phantom.truth.disc.x, y=phantom.truth.disc.y, confidence=1.0)}
    finding = expert.read(photograph, given)
    for name in ("crae", "crve", "avr"):
        found = finding.measurement(name)
        assert found.value is not None or found.reason
    assert finding.number("vessel_calibre_dd") == pytest.approx(0.05, abs=0.03)


def test_every_measured_biomarker_is_drawn_on_the_photographs_vessels(
    expert: Vessels, drawn: Photograph, bare: Finding
):
    drawings = expert.drawings(drawn)
    assert set(drawings) == {m.name for m in bare.measurements}
    side, step = 540, 80
    for name in ("vessel_density", "vessel_tortuosity", "skeleton_length"):
        columns = np.concatenate([line[:, 0] for line in drawings[name].lines])
        off = np.abs((columns - side / 2 + step / 2) % step - step / 2)
        assert np.median(off) < 1.5
    for measurement in bare.measurements:
        if measurement.status is Status.NOT_ASSESSED:
            assert not drawings[measurement.name].lines


def test_the_vessels_of_a_phantom_are_found_where_they_are(light: Vessels):
    phantom = draw_phantom(seed=1, size=(712, 1072))
    finding = light.read(Photograph.from_pixels(phantom.pixels))
    found = finding.array("vessels") >= light.card.thresholds["vessel"]
    truth, field = phantom.truth.masks["vessels"], phantom.truth.masks["field_of_view"]
    score = dice(found, truth, field)
    assert score > 0.75
    for axis in (0, 1):
        for step in (-2, 2):
            assert dice(np.roll(found, step, axis), truth, field) < score - 0.01
    assert finding.number("vessel_density") == pytest.approx(truth[field].mean(), rel=0.4)


def test_a_weights_file_that_is_not_on_the_card_is_refused():
    card = load_card("vessels")
    with pytest.raises(ExpertUnavailable, match="not on the expert's card"):
        Vessels(card, Path(), default_settings(), ("weights/other.safetensors",))


@pytest.mark.realdata
def test_drive_test_photographs_are_segmented_near_the_cards_figure(expert: Vessels, data_dir: Path):
    threshold = expert.card.thresholds["vessel"]
    some = photographs(data_dir, "drive", "test")[::10]
    maps = [expert.read(Photograph.from_pixels(one.pixels)).array("vessels") for one in some]
    scores = [dice(m >= threshold, one.vessels, one.field) for m, one in zip(maps, some, strict=True)]
    assert np.mean(scores) > 0.78
    assert auc(sum(histogram(m, one.vessels, one.field) for m, one in zip(maps, some, strict=True))) > 0.97
