"""Zooming: the asked place at full resolution, nothing from outside the field of view, and words for what cannot be shown."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.errors import BadSetting
from fundoscope.evals.phantom import draw_phantom
from fundoscope.imaging import Frame
from fundoscope.records import Finding, Measurement, Photograph, Point
from fundoscope.tools.views import View, render, whole
from fundoscope.tools.zoom import ZoomArguments, view_of
from PIL import Image, ImageDraw
from pydantic import ValidationError

SIZE = (712, 1072)


@pytest.fixture(scope="module")
def phantom():
    return draw_phantom(3, size=SIZE)


@pytest.fixture(scope="module")
def photograph(phantom) -> Photograph:
    """A phantom with a name and a date burned in beside the eye."""
    image = Image.fromarray(phantom.pixels.copy())
    draw = ImageDraw.Draw(image)
    for place in ((6, 6), (6, SIZE[0] - 24), (SIZE[1] - 110, 6)):
        draw.text(place, "MUSTERMANN 1950", fill=(255, 255, 255))
    return Photograph.from_pixels(np.asarray(image))


@pytest.fixture(scope="module")
def findings(phantom, photograph: Photograph) -> dict[str, Finding]:
    truth = phantom.truth
    about = {"version": "1", "weights_sha256": "0" * 64, "photograph": photograph.sha256}
    landmarks = Finding(
        expert="landmarks",
        points={"disc": Point(x=truth.disc.x, y=truth.disc.y), "fovea": Point(x=truth.fovea.x, y=truth.fovea.y)},
        measurements=[Measurement(name="disc_diameter", value=truth.disc.diameter, unit="px")],
        **about,
    )
    vessels = Finding(expert="vessels", **about)
    frame = Frame.around(photograph.field_of_view, SIZE, 500)
    vessels.attach("vessels", frame.look(truth.masks["vessels"].astype(np.uint8) * 255).astype(np.float32) / 255, frame)
    return {"landmarks": landmarks, "vessels": vessels}


def asked(**arguments: object) -> ZoomArguments:
    return ZoomArguments.model_validate({"photograph": "photo-1", **arguments})


def test_what_is_burned_in_beside_the_eye_is_not_in_any_view(photograph: Photograph) -> None:
    corner = (slice(0, 24), slice(0, 110))
    assert photograph.pixels[corner].max() > 250
    seen = render(whole("photo-1", photograph), photograph, {}, 2000)
    assert seen.shape == photograph.pixels.shape
    for rows in (slice(0, 24), slice(SIZE[0] - 24, None)):
        for columns in (slice(0, 110), slice(SIZE[1] - 110, None)):
            assert seen[rows, columns].max() == 0
    assert render(View(photograph="photo-1", what="region", box=(0, 0, 110, 40)), photograph, {}, 2000).max() == 0


def test_words_in_the_flat_cut_off_edge_of_a_round_field_are_blackened(phantom) -> None:
    pixels = phantom.pixels.copy()
    cut = SIZE[0] // 5
    pixels[:cut] = 0
    image = Image.fromarray(pixels)
    ImageDraw.Draw(image).text((SIZE[1] // 2 - 50, cut // 2), "MUSTERMANN 1950", fill=(255, 255, 255))
    photograph = Photograph.from_pixels(np.asarray(image))
    middle = photograph.field_of_view.mask(*SIZE)[cut // 2 : cut // 2 + 12, SIZE[1] // 2]
    assert middle.any(), "the words stand inside the circle"
    assert render(whole("photo-1", photograph), photograph, {}, 2000)[: cut - 12].max() == 0


def test_a_landmark_is_shown_at_full_resolution_with_the_landmark_in_the_middle(
    phantom, photograph: Photograph, findings: dict[str, Finding]
) -> None:
    view = view_of(asked(landmark="disc"), photograph, findings)
    x, y, width, height = view.box
    assert x + width / 2 == pytest.approx(phantom.truth.disc.x, abs=1)
    assert y + height / 2 == pytest.approx(phantom.truth.disc.y, abs=1)
    assert width == pytest.approx(2 * phantom.truth.disc.diameter, abs=2)
    seen = render(view, photograph, findings, 768)
    assert np.array_equal(seen, photograph.pixels[y : y + height, x : x + width])
    assert "disc" in view.words and f"x {x} to {x + width} px" in view.words


def test_a_region_is_clipped_to_the_photograph_and_scaled_to_the_longest_side(photograph: Photograph) -> None:
    view = view_of(asked(region=[-50, 100, 650, 300]), photograph, {})
    assert view.box == (0, 100, 600, 300)
    assert render(view, photograph, {}, 300).shape == (150, 300, 3)


def test_an_overlay_is_drawn_where_the_finding_is_and_nowhere_else(
    phantom, photograph: Photograph, findings: dict[str, Finding]
) -> None:
    view = view_of(asked(landmark="macula", overlay=["vessels"]), photograph, findings)
    assert view.overlay == ["vessels"]
    x, y, width, height = view.box
    box = (slice(y, y + height), slice(x, x + width))
    changed = (render(view, photograph, findings, 768) != photograph.pixels[box]).any(axis=2)
    vessels = phantom.truth.masks["vessels"][box]
    assert changed[vessels].mean() > 0.8
    assert changed[~vessels].mean() < 0.15


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"region": [2000, 2000, 100, 100]}, "outside the photograph"),
        ({"region": [10, 10, -5, 40]}, "smaller than"),
        ({"region": [float("nan"), 0, 100, 100]}, "x, y, width, height"),
        ({"region": [float("inf"), 0, 100, 100]}, "x, y, width, height"),
        ({"landmark": "macula"}, "was not located"),
        ({"overlay": ["aliens"]}, "nothing of that can be drawn"),
    ],
)
def test_what_cannot_be_shown_is_said_in_words(
    photograph: Photograph, arguments: dict[str, object], words: str
) -> None:
    with pytest.raises(BadSetting, match=words):
        view_of(asked(**arguments), photograph, {})


@pytest.mark.parametrize(
    "arguments", [{"landmark": "choroid"}, {"region": [1, 2, 3]}, {"region": "all"}, {"overlay": 3}]
)
def test_arguments_of_the_wrong_kind_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        asked(**arguments)
