"""What the guidelines say side by side of the grade that decides a case: each statement quoted, each gap said."""

from __future__ import annotations

import re

from ...knowledge import corpus
from ...knowledge.guidelines import guideline_names, recommendation
from ...records import Claim, Evidence, Report
from ..ledger import Ledger
from ..lexicon import PATTERNS

_ASKED = re.compile(
    r"\b(?:other|another|different|which|what|all|each|compare|between)\b[^.?!]*\bguidelines?\b"
    r"|\bguidelines?\b[^.?!]*\b(?:differ|compare|disagree|agree)",
    re.IGNORECASE,
)


def asks_for_guidelines(question: str) -> bool:
    """Whether a question asks what other guidelines say, or where they differ."""
    return _ASKED.search(question) is not None


def guideline_claims(report: Report, ledger: Ledger, number: int) -> list[Claim]:
    """What each guideline says of the deciding grade, the report's own first; passages are entered in the ledger.

    Where the report withholds an interval there is only why: no guideline's interval stands on such evidence. Nothing
    where a reviewer changed a grade, on which the statements would have to stand.
    """
    withheld = [claim for claim in report.recommendation.claims if claim.pattern == "interval_withheld"]
    if withheld:
        return withheld
    graded = [
        e for e in ledger if e.finding is not None and e.finding.expert == "grade" and e.finding.value is not None
    ]
    reviewed = report.review is not None and any(e.grade != e.grade_before for e in report.review.eyes.values())
    if not graded or reviewed:
        return []
    decides = max(e.finding.value for e in graded if e.finding is not None and e.finding.value is not None)
    own = report.provenance.guideline.upper()
    claims: list[Claim] = []
    for name in sorted(guideline_names(), key=lambda name: name != own):
        for pattern, slots, evidence in _said(name, decides, name == own, graded, ledger):
            place = number + len(claims) + 1
            claims.append(PATTERNS[pattern].claim(f"A{place}", None, slots, [entry.id for entry in evidence]))
    return claims


_Sentence = tuple[str, dict[str, str | int | float], list[Evidence]]


def _said(name: str, grade: int, own: bool, graded: list[Evidence], ledger: Ledger) -> list[_Sentence]:
    """The sentences on one guideline: its statement, that it is superseded, or that there is none."""
    cell = recommendation(name, grade)
    if cell is None:
        return [("no_statement", {"guideline": name, "value": grade}, graded)]
    entry = ledger.add_passage(corpus.by_id()[cell.passage_id])
    quoted: dict[str, str | int | float] = {"statement": cell.sentence, "key": cell.references[0]}
    said: list[_Sentence] = [("follow" if own else "other_guideline", quoted, [entry])]
    if cell.superseded_by is not None:
        about: dict[str, str | int | float] = {"guideline": name, "value": grade, "key": cell.superseded_by}
        said.append(("superseded", about, [entry, *graded]))
    return said
