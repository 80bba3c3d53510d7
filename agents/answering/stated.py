"""What guidelines state of a grade that a question names, whatever grades the report has."""

from __future__ import annotations

import re

from ...knowledge import corpus
from ...knowledge.guidelines import guideline_names, recommendation
from .about_grade import GRADE, grade_named
from .asked import Asked, Said, clause_spans
from .definitions import quoted
from .guidelines import asks_for_guidelines, guidelines_named, withheld_claims

_GRADE = re.compile(GRADE, re.IGNORECASE)
_AS_SUCH = re.compile(
    r"\b(?:for|about|on|of|at|with|regarding|follows?|recalls?|refers?|should|must|if (?:it|this) (?:were|was|had been)) "
    rf"(?:an? |patients? with |eyes? with )?{GRADE}(?: (?:eyes?|patients?|disease|retinopathy))?\W*"
    r"(?:$|\b(?:by|under|according|be|in the (?:left|right))\b)",
    re.IGNORECASE,
)
"""A grade that is asked of as such, and not whether the eye has it; what else stands behind it is the literature's."""
_GUIDELINE = re.compile(r"\bguidelines?\b", re.IGNORECASE)
_ITS_OWN = re.compile(r"\bthe guideline\b", re.IGNORECASE)
_STATES = re.compile(
    r"\b(?:say|says|stat(?:e|es|ement)|recommend(?:s|ed|ations?)?|advis(?:e|es|ed)|advice|ask(?:s|ed)?|suggest(?:s|ed)?|want(?:s|ed)?"
    r"|requir(?:e|es|ed)|follow(?:s|[- ]?up)?|when|how (?:soon|often|long)|interval|refer(?:s|red|ral)?|recall(?:s|ed)?|seen?|compare)\b",
    re.IGNORECASE,
)
_ANOTHER_MATTER = re.compile(
    r"\bwhy\b|\blaser|\bphotocoag|\banti-?vegf|\binject|\bsurg|\bvitrect|\btreat|\btherap|\bpregnan|\bchild|\bblood|\bhba1c"
    r"|\boct\b|\bangiogr|o?edema|\bmean|\bdefin|\bsure\b|\bcertain|\bprobab|\blikel|\blesion|h(?:a?)emorrh|aneurysm|exudate",
    re.IGNORECASE,
)
"""What the guidelines' table does not answer."""
_SEVERAL = re.compile(
    r"\bor (?:more|worse|above|higher|graver)\b|\b(?:grade|level|stage)s? ?\d ?(?:,|and|or|to|/|-|&) ?\d", re.IGNORECASE
)
"""Grades that are named by their ends or one after the other: no single statement answers for all."""


def stated(question: str, asked: Asked) -> Said | None:
    """What guidelines, named or the report's own, say of a grade that a question names.

    Only why there is no interval, where the report withholds it: which grade an eye has is open then.
    """
    clauses = [span for span in clause_spans(question) if _AS_SUCH.search(question[slice(*span)])]
    grades = list(dict.fromkeys(map(grade_named, _GRADE.finditer(question))))
    if len(clauses) != 1 or len(grades) != 1 or _SEVERAL.search(question):
        return None
    clause = question[slice(*clauses[0])]
    if _ANOTHER_MATTER.search(clause) or not _STATES.search(clause):
        return None
    if not guidelines_named(clause) and not _GUIDELINE.search(clause):
        return None
    names = _guidelines_meant(question, asked.report.provenance.guideline.upper())
    if not names:
        return None
    settles = [span for span in clause_spans(question) if span in clauses or _names_alone(question[slice(*span)])]
    withheld = withheld_claims(asked.report)
    if withheld:
        return Said("recommendation", settles, claims=withheld)
    cells = {(name, grade): recommendation(name, grade) for grade in grades for name in names}
    passages = [corpus.by_id()[cell.passage_id] for cell in cells.values() if cell is not None]
    said = quoted(asked, settles, passages) or Said("literature", settles)
    said.afterwards = [
        f"No statement of {name} on ICDR grade {grade} is in the table of guidelines."
        for (name, grade), cell in cells.items()
        if cell is None
    ]
    return said


def _guidelines_meant(question: str, own: str) -> list[str]:
    """The guidelines that are asked: all, those named, or the report's `own`."""
    if asks_for_guidelines(question) and not _ITS_OWN.search(question):
        return sorted(guideline_names(), key=lambda name: name != own)
    return guidelines_named(question) or ([own] if _GUIDELINE.search(question) else [])


def _names_alone(clause: str) -> bool:
    """Whether a clause is no more than a guideline's name, one of several."""
    return bool(guidelines_named(clause)) and len(clause.split()) <= 3
