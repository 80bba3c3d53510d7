"""Sentences that hold one eye against the other."""

from __future__ import annotations

from dataclasses import replace

from .binding import OPPOSITE, Stretch, bind, each, values
from .facts import Fact
from .grades import grade_facts
from .measures import measure
from .tokens import Token

COMPARED = {"CDR": "cup_disc_ratio", "VESSEL": "vessel_density", "SCORE": "quality_score", "REFER": "referable"}


def greater(stretch: Stretch) -> list[Fact] | None:
    """Which eye has the larger value of a measurement, with the values where they are named."""
    named, larger = values(stretch, "E"), values(stretch, "LARGER")
    if len(larger) != 1 or not 1 <= len(named) <= 2 or any(len(eyes) != 1 or eyes[0] not in OPPOSITE for eyes in named):
        return None
    order = [token.kind for token in stretch if token.kind in ("E", "THAN")]
    first = named[0][0] if order[0] == "E" else OPPOSITE[named[0][0]]
    kind = next(COMPARED[token.kind] for token in stretch if token.kind in COMPARED)
    facts = [Fact("greater", first if larger[0] else OPPOSITE[first], {"measure": kind})]
    numbers = [n for n, token in enumerate(stretch) if token.kind == "N"]
    if len(numbers) == 2 and all(t.kind in ("THAN", "JOIN") for t in stretch[numbers[0] + 1 : numbers[1]]):
        sides = zip((first, OPPOSITE[first]), numbers, strict=True)
        return [*facts, *(Fact(kind, eye, {"number": stretch[n].value, "unit": ""}) for eye, n in sides)]
    said = measure(kind)(stretch) if numbers else []
    return None if said is None else [*facts, *said]


def more_in(stretch: Stretch) -> list[Fact] | None:
    """Which eye has more lesions of a kind, with the counts or by how many where they are named."""
    named, lesions, more = values(stretch, "E"), values(stretch, "L"), values(stretch, "MORE")
    if len(lesions) != 1 or len(more) != 1 or not 1 <= len(named) <= 2 or any(len(eyes) != 1 for eyes in named):
        return None
    if len(named) == 2 and {*named[0], *named[1]} != set(OPPOSITE):
        return None
    order = [token.kind for token in stretch if token.kind in ("E", "THAN")]
    if len(named) == 1 and (named[0][0] not in OPPOSITE or "THAN" not in order):
        return None
    first = named[1 if order[0] == "THAN" and len(named) == 2 else 0][0]
    if order[0] == "THAN" and len(named) == 1:
        first = OPPOSITE[first]
    kind = lesions[0][0]
    facts = [Fact("more_in", first if more[0] else OPPOSITE[first], {"lesion": kind})]
    numbers = [n for n, token in enumerate(stretch) if token.kind == "N"]
    if not numbers:
        return facts
    if len(numbers) == 1 and [t.kind for t in stretch[numbers[0] + 1 : numbers[0] + 2]] == ["MORE"]:
        return [replace(facts[0], slots={"lesion": kind, "by": stretch[numbers[0]].value})]
    side_by_side = len(numbers) == 2 and all(t.kind in ("THAN", "JOIN") for t in stretch[numbers[0] + 1 : numbers[1]])
    groups = bind(stretch, ("N",))
    if side_by_side:
        groups = [((first,), [stretch[numbers[0]]]), ((OPPOSITE[first],), [stretch[numbers[1]]])]
    for eyes, held in groups or []:
        facts += [f for t in held for f in each(eyes, "lesion_count", lesion=kind, number=t.value)]
    return facts if groups and len(numbers) == 2 else None


def differing(stretch: Stretch) -> list[Fact] | None:
    """Two eyes of different grades, with these."""
    grades = grade_facts([Token("K"), *stretch])
    return None if grades is None else [Fact("different_grade", "right"), *grades]
