"""Checks of sentences that quote the literature."""

from __future__ import annotations

from ..language import Wrong
from .cited import Check, Cited


def quoted(cited: Cited) -> None:
    """The statement is the passage's, word for word, and so is the key. Raises Wrong."""
    passage = cited.passage()
    if cited.slots["statement"] != passage.text:
        raise Wrong("the sentence is not the passage's")
    if cited.slots["key"] not in (passage.references or [passage.reference]):
        raise Wrong("the citation is not the passage's")


CHECKS: dict[str, tuple[Check, ...]] = {
    "literature": (quoted,),
}
