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
_GUIDELINE = re.compile(r"\bguidelines?\b", re.IGNORECASE)
_RECOMMENDED = re.compile(r"\brecommend(?:s|ed|ations?)?\b", re.IGNORECASE)
_ITS_OWN = re.compile(r"\bthe guideline\b", re.IGNORECASE)
_STATES = re.compile(
    r"\b(?:say|says|stat(?:e|es|ement)|recommend(?:s|ed|ations?)?|advis(?:e|es|ed)|advice|ask(?:s|ed)?|suggest(?:s|ed)?|want(?:s|ed)?"
    r"|requir(?:e|es|ed)|follow(?:s|[- ]?up)?|when|how (?:soon|often|long)|interval|refer(?:s|red|ral)?|recall(?:s|ed)?|seen?|means?"
    r"|compared?|differ)\b",
    re.IGNORECASE,
)
_FURTHER = re.compile(
    r"^ ?(?:eyes?|patients?|people|disease|retinopathy|or (?:more|worse|above|higher))?\W*"
    r"(?:$|\b(?:and|or|by|under|in the|according|be|should|is|are|means?)\b)",
    re.IGNORECASE,
)
"""What may stand behind a grade that a guideline's statement is asked of: a further condition there is the literature's."""
_OF_THE_CASE = re.compile(r"\b(?:the|this|that|her|his|their|my) $", re.IGNORECASE)
"""Before a grade and an eye: "the grade 2 eye" is one of the report."""
_ANOTHER_MATTER = re.compile(
    r"\bwhy\b|\blaser|\bphotocoag|\banti-?vegf|\binject|\bsurg|\bvitrect|\btreat|\btherap|\bpregnan|\bchild",
    re.IGNORECASE,
)
"""Questions after reasons and treatments, which the guidelines' table does not answer."""


def stated(question: str, asked: Asked) -> Said | None:
    """What guidelines, named or the report's own, say of grades that a question names.

    Of a grade that an eye has, only why there is no interval, where the report withholds it.
    """
    grades = _grades_named(question)
    if not grades or not _STATES.search(question) or _ANOTHER_MATTER.search(question):
        return None
    of_the_report = bool(set(grades) & set(map(asked.report.standing_grade, asked.report.eyes)))
    names = _guidelines_meant(question, asked.report.provenance.guideline.upper(), of_the_report)
    if not names:
        return None
    settles = [span for span in clause_spans(question) if _speaks_of_either(question[slice(*span)])]
    withheld = withheld_claims(asked.report)
    if withheld and of_the_report:
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


def _grades_named(question: str) -> list[int]:
    """The grades that are asked of as such, each once."""
    found = []
    for match in _GRADE.finditer(question):
        before, behind = question[: match.start()], question[match.end() :]
        if _FURTHER.match(behind) and not (_OF_THE_CASE.search(before) and re.match(r" ?eyes?\b", behind)):
            found.append(grade_named(match))
    return list(dict.fromkeys(found))


def _guidelines_meant(question: str, own: str, of_the_report: bool) -> list[str]:
    """The guidelines that are asked: all, those named, or the report's `own`, the last also where only a recommendation for a
    grade that no eye has is asked for."""
    if asks_for_guidelines(question) and not _ITS_OWN.search(question):
        return sorted(guideline_names(), key=lambda name: name != own)
    meant = _GUIDELINE.search(question) or (_RECOMMENDED.search(question) and not of_the_report)
    return guidelines_named(question) or ([own] if meant else [])


def _speaks_of_either(clause: str) -> bool:
    """Whether a clause names a grade or a guideline."""
    words = (_GRADE, _GUIDELINE, _RECOMMENDED)
    return bool(guidelines_named(clause)) or any(pattern.search(clause) for pattern in words)
