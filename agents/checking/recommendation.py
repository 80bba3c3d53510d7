"""Checks of sentences on what follows."""

from __future__ import annotations

from ..language import Wrong
from .cited import Check, Cited
from .literature import quoted


def _guideline(cited: Cited) -> None:
    quoted(cited)
    if cited.passage().guideline is None:
        raise Wrong("the passage is of no guideline")


def _advice(cited: Cited) -> None:
    if cited.slots["advice"] not in cited.finding("quality").notes:
        raise Wrong("the advice is not the quality expert's")


def _person_first(cited: Cited) -> None:
    if not any(e.finding is not None and e.eye is cited.eye for e in cited.entries):
        raise Wrong("it cites no finding of this eye", unsupported=True)


CHECKS: dict[str, tuple[Check, ...]] = {
    "follow": (_guideline,),
    "retake": (_advice,),
    "person_first": (_person_first,),
}
