"""Sentences about grades: which, how probable, the set that covers it, and which eye is worse."""

from __future__ import annotations

from collections.abc import Sequence

from .binding import OPPOSITE, Stretch, bind, each, eyes_of, values
from .facts import Fact
from .supposed import Mention, mentions
from .tokens import Number, Token


def grade_of(token: Token) -> int | None:
    """The grade that a name or a whole number from 0 to 4 stands for."""
    if token.kind == "G":
        return int(token.value)
    if token.kind == "NO_DR":
        return 0
    number = token.value
    whole = token.kind == "N" and not (number.decimals or number.percent or number.unit or number.bound or number.about)
    return int(number.value) if whole and number.value <= 4 else None


def is_probability(number: Number) -> bool:
    """Whether a number can be one: a percentage, or a decimal fraction."""
    return not number.unit and (number.percent or (number.decimals > 0 and number.value <= 1))


def grade_facts(stretch: Stretch) -> list[Fact] | None:
    """Grades by name, number or both, each with its probability; one that is only weighed ("a 13 % chance of") is not asserted."""
    kinds = {token.kind for token in stretch}
    if ("NO_DR" in kinds and "K" not in kinds) or not weighed_fairly(stretch):
        return None
    if any(token.kind == "JOIN" and token.value == "to" for token in stretch):
        return None
    found = mentions(stretch, bool(kinds & {"K", "RUNNER_UP"}))
    if found is None:
        return None
    groups = bind([token for token in stretch if token.kind != "DR"], ("G", "N", "NO_DR"))
    if groups is None:
        return None
    facts: list[Fact] = []
    told = [(eyes, token) for eyes, held in groups for token in held]
    if len(told) != len(found):
        return None
    for (eyes, _), mention in zip(told, found, strict=True):
        facts += _mentioned(eyes, mention)
    if "RUNNER_UP" in kinds:
        weighed = tuple(sorted({m.grade for m in found if m.supposed and m.grade is not None}))
        facts += each(eyes_of(stretch), "runner_up", grades=weighed)
        if not weighed:
            return None
    return facts


def _mentioned(eyes: Sequence[str], mention: Mention) -> list[Fact]:
    if mention.probability is not None:
        return each(eyes, "grade_probability", number=mention.probability, grade=mention.grade)
    return [] if mention.supposed else each(eyes, "grade", grade=mention.grade)


def weighed_fairly(stretch: Stretch) -> bool:
    """Whether "high", "low" or "modest" fits every probability that stands beside it; a bare one says too little."""
    numbers: list[Number] = [n for n in values(stretch, "N") if is_probability(n)]
    shares = [n.value / 100 if n.percent else n.value for n in numbers]
    for word in values(stretch, "PROBABLE"):
        low, high = _RANGES[word]
        if any(not low <= share <= high for share in shares) or (not shares and word != "likely"):
            return False
    return True


_RANGES = {
    "very high": (0.9, 1.0),
    "high": (0.5, 1.0),
    "likely": (0.0, 1.0),
    "modest": (0.3, 0.7),
    "low": (0.0, 0.5),
    "very low": (0.0, 0.1),
}
"""What words of likelihood may stand beside. "Likely" alone also names the measure: "13 % likely"."""


def conformal_facts(stretch: Stretch) -> list[Fact] | None:
    """The grades of a conformal set, listed or from one to another."""
    spans = any(token.kind == "JOIN" and token.value == "to" for token in stretch) or "SPAN" in {
        t.kind for t in stretch
    }
    groups = bind([t for t in stretch if not (t.kind == "JOIN" and t.value == "to")], ("G", "N"), lists=True)
    merged: dict[tuple[str, ...], list[int]] = {}
    for eyes, held in groups or []:
        grades = [grade_of(token) for token in held]
        if None in grades:
            return None
        merged.setdefault(eyes, []).extend(grade for grade in grades if grade is not None)
    facts: list[Fact] = []
    for eyes, named in merged.items():
        covered = sorted(set(named))
        if spans and len(covered) == 2:
            covered = list(range(covered[0], covered[1] + 1))
        elif spans and len(covered) > 2:
            return None
        facts += each(eyes, "conformal_set", set=tuple(covered))
    return facts or None


def member_facts(stretch: Stretch) -> list[Fact] | None:
    """Grades that the conformal set leaves possible."""
    groups = bind(stretch, ("G", "N", "NO_DR"))
    facts: list[Fact] = []
    named: int | None = None
    for eyes, held in groups or []:
        for token in held:
            grade = grade_of(token)
            if grade is not None:
                named = grade
                facts += each(eyes, "possible", grade=grade)
            elif named is not None and is_probability(token.value):
                facts += each(eyes, "grade_probability", number=token.value, grade=named)
            else:
                return None
    return facts or None


def worse_facts(stretch: Stretch) -> list[Fact] | None:
    """Which eye has the higher grade, with the grades where they are named."""
    named = values(stretch, "E")
    if not 1 <= len(named) <= 3 or any(len(eyes) != 1 for eyes in named):
        return None
    first = named[0][0]
    if first not in OPPOSITE:
        return None
    verdicts = {*values(stretch, "WORSE"), *values(stretch, "LARGER")}
    if len(verdicts) > 1:
        return None
    worse = OPPOSITE[first] if verdicts == {False} else first
    grades = [grade_of(token) for token in stretch if token.kind in ("G", "N")]
    if len(grades) > 2 or None in grades:
        return None
    order = [eyes[0] for eyes in named][: len(grades)] if len(named) == len(grades) else [first, OPPOSITE[first]]
    facts = [Fact("grade", eye, {"grade": grade}) for eye, grade in zip(order, grades, strict=False)]
    return [Fact("worse_eye", worse), *facts]


def same_facts(stretch: Stretch) -> list[Fact] | None:
    """Both eyes at one grade, and which where it is named."""
    eyes = eyes_of(stretch)
    grades = [grade_of(token) for token in stretch if token.kind in ("G", "N")]
    if not any(values(stretch, "SAME")) and not any(token.kind in ("K", "G") for token in stretch):
        return None
    if len(eyes) == 1 or None in grades:
        return None
    return [Fact("same_grade"), *(f for grade in grades for f in each(("right", "left"), "grade", grade=grade))]
