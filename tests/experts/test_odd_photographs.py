"""What each expert says of photographs that are not as they should be: turned, cut, grey, tiny, over-exposed, empty."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts import load_expert
from fundoscope.records import Eye, Finding, Photograph, Status
from numpy.typing import NDArray
from PIL import Image

EXPERTS = ("quality", "landmarks", "vessels", "lesions", "grade", "disc", "conditions")
COUNTS = {"MA": 10, "HE": 6, "EX": 8, "SE": 1}
Pixels = NDArray[np.uint8]


@lru_cache(maxsize=1)
def right_eye() -> Pixels:
    pixels: Pixels = draw_phantom(seed=7, lesions=COUNTS).pixels
    return pixels


def resized(pixels: Pixels, width: int) -> Pixels:
    height = round(width * pixels.shape[0] / pixels.shape[1])
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR))


def over_exposed(pixels: Pixels) -> Pixels:
    lit = pixels.max(axis=2, keepdims=True) > 20
    return np.clip(3.0 * pixels + 40 * lit, 0, 255).astype(np.uint8)


def odd(name: str) -> Pixels:
    pixels = right_eye()
    height, width = pixels.shape[:2]
    if name == "cropped":
        return pixels[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4]
    changes = {
        "plain": lambda: pixels,
        "mirrored": lambda: pixels[:, ::-1],
        "half turned": lambda: pixels[::-1, ::-1],
        "quarter turned": lambda: np.rot90(pixels),
        "temporal half": lambda: pixels[:, : width // 2],
        "grey": lambda: np.repeat(pixels[:, :, 1:2], 3, axis=2),
        "tiny": lambda: resized(pixels, 96),
        "over-exposed": lambda: over_exposed(pixels),
        "black": lambda: np.zeros_like(pixels),
    }
    return changes[name]()


@lru_cache(maxsize=16)
def said(name: str, eye: Eye = Eye.UNKNOWN) -> dict[str, Finding]:
    """Every expert's finding on one photograph."""
    photograph = Photograph.from_pixels(np.ascontiguousarray(odd(name)), eye=eye)
    found: dict[str, Finding] = {}
    for expert in EXPERTS:
        found[expert] = load_expert(expert).read(photograph, found)
    return found


def counts(name: str) -> dict[str, float | int | None]:
    return {kind: said(name)["lesions"].number(f"lesion_count_{kind}") for kind in COUNTS}


def reasons(finding: Finding) -> set[str]:
    """Why the measurements that are missing are missing."""
    return {m.reason or "" for m in finding.measurements if m.status is Status.NOT_ASSESSED}


def test_an_eye_named_wrongly_is_still_seen_as_the_eye_it_is():
    wrong = said("plain", Eye.LEFT)
    assert wrong["landmarks"].label == "right"
    for expert in ("quality", "vessels", "grade"):
        assert wrong[expert].eye is Eye.LEFT, "a finding keeps the name it was given; reconcile tells the contradiction"
        assert [m.value for m in wrong[expert].measurements] == [m.value for m in said("plain")[expert].measurements]


def test_a_mirror_image_is_the_other_eye_and_otherwise_the_same():
    plain, mirrored = said("plain"), said("mirrored")
    assert (plain["landmarks"].label, mirrored["landmarks"].label) == ("right", "left")
    width = odd("plain").shape[1]
    for point in ("disc", "fovea"):
        assert plain["landmarks"].points[point].x == pytest.approx(
            width - mirrored["landmarks"].points[point].x, abs=0.01 * width
        )
    # Resampled the other way round, a spot on the brink of a threshold may come to lie on its other side.
    assert counts("mirrored") == pytest.approx(counts("plain"), abs=1)
    assert plain["grade"].value == mirrored["grade"].value
    density = [f["vessels"].number("vessel_density") for f in (plain, mirrored)]
    assert density[0] == pytest.approx(density[1], rel=0.02)


def test_upside_down_a_right_eye_lies_as_a_left_one():
    """Nothing in one photograph tells the two apart; who names the eye is told of the contradiction."""
    turned = said("half turned")
    assert turned["landmarks"].label == "left"
    assert turned["landmarks"].number("disc_fovea_angle") < 0 < said("plain")["landmarks"].number("disc_fovea_angle")
    assert turned["grade"].value == said("plain")["grade"].value


def test_on_its_side_no_eye_is_named_and_what_needs_the_fovea_is_not_assessed():
    turned = said("quarter turned")
    assert turned["landmarks"].label == "unknown"
    assert turned["landmarks"].number("disc_fovea_distance") is None
    assert turned["lesions"].number("lesion_count_MA_superonasal") is None
    assert turned["lesions"].number("lesion_count_MA") == counts("plain")["MA"]
    assert turned["vessels"].number("vessel_density") == pytest.approx(
        said("plain")["vessels"].number("vessel_density"), rel=0.05
    )


def test_a_crop_without_a_rim_is_not_gradable():
    cropped = said("cropped")
    assert cropped["quality"].label == "not_gradable"
    assert cropped["conditions"].status is Status.NOT_ASSESSED


def test_half_an_eye_has_no_disc_and_no_side():
    half = said("temporal half")
    assert half["landmarks"].label == "unknown" and "disc" not in half["landmarks"].points
    assert half["disc"].status is Status.NOT_ASSESSED and half["disc"].reason == "no optic disc was found"
    assert half["vessels"].number("crae") is None
    assert half["lesions"].number("lesion_count_MA_superonasal") is None


def test_a_grey_photograph_is_unlike_what_the_condition_detectors_learnt_from():
    grey = said("grey")
    assert grey["conditions"].status is Status.NOT_ASSESSED
    assert "unlike" in (grey["conditions"].reason or "")
    assert grey["landmarks"].label == "right"
    assert grey["vessels"].number("vessel_density") == pytest.approx(
        said("plain")["vessels"].number("vessel_density"), rel=0.05
    )


def test_of_a_tiny_photograph_nothing_is_counted_measured_or_graded():
    tiny = said("tiny")
    for expert in ("vessels", "grade", "conditions"):
        assert tiny[expert].status is Status.NOT_ASSESSED
        assert "pixels wide" in (tiny[expert].reason or ""), expert
    assert set(counts("tiny").values()) == {None}
    assert all("pixels wide" in reason or "learn" in reason for reason in reasons(tiny["lesions"]) if reason)
    assert tiny["disc"].number("vertical_cdr") is None


def test_a_tiny_photograph_is_not_gradable_for_its_size_and_asks_for_another():
    quality = said("tiny")["quality"]
    assert quality.label == "not_gradable" and quality.value == 0 and quality.flags[0] == "size"
    assert quality.notes[0].startswith("Too small: ") and "retake" in quality.notes[0]
    assert "size" not in said("plain")["quality"].flags


def test_an_over_exposed_photograph_is_not_gradable_for_its_light():
    bright = said("over-exposed")
    assert bright["quality"].label == "not_gradable" and "illumination" in bright["quality"].flags
    assert bright["conditions"].status is Status.NOT_ASSESSED


def test_of_an_empty_photograph_nobody_says_anything():
    black = said("black")
    assert black["quality"].label == "not_a_fundus_photograph"
    for expert in ("landmarks", "vessels", "grade", "disc", "conditions"):
        assert black[expert].status is Status.NOT_ASSESSED, expert
        assert all(m.value is None for m in black[expert].measurements), expert
    assert set(counts("black").values()) == {None}
    assert "the photograph is of one even tone" in reasons(black["lesions"])
