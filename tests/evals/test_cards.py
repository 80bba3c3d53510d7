"""A card tells its kept table, and its picture what the card says."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from fundoscope.evals.card_pictures import FILE, draw
from fundoscope.evals.cards import KEPT, figures
from fundoscope.evals.results import kept_rows
from fundoscope.experts import load_card
from fundoscope.experts.registry import BUILT_IN, PROMPTED, expert_folder
from fundoscope.records.card import Figure


@pytest.mark.parametrize("name", [*BUILT_IN, *PROMPTED])
def test_each_card_has_its_pictures_and_they_are_those_of_its_figures(name: str) -> None:
    card, folder = load_card(name), expert_folder(name)
    assert FILE in card.pictures
    for picture in card.pictures:
        assert ElementTree.fromstring((folder / picture).read_text(encoding="utf-8")).tag.endswith("svg")
    assert (folder / FILE).read_text(encoding="utf-8") == draw(card), "python -m fundoscope.evals.cards"


@pytest.mark.parametrize("name", [*BUILT_IN, *PROMPTED])
def test_a_cards_figures_are_those_of_its_kept_table(name: str) -> None:
    kept = [Figure.model_validate(f) for f in figures(name, kept_rows(KEPT / f"{name}.json"))]
    assert load_card(name).figures == kept, "python -m fundoscope.evals.cards"


def test_every_figure_between_0_and_1_is_told_with_its_interval() -> None:
    card = load_card("grade")
    words = draw(card)
    for figure in card.figures:
        assert (f">{figure.value:.3f} (" in words) == (0 <= figure.value <= 1)
    assert words.count("<circle") == len(card.figures) - 1 and "on other scales: 1" in words
