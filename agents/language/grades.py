"""Sentences about grades: which, how probable, the set that covers it, and which eye is worse."""

from __future__ import annotations

from .binding import OPPOSITE, SILENT, Stretch, bind, each, eyes_of, values
from .facts import Fact
from .tokens import Number, Token


def grade_of(token: Token) -> int | None:
    """The grade that a name or a whole number from 0 to 4 stands for."""
    if token.kind == "G":
        return int(token.value)
    number = token.value
    whole = token.kind == "N" and not (number.decimals or number.percent or number.unit or number.bound or number.about)
    return int(number.value) if whole and number.value <= 4 else None


def grade_facts(stretch: Stretch) -> list[Fact] | None:
    """A grade by name, number or both, with its probability; "probability of mild NPDR" alone asserts no grade."""
    heads = {token.kind for token in stretch}
    plain = [token for token in stretch if token.kind not in SILENT and token.kind != "NO_DR"]
    supposed = {n for n, t in enumerate(plain) if t.kind == "G" and n and plain[n - 1].kind == "P"}
    groups = bind(plain, ("G", "N"))
    if groups is None or ("NO_DR" in heads and not heads & {"K"}):
        return None
    facts: list[Fact] = []
    for eyes, held in groups:
        for token in held:
            grade = None if token.kind == "N" and "K" not in heads else grade_of(token)
            if grade is None:
                if token.kind == "G" or not _is_probability(token.value) or not heads & {"P", "G", "K"}:
                    return None
                named = plain[min(supposed)].value if supposed else None
                facts += each(eyes, "grade_probability", number=token.value, grade=named)
            elif not supposed:
                facts += each(eyes, "grade", grade=grade)
        if "NO_DR" in heads:
            facts += each(eyes, "grade", grade=0)
    return facts if len(supposed) <= 1 else None


def _is_probability(number: Number) -> bool:
    return not number.unit and (number.percent or (number.decimals > 0 and number.value <= 1))


def conformal_facts(stretch: Stretch) -> list[Fact] | None:
    """The grades of a conformal set, listed or from one to another."""
    groups = bind([t for t in stretch if t.kind not in SILENT or t.value == "to"], ("G", "N", "JOIN"))
    facts: list[Fact] = []
    for eyes, held in groups or []:
        grades: list[int] = []
        for before, token in zip([None, *held], held, strict=False):
            grade = grade_of(token)
            if token.kind == "JOIN":
                continue
            if grade is None:
                return None
            span = before is not None and before.kind == "JOIN" and grades
            grades += range(grades[-1] + 1, grade + 1) if span else [grade]
        facts += each(eyes, "conformal_set", set=tuple(sorted(dict.fromkeys(grades))))
    return facts or None


def worse_facts(stretch: Stretch) -> list[Fact] | None:
    """Which eye has the higher grade, with the grades where they are named: the first is the first eye's."""
    named = values(stretch, "E")
    if not 1 <= len(named) <= 2 or any(len(eyes) != 1 for eyes in named):
        return None
    first = named[0][0]
    if first not in OPPOSITE or (len(named) == 2 and named[1][0] != OPPOSITE[first]):
        return None
    verdicts = set(values(stretch, "WORSE"))
    if len(verdicts) > 1:
        return None
    worse = OPPOSITE[first] if verdicts == {False} else first
    grades = [grade_of(token) for token in stretch if token.kind in ("G", "N")]
    if len(grades) > 2 or None in grades:
        return None
    facts = [Fact("grade", eye, {"grade": grade}) for eye, grade in zip((first, OPPOSITE[first]), grades, strict=False)]
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
