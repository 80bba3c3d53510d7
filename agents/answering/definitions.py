"""Questions after a grade of the scale as such: how it is defined, and what the report's guideline asks for at it."""

from __future__ import annotations

import re

from ...knowledge import corpus
from ...knowledge.guidelines import recommendation
from ...records import Claim, Passage
from ..lexicon import PATTERNS
from ..verify import verify
from .about_grade import GRADE, grade_named
from .asked import Asked, Said, Span

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
    """The definition of a grade or of the 4-2-1 rule, or what the report's guideline says of a grade that is only supposed."""
    defined, supposed, rule = (p.search(question) for p in (_DEFINED, _SUPPOSED, _FOUR_TWO_ONE))
    if rule is not None:
        return quoted(asked, [rule.span()], [p for p in corpus.passages() if p.text.startswith(_RULE_BEGINS)])
    if defined is not None:
        marked = f"grade {grade_named(defined)} of the international scale) is defined"
        return quoted(asked, [defined.span()], [p for p in corpus.passages() if marked in p.text])
    if supposed is not None and grade_named(supposed) not in map(asked.report.standing_grade, asked.report.eyes):
        cell = recommendation(asked.report.provenance.guideline, grade_named(supposed))
        return quoted(asked, [supposed.span()], [] if cell is None else [corpus.by_id()[cell.passage_id]])
    return None


def quoted(asked: Asked, settles: list[Span], passages: list[Passage]) -> Said | None:
    """Passages as sentences of their own, entered in the ledger; None where there is none."""
    claims: list[Claim] = []
    for number, passage in enumerate(passages, start=1):
        entry = asked.ledger.add_passage(passage)
        slots = {"statement": passage.text, "key": passage.reference}
        claims.append(PATTERNS["literature"].claim(f"A{number}", None, slots, [entry.id]))
    kept, _removed = verify(claims, asked.ledger)
    return Said("literature", settles, claims=kept) if kept else None
