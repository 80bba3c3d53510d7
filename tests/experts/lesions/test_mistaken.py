"""What weights take for lesions where there are none."""

from __future__ import annotations

import pytest
import torch
from fundoscope.evals.phantom import draw_phantom
from fundoscope.experts.lesions.anatomy import Anatomy
from fundoscope.experts.lesions.mistaken import MOST, places_in
from fundoscope.experts.lesions.network import LesionNet
from fundoscope.imaging import Frame
from fundoscope.records import Photograph


class Marked(torch.nn.Module):
    """Sees haemorrhages wherever it is told to, in working pixels."""

    def __init__(self, at: list[tuple[int, int]]) -> None:
        super().__init__()
        self.at = at

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits = torch.full((1, 4, *x.shape[2:]), -9.0)
        for number, (row, column) in enumerate(self.at):
            logits[0, 1, row : row + 3, column : column + 3] = 1.0 - number / 100
        return logits


def photograph() -> Photograph:
    return Photograph.from_pixels(draw_phantom(0, size=(480, 600)).pixels)


def frame_of(one: Photograph) -> Frame:
    from fundoscope.experts.lesions.predict import view_of

    return view_of(one.pixels, one.field_of_view).frame


def test_places_are_in_the_photographs_pixels_and_none_on_the_disc():
    one = photograph()
    frame = frame_of(one)
    middle = (frame.height // 2, frame.width // 2)
    disc = (frame.height // 2, frame.width // 4)
    network: LesionNet = Marked([middle, disc])  # type: ignore[assignment]
    x, y = frame.to_photograph(disc[1] + 1.5, disc[0] + 1.5)
    found = places_in(network, one, Anatomy(disc=(x, y), disc_diameter=60.0))
    expected = frame.to_photograph(middle[1] + 1.5, middle[0] + 1.5)
    assert len(found) == 1 and found[0] == pytest.approx(expected, abs=0.1)


def test_of_many_places_those_with_the_highest_scores_are_kept():
    one = photograph()
    frame = frame_of(one)
    at = [(frame.height // 2 - 40 + 8 * (n // 10), frame.width // 3 + 8 * (n % 10)) for n in range(MOST + 5)]
    network: LesionNet = Marked(at)  # type: ignore[assignment]
    found = places_in(network, one, Anatomy())
    kept = [frame.to_photograph(column + 1.5, row + 1.5) for row, column in at[:MOST]]
    assert len(found) == MOST
    assert all(place == pytest.approx(expected, abs=0.1) for place, expected in zip(found, kept, strict=True))
