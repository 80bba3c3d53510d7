"""The shelf: bounded between calls, whole while cases run."""

from __future__ import annotations

import numpy as np
from fundoscope import Photograph
from fundoscope.agents.shelf import Shelf


def photographs(*tones: int) -> list[Photograph]:
    return [Photograph.from_pixels(np.full((256, 256, 3), tone, dtype=np.uint8)) for tone in tones]


def test_the_oldest_make_room_for_new_ones() -> None:
    shelf, (first, second, third) = Shelf(2), photographs(1, 2, 3)
    shelf.put([first, second])
    shelf.put([first])
    shelf.put([third])
    assert [shelf.get(p.sha256) is not None for p in (first, second, third)] == [True, False, True]


def test_what_is_held_stays_until_the_last_holder_lets_go() -> None:
    shelf, (held, other) = Shelf(1), photographs(1, 2)
    with shelf.held([held]):
        with shelf.held([held]):
            shelf.put([other])
        shelf.put(photographs(3, 4))
        shelf.clear()
        assert shelf.get(held.sha256) is held and shelf.get(other.sha256) is None
    shelf.put([other])
    assert shelf.get(held.sha256) is None and shelf.get(other.sha256) is other


def test_a_case_of_more_photographs_than_fit_is_held_whole() -> None:
    shelf, case = Shelf(1), photographs(1, 2, 3)
    with shelf.held(case):
        assert all(shelf.get(p.sha256) is p for p in case)
    assert [shelf.get(p.sha256) is not None for p in case] == [False, False, True]
