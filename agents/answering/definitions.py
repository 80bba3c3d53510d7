"""Questions after a grade of the scale as such: how it is defined, and what the report's guideline asks for at it."""

from __future__ import annotations

import re

from ...knowledge import corpus
from .about_grade import GRADE, grade_named
from .asked import Asked, Said, clause_spans
from .guidelines import guidelines_named
from .statements import quoted, statements
from .wording import asks_a_guideline

_DEFINED = re.compile(
    r"^\W*(?:and )?(?:what(?:['’]s| is| are| does)|define|how (?:is|are)|what do you mean by|(?:the )?(?:definition|meaning|criteria) (?:of|for))\b "
    rf"?(?:the (?:definition|meaning|criteria) (?:of|for) )?(?:an? )?{GRADE}(?: (?:mean|stand for|look like|defined|in general))*\W*$",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\bwhat (?:if|happens|would (?:happen|follow)|follows)\b[^.?!]*?"
    rf"(?:{GRADE}|\b(?:grade|level|stage|it|this) (?:were|was|is|had been) (?P<why_number>[0-4])\b)[^.?!]*",
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
    defined, supposed, rule = (p.search(question) for p in (_DEFINED, _SUPPOSED, _FOUR_TWO_ONE))
    if rule is not None:
        return quoted(asked, [rule.span()], [p for p in corpus.passages() if p.text.startswith(_RULE_BEGINS)])
    if defined is not None:
        marked = f"grade {grade_named(defined)} of the international scale) is defined"
        return quoted(asked, [defined.span()], [p for p in corpus.passages() if marked in p.text])
    if supposed is not None and grade_named(supposed) not in map(asked.report.standing_grade, asked.report.eyes):
        also = [span for span in clause_spans(question) if asks_a_guideline(question[slice(*span)])]
        names = guidelines_named(question) or [asked.report.provenance.guideline.upper()]
        return statements(asked, [supposed.span(), *also], grade_named(supposed), names)
    return None
