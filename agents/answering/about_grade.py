"""Questions that name a grade: how probable it is, and that the report does not have it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ...records import Eye
from ..lexicon import EYE_WORDS, SLOT_TYPES
from ..routing import route
from .asked import Asked, Said
from .eyes import eyes_named

_WORDS = {"mild": 1, "moderate": 2, "severe": 3, "proliferative": 4, "pdr": 4}
GRADE = (
    r"(?:(?:icdr )?(?:grade|level|stage)s? ?(?P<number>[0-4])\b"
    r"|(?<!non-)(?<!non )(?P<word>mild|moderate|severe|proliferative|\bpdr)\b(?: (?:npdr|pdr|dr|non-?proliferative|diabetic|retinopathy))*)"
)
_PROBABLE = re.compile(
    rf"\b(?:probabilit\w+|chances?|likelihood|how (?:likely|probable)|odds)\b[^.?!,;]*?{GRADE}(?! or (?:more|worse|above|higher))",
    re.IGNORECASE,
)
_SAID = re.compile(
    rf"\byou(?:'ve| have)? (?:said|say|told|wrote|read|called?|gave|give|graded?)\b[^.?!;]*?(?<!not )(?<!no ){GRADE}"
    rf"|\bwhy (?:is (?:it|this|that)|did you (?:say|call it|give)|do you (?:say|call it)|have you given)? ?(?:an? )?{GRADE.replace('number', 'why_number').replace('word', 'why_word')}",
    re.IGNORECASE,
)

_NAMED = re.compile(rf"(?<!how ){GRADE}", re.IGNORECASE)
_GUIDELINES = re.compile(r"\bguidelines?\b", re.IGNORECASE)


def probability_of_grade(question: str, asked: Asked) -> Said | None:
    """The probability the grading model gives a grade that a question names, a line an eye."""
    match = _PROBABLE.search(question)
    if match is None:
        return None
    lines = probability_lines(asked, eyes_asked(question, asked), grade_named(match))
    return Said("grade", [match.span()], notes=lines) if lines else None


def probability_lines(asked: Asked, eyes: Iterable[Eye], grade: int) -> list[str]:
    """The probability the grading model gives a grade, a line an eye."""
    lines = []
    for eye in eyes:
        entry = asked.ledger.of("grade", eye, _shown(asked, eye))
        finding = None if entry is None else entry.finding
        if entry is not None and finding is not None and finding.probabilities is not None:
            probability = finding.probabilities[grade]
            lines.append(
                f"{entry.id}: in the {EYE_WORDS[eye]}, the grading model gives ICDR grade {grade} a probability of "
                f"{SLOT_TYPES['share'].write(probability)}."
            )
    return lines


def premise(question: str, asked: Asked) -> Said | None:
    """That the report does not have the grade a question takes it to have; the router's answer follows."""
    match = _SAID.search(question)
    eyes = eyes_asked(question, asked)
    if match is None or not eyes:
        return None
    grade = grade_named(match)
    standing = {eye: asked.report.standing_grade(eye) for eye in eyes}
    if grade in standing.values():
        return None
    told = f"The report does not say ICDR grade {grade}: {_read_as(standing)}."
    return Said("explain", notes=[told], answers=False)


def not_theirs(question: str, asked: Asked) -> Said | None:
    """That no eye has the grade that a question about guidelines names; what stands in the report is answered beside it."""
    named = {grade_named(match) for match in _NAMED.finditer(question)}
    standing = {eye: asked.report.standing_grade(eye) for eye in asked.report.eyes}
    others = sorted(named - set(standing.values()))
    follows = route(question).wants("recommendation") or _GUIDELINES.search(question)
    if not others or not follows:
        return None
    grades = " or ".join(map(str, others))
    return Said("", notes=[f"The report does not say ICDR grade {grades}: {_read_as(standing)}."], answers=False)


def _read_as(standing: Mapping[Eye, int | None]) -> str:
    return "; ".join(
        f"the {EYE_WORDS[eye]} has {'no grade' if value is None else f'ICDR grade {value}'}"
        for eye, value in standing.items()
    )


def grade_named(match: re.Match[str]) -> int:
    """The grade that a match holds, by number or by name."""
    named = {name.removeprefix("why_"): value for name, value in match.groupdict().items() if value}
    return int(named["number"]) if "number" in named else _WORDS[named["word"].lower()]


def eyes_asked(question: str, asked: Asked) -> list[Eye]:
    """The eyes of the report that a question speaks of, in the report's order."""
    named = eyes_named(question, asked.report.eyes)
    return [eye for eye in asked.report.eyes if eye in named]


def _shown(asked: Asked, eye: Eye) -> str | None:
    """The hash of the photograph that stands for an eye."""
    photographs = asked.report.eyes[eye].photographs
    return photographs[0].sha256 if photographs else None
