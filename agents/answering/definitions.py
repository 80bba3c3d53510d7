"""Questions after a grade of the scale as such: how it is defined, and what guidelines ask for at it."""

from __future__ import annotations

import re

from ...knowledge import corpus
from ...knowledge.guidelines import guideline_names, recommendation
from ...records import Claim, Passage
from ..lexicon import PATTERNS
from ..verify import verify
from .about_grade import GRADE, grade_named
from .asked import Asked, Said, Span
from .guidelines import asks_for_guidelines, guidelines_named, withheld_claims

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
_GRADE = re.compile(GRADE, re.IGNORECASE)
_GUIDELINE = re.compile(r"\bguidelines?\b|\brecommend(?:s|ed|ations?)?\b", re.IGNORECASE)
_ITS_OWN = re.compile(r"\bthe guideline\b", re.IGNORECASE)
_STATES = re.compile(
    r"\b(?:say|says|stat(?:e|es|ement)|recommend(?:s|ed|ation)?|advis(?:e|es|ed)|advice|ask(?:s|ed)?|suggest(?:s|ed)?|want(?:s|ed)?"
    r"|requir(?:e|es|ed)|follow(?:s|[- ]?up)?|when|how (?:soon|often|long)|interval|refer(?:s|red|ral)?|recall(?:s|ed)?|seen?|means?|compared?|differ)\b",
    re.IGNORECASE,
)
_FURTHER = re.compile(
    r"^ ?(?:eyes?|patients?|people|disease|retinopathy|or (?:more|worse|above|higher))?\W*(?:$|\b(?:and|or|by|under|in the|according|be|should|is|are|means?)\b)",
    re.IGNORECASE,
)
"""What may stand behind a grade that a guideline's statement is asked of: a further condition there is the literature's."""
_FOUR_TWO_ONE = re.compile(
    r"^\W*(?:and )?(?:(?:what(?:['’]s| is| are| does)|define|explain|describe|tell me about) )?(?:the )?(?:4[- :]?2[- :]?1|four[- ]two[- ]one)\b"
    r"(?: (?:rule|criteria|criterion|mean|say))*\W*$",
    re.IGNORECASE,
)
_RULE_BEGINS = "By the 4-2-1 rule"


def definitions(question: str, asked: Asked) -> Said | None:
    """The definition of a grade or of the 4-2-1 rule, or what guidelines say of a grade that no eye of the report has."""
    defined, supposed, rule = (p.search(question) for p in (_DEFINED, _SUPPOSED, _FOUR_TWO_ONE))
    if rule is not None:
        return _quoted(asked, rule.span(), [p for p in corpus.passages() if p.text.startswith(_RULE_BEGINS)])
    if defined is not None:
        marked = f"grade {grade_named(defined)} of the international scale) is defined"
        return _quoted(asked, defined.span(), [p for p in corpus.passages() if marked in p.text])
    if supposed is not None and grade_named(supposed) not in map(asked.report.standing_grade, asked.report.eyes):
        cell = recommendation(asked.report.provenance.guideline, grade_named(supposed))
        return _quoted(asked, supposed.span(), [] if cell is None else [corpus.by_id()[cell.passage_id]])
    return _stated(question, asked)


def _stated(question: str, asked: Asked) -> Said | None:
    """What guidelines, named or the report's own, say of grades that a question names.

    Of a grade that an eye has, only why there is no interval, where the report withholds it.
    """
    found = [match for match in _GRADE.finditer(question) if _FURTHER.match(question[match.end() :])]
    grades = dict.fromkeys(map(grade_named, found))
    if not grades or not _STATES.search(question):
        return None
    own = asked.report.provenance.guideline.upper()
    names = guidelines_named(question) or ([own] if _GUIDELINE.search(question) else [])
    if asks_for_guidelines(question) and not _ITS_OWN.search(question):
        names = sorted(guideline_names(), key=lambda name: name != own)
    if not names:
        return None
    withheld = withheld_claims(asked.report)
    if withheld and set(grades) & set(map(asked.report.standing_grade, asked.report.eyes)):
        return Said("recommendation", [(0, len(question))], claims=withheld)
    cells = {(name, grade): recommendation(name, grade) for grade in grades for name in names}
    passages = [corpus.by_id()[cell.passage_id] for cell in cells.values() if cell is not None]
    said = _quoted(asked, (0, len(question)), passages) or Said("literature", [(0, len(question))])
    said.afterwards = [
        f"No statement of {name} on ICDR grade {grade} is in the table of guidelines."
        for (name, grade), cell in cells.items()
        if cell is None
    ]
    return said


def _quoted(asked: Asked, span: Span, passages: list[Passage]) -> Said | None:
    """Passages as sentences of their own, entered in the ledger; None where there is none."""
    claims: list[Claim] = []
    for number, passage in enumerate(passages, start=1):
        entry = asked.ledger.add_passage(passage)
        slots = {"statement": passage.text, "key": passage.reference}
        claims.append(PATTERNS["literature"].claim(f"A{number}", None, slots, [entry.id]))
    kept, _removed = verify(claims, asked.ledger)
    return Said("literature", [span], claims=kept) if kept else None
