"""A card that is made anew says what the shipped one says: a limit written on the card alone would be lost."""

from __future__ import annotations

from types import ModuleType

import pytest
from fundoscope.experts import load_card
from fundoscope.experts.conditions import about as conditions
from fundoscope.experts.grade import about as grade
from fundoscope.experts.quality import about as quality


@pytest.mark.parametrize(("about", "more"), [(grade, [{}]), (quality, []), (conditions, [])])
def test_what_calibration_writes_on_a_card_stands_on_the_shipped_one(about: ModuleType, more: list[object]) -> None:
    name = about.__name__.split(".")[-2]
    shipped = load_card(name)
    anew = about.card(list(shipped.weights), dict(shipped.thresholds), [], *more)
    for said in ("version", "task", "method", "training_command", "limits", "not_assessed", "terms", "pictures"):
        assert getattr(anew, said) == getattr(shipped, said), said
