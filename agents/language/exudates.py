"""Sentences about hard exudate and the fovea."""

from __future__ import annotations

from .binding import Stretch, bind, each, eyes_of, values
from .facts import Fact
from .tokens import Number


def exudate(stretch: Stretch) -> list[Fact] | None:
    """Exudate near the fovea, or none there, with its distance and what it stands for."""
    if any(kind != "EX" for kind, _ in values(stretch, "L")):
        return None
    numbers: list[Number] = values(stretch, "N")
    negated = values(stretch, "NEG")
    limits = set(values(stretch, "ONE_DD"))
    counts = [n for n in numbers if not (n.unit or n.decimals or n.percent)]
    numbers = [n for n in numbers if n not in counts]
    every = any(token.kind == "ALL" for token in stretch)
    if len(numbers) > 2 or len(negated) > 1 or len(limits) > 1 or any(n.unit != "DD" for n in numbers):
        return None
    several = [n for n in counts if n != Number(1)]
    if len(several) < len(counts) and any(form == 2 for _, form in values(stretch, "L")):
        return None
    if (every or several) and (
        negated or limits == {"within"} or any(n.bound not in ("at least", "more") for n in numbers)
    ):
        return None
    eyes = eyes_of(stretch)
    by_eye = bind([t for t in stretch if t.kind != "N" or t.value in numbers], ("N",)) if numbers else []
    if by_eye is None:
        return None
    facts = [f for own, held in by_eye for t in held for f in each(own, "nearest_exudate", number=t.value, unit="DD")]
    facts += [fact for n in counts for fact in each(eyes, "lesion_count", lesion="EX", number=n)]
    if negated and (numbers or limits == {"beyond"}):
        return None
    if limits == {"beyond"}:
        return facts + each(eyes, "exudate_far", some=True)
    if negated:
        return facts + each(eyes, "exudate_far")
    if limits or values(stretch, "SURROGATE") or any(t.kind == "SURROGATE" for t in stretch):
        facts += each(eyes, "exudate_near")
    return facts or None
