"""The redness expert on pictures whose colour is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import redness_expert
from fundoscope.records import ExpertCard, Photograph, Status
from fundoscope.settings import Settings
from redness_expert.expert import Redness


@pytest.fixture
def expert() -> Redness:
    """The expert, as its package brings it."""
    folder = Path(redness_expert.__file__).parent
    return Redness(ExpertCard.model_validate_json((folder / "card.json").read_bytes()), folder, Settings())


def disc(colour: tuple[int, int, int]) -> Photograph:
    """A field of view of one colour on black."""
    ys, xs = np.mgrid[:200, :200]
    pixels = np.zeros((200, 200, 3), dtype=np.uint8)
    pixels[np.hypot(xs - 99.5, ys - 99.5) < 90] = colour
    return Photograph.from_pixels(pixels)


def test_a_field_of_one_colour_has_the_redness_of_that_colour(expert: Redness) -> None:
    """150 of 240 units of light are red."""
    finding = expert.read(disc((150, 60, 30)))
    assert finding.number("redness") == pytest.approx(150 / 240, abs=0.005)
    assert finding.number("brightness") == pytest.approx(80 / 255, abs=0.01)


def test_a_black_picture_is_not_assessed(expert: Redness) -> None:
    """No light has no colour."""
    finding = expert.read(Photograph.from_pixels(np.zeros((200, 200, 3), dtype=np.uint8)))
    assert finding.status is Status.NOT_ASSESSED and finding.reason
