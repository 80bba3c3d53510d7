"""What the overlap with labelled vessels is made of."""

from __future__ import annotations

import numpy as np
from fundoscope.evals.vessels import BESIDE, _called, _called_rows
from fundoscope.experts.vessels.samples import Labelled


def test_what_is_found_is_on_beside_or_away_from_a_labelled_vessel() -> None:
    side = 600
    ys, xs = np.mgrid[:side, :side]
    field = np.hypot(xs - side / 2 + 0.5, ys - side / 2 + 0.5) <= 280
    pixels = np.where(field[..., None], np.uint8(150), np.uint8(0)).repeat(3, axis=2).astype(np.uint8)
    vessels = np.zeros((side, side), dtype=bool)
    vessels[200:400, 300] = True
    found = np.zeros_like(vessels)
    found[200:300, 298:302] = True  # half of it, and one pixel to the right, two to the left
    found[250:260, 450] = True
    found[0, 0] = True  # outside the field
    assert 2 <= BESIDE * 560 < 3
    called = _called(found, Labelled("drive", "a", "test", pixels, vessels, field))
    assert called.tolist() == [100, 100, 300, 10]
    figures = {row.metric: row.figure for row in _called_rows(np.stack([called, called]), "a (2)", "")}
    assert list(figures.values()) == [0.5, 100 / 410, 300 / 310]
