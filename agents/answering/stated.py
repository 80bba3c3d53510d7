"""What guidelines state of a grade that a question names, whatever grades the report has."""

from __future__ import annotations

import re

from ..lexicon import EYE_WORDS
from .asked import Asked, Said, clause_spans
from .eyes import eyes_named
from .guideline_names import guidelines_meant, guidelines_named
from .guidelines import signed_otherwise
from .statements import signed, statements
from .wording import SEVERAL, asking_of_a_grade, asks_guidelines, grades_in

_SUPPOSED = re.compile(r"\b(?:if|once|suppose|supposing|assuming)\b|\bwhen (?:it|this|that|the|an)\b", re.IGNORECASE)
_SIDE = re.compile(r"\b(?:left|right|o[ds])\b", re.IGNORECASE)
_WHY = re.compile(r"^\W*(?:and )?(?:why|how come|for what reason)(?: (?:so|is that|that))?\W*$", re.IGNORECASE)


def stated(question: str, asked: Asked) -> Said | None:
    """What guidelines, named or the report's own, say of a grade that a question names.

    Only why there is no interval, where the report withholds it: which grade an eye has is open then.
    """
    grades = grades_in(question)
    asking = asking_of_a_grade(question) if len(grades) == 1 and not SEVERAL.search(question) else []
    names = guidelines_meant(question, asked.report.provenance.guideline.upper()) if asking else []
    if not names:
        return None
    (grade,) = grades
    others = [span for span in clause_spans(question) if span not in asking]
    why = [span for span in others if _WHY.search(question[slice(*span)])]
    more = [span for span in others if _names_alone(question[slice(*span)])]
    said = statements(asked, [*asking, *more, *why], grade, names)
    said.notes = [*_not_theirs(question[asking[0][0] : asking[-1][1]], grade, asked), *said.notes]
    if why:
        said.afterwards.append("The table of guidelines holds what they state, and not why.")
    return said


def stated_of_signed(question: str, asked: Asked) -> Said | None:
    """What guidelines other than the report's, named or all, state of the worst grade that a person signed in place of the
    machine's, of the eyes that are named; what follows by the report's own is told with every answer on what follows."""
    report = asked.report
    if signed(report) is None or not signed_otherwise(report) or grades_in(question):
        return None
    asking = [span for span in clause_spans(question) if asks_guidelines(question[slice(*span)])]
    words = " ".join(question[slice(*span)] for span in asking)
    own = report.provenance.guideline.upper()
    names = guidelines_meant(words, own)
    if not names:
        return None
    graded = {eye: report.standing_grade(eye) or 0 for eye in report.eyes if eye in eyes_named(words, report.eyes)}
    said = statements(asked, asking, max(graded.values(), default=0), [name for name in names if name != own])
    said.intent = "recommendation"
    if len(graded) < len(report.eyes):
        said.notes += [f"The {EYE_WORDS[eye]} has ICDR grade {grade}." for eye, grade in graded.items()]
    return said


def _names_alone(clause: str) -> bool:
    """Whether a clause is no more than a guideline's name, one of several."""
    return bool(guidelines_named(clause)) and len(clause.split()) <= 3


def _not_theirs(words: str, grade: int, asked: Asked) -> list[str]:
    """That an eye to which the words give the grade, and do not only suppose it, has another."""
    if not _SIDE.search(words) or _SUPPOSED.search(words):
        return []
    named = eyes_named(words, asked.report.eyes)
    standing = {eye: asked.report.standing_grade(eye) for eye in asked.report.eyes if eye in named}
    return [
        f"The report does not say ICDR grade {grade} of the {EYE_WORDS[eye]}: it has "
        + ("no grade." if value is None else f"ICDR grade {value}.")
        for eye, value in standing.items()
        if value != grade
    ]
