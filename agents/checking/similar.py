"""Checks of sentences on kept cases that are alike."""

from __future__ import annotations

from ..language import Wrong
from .cited import Check, Cited, same


def _similar_case(cited: Cited) -> None:
    finding, place = cited.finding("similar_cases"), int(cited.slots["place"])
    if cited.slots["case"] not in finding.notes[place - 1 : place]:
        raise Wrong("the case is not the one that was found")
    same(cited, "value", "int", finding.number(f"confirmed_grade_{place}"))
    same(cited, "similarity", "dec2", finding.number(f"similarity_{place}"))


CHECKS: dict[str, tuple[Check, ...]] = {
    "similar_case": (_similar_case,),
}
