"""The region expert on phantoms: boxes and clicks, both eyes, the border, odd sizes, and prompts it refuses."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from fundoscope.errors import BadSetting
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts import load_card, load_expert, region
from fundoscope.experts.region.window import Prompt
from fundoscope.records import Finding, Measurement, Photograph, Point, Status
from scipy import ndimage

SIZE = (711, 1072)


@pytest.fixture(scope="module")
def expert():
    return load_expert("region")


@pytest.fixture(scope="module", params=["right", "left"])
def phantom(request):
    drawn = draw_phantom(3, size=SIZE, eye=request.param, lesions={"HE": 4, "EX": 5})
    return drawn, Photograph.from_pixels(drawn.pixels)


def landmarks(truth) -> dict[str, Finding]:
    finding = Finding(expert="landmarks", version="1", weights_sha256="0", photograph="0")
    finding.points = {"fovea": Point(x=truth.fovea.x, y=truth.fovea.y), "disc": Point(x=truth.disc.x, y=truth.disc.y)}
    finding.measurements = [Measurement(name="disc_diameter", value=truth.disc.diameter, unit="px")]
    return {"landmarks": finding}


def box_of(mask: np.ndarray) -> Prompt:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return Prompt(float(columns[0]), float(rows[0]), float(columns[-1]) + 1, float(rows[-1]) + 1)


def iou(finding: Finding, truth: np.ndarray) -> float:
    found = finding.array("region") >= 0.5
    return (found & truth).sum() / (found | truth).sum()


def test_the_card_pins_the_weights_that_are_there():
    card, folder = load_card("region"), Path(str(region.__file__)).parent
    for entry in card.weights:
        assert hashlib.sha256((folder / entry.file).read_bytes()).hexdigest() == entry.sha256
    assert all(f.command.startswith("fundoscope eval region") for f in card.figures)


def test_the_disc_of_a_phantom_is_outlined_from_its_box_and_measured(expert, phantom):
    drawn, photograph = phantom
    truth = drawn.truth.masks["disc"]
    finding = expert.outline(photograph, box_of(truth), landmarks(drawn.truth))
    assert iou(finding, truth) > 0.9
    assert finding.number("region_area") == pytest.approx(float(truth.sum()), rel=0.1)
    assert finding.number("region_longest_diameter_dd") == pytest.approx(1.05, abs=0.12)
    assert finding.number("region_fovea_distance") == pytest.approx(drawn.truth.fovea_distance_dd, rel=0.03)
    assert finding.regions[0].quadrant is not None and finding.regions[0].quadrant.endswith("nasal")


def test_lesions_of_a_phantom_are_outlined_from_their_boxes(expert, phantom):
    drawn, photograph = phantom
    scores = []
    for kind in ("HE", "EX"):
        numbers, count = ndimage.label(drawn.truth.masks[kind])
        for number in range(1, count + 1):
            truth = numbers == number
            if truth.sum() >= 30:
                scores.append(iou(expert.outline(photograph, box_of(truth)), truth))
    assert len(scores) >= 3 and np.mean(scores) > 0.7


def test_a_click_on_the_disc_finds_it_rather_than_a_spot(expert, phantom):
    drawn, photograph = phantom
    at = drawn.truth.disc
    finding = expert.outline(photograph, Prompt(at.x, at.y, at.x, at.y), landmarks(drawn.truth))
    assert finding.status is Status.MEASURED and finding.label == "click"
    assert finding.number("region_longest_diameter_dd") > 0.3


def test_the_same_prompt_gives_the_same_outline(expert, phantom):
    drawn, photograph = phantom
    box = box_of(drawn.truth.masks["disc"])
    first, second = (expert.outline(photograph, box) for _ in range(2))
    assert first.model_dump_json() == second.model_dump_json()
    assert np.array_equal(first.array("region"), second.array("region"))


def test_without_landmarks_size_is_in_pixels_alone(expert, phantom):
    drawn, photograph = phantom
    finding = expert.outline(photograph, box_of(drawn.truth.masks["disc"]))
    assert finding.number("region_area") and finding.number("region_area_dd") is None
    assert finding.regions[0].quadrant is None


@pytest.mark.parametrize("shape", [(301, 457), (129, 512), (600, 333)])
def test_a_box_at_the_edge_of_a_picture_of_any_size_stays_inside_it(expert, shape):
    pixels = np.full((*shape, 3), (150, 80, 40), dtype=np.uint8)
    top = shape[0] // 2 - 20
    pixels[top : top + 40, :30] = (230, 210, 120)
    photograph = Photograph.from_pixels(pixels)
    finding = expert.outline(photograph, Prompt(0, top, 30, top + 40))
    if finding.status is Status.MEASURED:
        found = finding.regions[0]
        assert finding.array("region").shape == shape
        assert found.x >= 0 and found.x + found.width <= 31
        assert found.y >= top - 1 and found.y + found.height <= top + 41


@pytest.mark.parametrize("prompt", [Prompt(300, 200, 380, 260), Prompt(300, 200, 300, 200)])
@pytest.mark.parametrize("tone", [0, 128, 255])
def test_where_the_photograph_is_of_one_tone_nothing_is_outlined(expert, tone, prompt):
    pixels = np.full((480, 640, 3), tone, dtype=np.uint8)
    finding = expert.outline(Photograph.from_pixels(pixels), prompt)
    assert finding.status is Status.NOT_ASSESSED and finding.reason == "the photograph is of one even tone there"
    assert not finding.regions and not finding.measurements


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        (Prompt(-5, 10, 20, 30), "outside the photograph"),
        (Prompt(2000, 100, 2000, 100), "outside the photograph"),
        (Prompt(1050, 100, 1200, 200), "outside the photograph"),
        (Prompt(2, 2, 2, 2), "outside the field of view"),
        (Prompt(500, 300, 501, 340), "smaller than 3 px"),
        (Prompt(500, 300, 400, 340), "positive"),
        (Prompt(float("nan"), 0, 4, 4), "in pixels"),
    ],
)
def test_a_prompt_that_points_at_nothing_is_refused_in_one_line(expert, phantom, prompt, says):
    with pytest.raises(BadSetting, match=says) as refused:
        expert.outline(phantom[1], prompt)
    assert "\n" not in str(refused.value)


def test_a_reading_without_a_prompt_finds_nothing_and_says_why(expert, phantom):
    finding = expert.read(phantom[1])
    assert finding.status is Status.NOT_ASSESSED and "pointed at" in str(finding.reason)
