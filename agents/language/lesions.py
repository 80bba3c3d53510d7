"""Sentences about lesions: how many of which kind, where, in which eye, and which were not found."""

from __future__ import annotations

from collections.abc import Sequence

from ...records import QUADRANTS
from .binding import OPPOSITE
from .counted import KINDS, SOME, ZERO, Item
from .counting import Reader
from .facts import Fact
from .places import with_quadrants
from .tokens import Token


def lesion_facts(stretch: Sequence[Token]) -> list[Fact] | None:
    """The counts that a stretch of concepts states; None when it cannot be read in one way only."""
    tokens = with_quadrants(stretch)
    if tokens is None:
        return None
    items = Reader(tokens).read()
    if not items or any(item.kind is None for item in items):
        return None
    if any(token.kind == "SAME" for token in tokens) and any(item.bare or len(item.eyes) != 2 for item in items):
        return None
    if any(token.kind == "TOTAL" for token in tokens) and any(len(item.eyes) > 1 for item in items):
        return None
    facts = [fact for item in items for fact in _facts(item)]
    others = _others(items)
    if others is None:
        return None
    if any(token.kind == "ONLY_EYE" for token in tokens):
        named = [item for item in items if not item.negated and len(item.eyes) == 1 and item.eyes[0] in OPPOSITE]
        if len({(item.eyes, item.kind) for item in named}) != 1:
            return None
        one = named[0]
        facts.append(Fact("lesion_count", OPPOSITE[one.eyes[0]], {"lesion": one.kind, "number": ZERO}))
    return facts + others


def _others(items: Sequence[Item]) -> list[Fact] | None:
    """ "No other lesions": none of the kinds that are not named. None when no kind is named."""
    facts: list[Fact] = []
    for item in items:
        if item.kind == "other":
            named = {other.kind for other in items if set(other.eyes) == set(item.eyes)} & set(KINDS)
            if not item.negated or not named or item.quadrants:
                return None
            kinds = [kind for kind in KINDS if kind not in named]
            for eye in item.eyes or (None,):
                facts += [Fact("lesion_count", eye, {"lesion": kind, "number": ZERO}) for kind in kinds]
    return facts


def _facts(item: Item) -> list[Fact]:
    facts: list[Fact] = []
    places = tuple(place for named in item.quadrants for place in named)
    for eye in item.eyes or (None,):
        if item.kind == "other":
            continue
        if item.kind == "any":
            facts.append(Fact("lesion_total", eye, {"number": item.number}))
            continue
        slots = {"lesion": item.kind, "number": item.number}
        if item.all_over:
            facts += [Fact("lesion_count", eye, {**slots, "number": SOME, "quadrant": q}) for q in QUADRANTS]
            facts.append(Fact("lesion_count", eye, slots))
            continue
        if item.spread:
            facts.append(Fact("spread", eye, {**slots, "quadrants": item.spread}))
            facts.append(Fact("lesion_count", eye, slots))
            continue
        if item.most:
            facts.append(Fact("most_in", eye, {**slots, "quadrant": "+".join(places), "half": item.most == "half"}))
            facts += [] if item.bare else [Fact("lesion_count", eye, slots)]
            continue
        if not item.every or len(item.quadrants) == 1:
            facts += [Fact("lesion_count", eye, {**slots, "quadrant": "+".join(q)}) for q in item.quadrants]
        if item.every:
            facts.append(Fact("all_in", eye, {**slots, "quadrant": "+".join(places)}))
        if not item.quadrants or (item.every and not item.bare):
            facts.append(Fact("lesion_count", eye, slots))
    return facts
