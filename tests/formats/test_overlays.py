"""Overlays lie where the maps say, at the size at which the photograph is shown."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from fundoscope.formats.display import layer_names, overlay_picture, shown_pixels
from fundoscope.formats.layers import STYLES, display_size, draw_layers
from fundoscope.formats.overlays import overlay_images, photograph_uri
from fundoscope.imaging import Frame
from fundoscope.records import ArtifactStore, Eye, Finding, Measurement, Photograph, Region
from PIL import Image
from scipy import ndimage


def findings_of(sample):
    return [entry.finding.use(sample.store) for entry in sample.report.evidence if entry.finding is not None]


def opened(uri: str, media_type: str) -> Image.Image:
    head, data = uri.split(",", 1)
    assert head == f"data:{media_type};base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


@pytest.fixture(scope="module")
def large(make_report):
    return make_report(Eye.RIGHT, size=(1424, 2144))


def test_the_longest_side_is_shown_at_1400_pixels_and_small_photographs_are_not_enlarged(large, two_eyes):
    big, small = next(iter(large.photographs.values())), next(iter(two_eyes.photographs.values()))
    assert display_size(big) == (930, 1400)
    assert display_size(small) == (712, 1072)
    assert shown_pixels(big).shape == (930, 1400, 3)


def test_every_map_of_a_finding_becomes_a_layer_in_drawing_order(two_eyes):
    names = layer_names(findings_of(two_eyes))
    assert names == ["heatmap", "vessels", "disc", "cup", "SE", "EX", "HE", "MA", "landmarks"]
    photograph = next(iter(two_eyes.photographs.values()))
    images = overlay_images(photograph, findings_of(two_eyes))
    assert [image.name for image in images] == names[:-1]
    for image in images:
        picture = opened(image.uri, "image/png").convert("RGBA")
        assert picture.size == (photograph.width, photograph.height)


def test_the_vessel_layer_covers_the_vessels_to_the_pixel(large):
    photograph, truth = next(iter(large.photographs.values())), large.phantoms[Eye.RIGHT].truth
    (layer,) = draw_layers(photograph, findings_of(large), ["vessels"])
    height, width = display_size(photograph)
    drawn = np.asarray(Image.fromarray(truth.masks["vessels"]).resize((width, height), Image.Resampling.BOX))

    def dice(dy: int, dx: int) -> float:
        moved = np.roll(layer.steps > STYLES["vessels"].fill / 2, (dy, dx), (0, 1))
        return float(2 * (moved & drawn).sum() / (moved.sum() + drawn.sum()))

    scores = {(dy, dx): dice(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)}
    assert max(scores, key=scores.get) == (0, 0)
    assert scores[0, 0] > 0.85


def test_each_counted_lesion_is_outlined_at_its_place_and_nothing_else_is(large):
    photograph, truth = next(iter(large.photographs.values())), large.phantoms[Eye.RIGHT].truth
    height, width = display_size(photograph)
    share = width / photograph.width
    for kind in truth.counts:
        (layer,) = draw_layers(photograph, findings_of(large), [kind])
        filled = ndimage.binary_fill_holes(layer.steps > 20)
        for lesion in (lesion for lesion in truth.lesions if lesion.kind == kind):
            assert filled[int(lesion.y * share), int(lesion.x * share)]
        drawn = np.asarray(Image.fromarray(truth.masks[kind]).resize((width, height), Image.Resampling.NEAREST))
        assert not (filled & (ndimage.distance_transform_edt(~drawn) > 7)).any()


def test_a_lesion_that_was_not_counted_is_not_outlined():
    pixels = np.full((300, 300, 3), 120, dtype=np.uint8)
    photograph = Photograph.from_pixels(pixels)
    frame = Frame(left=0, top=0, scale=1, width=300, height=300, photograph_width=300, photograph_height=300)
    plane = np.zeros((300, 300), dtype=np.float32)
    plane[100:110, 100:110] = 0.9
    found = Finding(expert="x", version="1", weights_sha256="0", photograph=photograph.sha256)
    found.attach("MA", plane, frame)
    assert draw_layers(photograph, [found], ["MA"])[0].steps.any()
    found.measurements = [Measurement(name="lesion_count_MA", value=0)]
    assert not draw_layers(photograph, [found], ["MA"])[0].steps.any()
    assert layer_names([found]) == []


def test_a_lesion_smaller_than_a_shown_pixel_is_still_marked(tmp_path):
    photograph = Photograph.from_pixels(np.full((2800, 2800, 3), 120, dtype=np.uint8))
    frame = Frame(left=0, top=0, scale=1, width=2800, height=2800, photograph_width=2800, photograph_height=2800)
    plane = np.zeros((2800, 2800), dtype=np.float32)
    plane[1401, 1401] = 0.8
    found = Finding(expert="x", version="1", weights_sha256="0", photograph=photograph.sha256)
    found.attach("MA", plane, frame)
    found.measurements = [Measurement(name="lesion_count_MA", value=1)]
    found.regions = [Region(kind="MA", x=1401, y=1401, width=1, height=1, area=1, score=0.8)]
    found.keep(ArtifactStore(tmp_path))
    assert draw_layers(photograph, [found], ["MA"])[0].steps[690:712, 690:712].any()


def test_findings_of_another_photograph_are_not_drawn(two_eyes):
    _right, left = two_eyes.photographs.values()
    everything = findings_of(two_eyes)
    own = [f for f in everything if f.photograph == left.sha256]
    assert [i.uri for i in overlay_images(left, everything)] == [i.uri for i in overlay_images(left, own)]


def test_a_map_that_is_gone_from_the_store_leaves_its_layer_out(two_eyes, tmp_path):
    photograph = next(iter(two_eyes.photographs.values()))
    bare = [Finding.model_validate(f.model_dump()).use(ArtifactStore(tmp_path)) for f in findings_of(two_eyes)]
    assert overlay_images(photograph, bare) == []


def test_the_flattened_picture_differs_from_the_photograph_only_where_something_was_drawn(two_eyes):
    photograph = next(iter(two_eyes.photographs.values()))
    plain = overlay_picture(photograph, findings_of(two_eyes), [])
    assert np.array_equal(plain, shown_pixels(photograph))
    marked = overlay_picture(photograph, findings_of(two_eyes), ["HE"])
    changed = (plain != marked).any(axis=2)
    (layer,) = draw_layers(photograph, findings_of(two_eyes), ["HE"])
    assert changed.any()
    assert not (changed & (layer.steps == 0)).any()
    crossed = overlay_picture(photograph, findings_of(two_eyes), ["landmarks"])
    fovea = two_eyes.phantoms[Eye.RIGHT].truth.fovea
    assert tuple(crossed[int(fovea.y), int(fovea.x)]) == STYLES["landmarks"].colour


def test_text_burned_in_beside_the_field_of_view_is_not_shown():
    ys, xs = np.mgrid[:400, :600]
    pixels = np.zeros((400, 600, 3), dtype=np.uint8)
    pixels[np.hypot(xs - 300, ys - 200) < 180] = (180, 90, 30)
    pixels[10:30, 10:90] = 255
    shown = shown_pixels(Photograph.from_pixels(pixels))
    assert not shown[:60, :100].any()
    assert shown[200, 300].tolist() == [180, 90, 30]


def test_a_picture_without_a_dark_surround_is_shown_whole():
    pixels = np.random.default_rng(0).integers(60, 255, (300, 400, 3), dtype=np.uint8)
    assert np.array_equal(shown_pixels(Photograph.from_pixels(pixels)), pixels)


def test_the_photograph_travels_without_metadata(two_eyes):
    picture = opened(photograph_uri(next(iter(two_eyes.photographs.values()))), "image/jpeg")
    assert not picture.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(picture.info)


def test_lesions_that_could_not_be_counted_start_switched_off(two_eyes):
    findings = findings_of(two_eyes)
    uncounted = [
        finding.model_copy(
            update={
                "measurements": [
                    Measurement.not_assessed(m.name, "the field of view is too narrow")
                    if m.name == "lesion_count_EX"
                    else m
                    for m in finding.measurements
                ]
            }
        ).use(two_eyes.store)
        for finding in findings
    ]
    photograph = next(iter(two_eyes.photographs.values()))
    aside = {i.name for i in overlay_images(photograph, uncounted) if i.aside}
    assert aside == {i.name for i in overlay_images(photograph, findings) if i.aside} | {"EX"}
