"""Questions after a grade of the scale as such: how it is defined, and what the report's guideline asks for at it."""

from __future__ import annotations

import re

from ...knowledge import corpus
from .about_grade import GRADE, grade_named
from .asked import Asked, Said, clause_spans
from .guideline_names import guidelines_meant
from .statements import quoted, statements
from .wording import SEVERAL, asks_guidelines, grades_in, supposed_grade

_DEFINED = re.compile(
    r"^\W*(?:and )?(?:what(?:['’]s| is| are| does)|define|how (?:is|are)|what do you mean by|(?:the )?(?:definition|meaning|criteria) (?:of|for))\b "
    rf"?(?:the (?:definition|meaning|criteria) (?:of|for) )?(?:an? )?{GRADE}(?: (?:mean|stand for|look like|defined|in general))*\W*$",
    re.IGNORECASE,
)
_FOUR_TWO_ONE = re.compile(
    r"^\W*(?:and )?(?:(?:what(?:['’]s| is| are| does)|define|explain|describe|tell me about) )?(?:the )?(?:4[- :]?2[- :]?1|four[- ]two[- ]one)\b"
    r"(?: (?:rule|criteria|criterion|mean|say))*\W*$",
    re.IGNORECASE,
)
_RULE_BEGINS = "By the 4-2-1 rule"


def definitions(question: str, asked: Asked) -> Said | None:
    """The definition of a grade or of the 4-2-1 rule, or what guidelines, named or the report's, say of a grade that is only
    supposed."""
    defined, rule = (p.search(question) for p in (_DEFINED, _FOUR_TWO_ONE))
    if rule is not None:
        return quoted(asked, [rule.span()], [p for p in corpus.passages() if p.text.startswith(_RULE_BEGINS)])
    if defined is not None:
        marked = f"grade {grade_named(defined)} of the international scale) is defined"
        return quoted(asked, [defined.span()], [p for p in corpus.passages() if marked in p.text])
    return _supposed(question, asked)


def _supposed(question: str, asked: Asked) -> Said | None:
    """What guidelines say of a grade that a question supposes and no eye has."""
    spans = supposed_grade(question)
    grades = {grade for span in spans for grade in grades_in(question[slice(*span)])}
    if (
        len(grades) != 1
        or grades <= set(map(asked.report.standing_grade, asked.report.eyes))
        or SEVERAL.search(question)
    ):
        return None
    own = asked.report.provenance.guideline.upper()
    also = [span for span in clause_spans(question) if span not in spans and asks_guidelines(question[slice(*span)])]
    return statements(asked, [*spans, *also], grades.pop(), guidelines_meant(question, own) or [own])
