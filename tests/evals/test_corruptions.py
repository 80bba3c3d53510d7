"""Corruptions keep size and kind of a photograph, spoil it more with each strength, and repeat to the byte."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.evals.corruptions import CORRUPTIONS, EXPOSURE, STRENGTHS
from fundoscope.evals.phantom import draw_phantom


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return draw_phantom(seed=3, size=(240, 320)).pixels


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_strength_spoils_more_than_the_one_before(name: str, pixels: np.ndarray) -> None:
    spoilt = [CORRUPTIONS[name](pixels, strength) for strength in STRENGTHS]
    assert {(p.shape, p.dtype) for p in spoilt} == {(pixels.shape, np.dtype(np.uint8))}
    distances = [float(np.abs(p.astype(int) - pixels).mean()) for p in spoilt]
    if name == "exposure":
        distances = [d for d, factor in zip(distances, EXPOSURE, strict=True) if factor < 1]
    assert distances == sorted(distances)
    assert distances[0] > 0


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_same_picture_is_spoilt_the_same_way(name: str, pixels: np.ndarray) -> None:
    assert np.array_equal(CORRUPTIONS[name](pixels, 3), CORRUPTIONS[name](pixels.copy(), 3))
