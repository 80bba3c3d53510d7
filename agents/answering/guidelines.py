"""What the guidelines say side by side of the grade that decides a case: each statement quoted, each gap said."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...knowledge import corpus
from ...knowledge.guidelines import guideline_names, recommendation
from ...records import Claim, Evidence, Report
from ..ledger import Ledger
from ..lexicon import PATTERNS
from ..routing import route
from ..verify import verify
from .about_grade import grade_named
from .asked import Asked, Said, clause_spans
from .guideline_names import asks_for_guidelines, guidelines_named
from .statements import withheld_claims
from .wording import GRADES, asks_guidelines

_ON_WHAT_FOLLOWS = frozenset({"recommendation", "out_of_scope", "explain", "compare"})
"""Intents that are answered by what a guideline says of the case."""
_TOPIC = re.compile(
    r"\b(?:about|on|regarding|define[sd]?)\b (?!this\b|that\b|the (?:case|patient|eyes?|grade)\b|her\b|him\b|it\b|follow|when|how|referral)",
    re.IGNORECASE,
)


def named_guidelines(question: str, asked: Asked) -> Said | None:
    """What the guidelines that a question names say of the case; their literature on another topic is the router's."""
    names, wish = guidelines_named(question), route(question)
    in_general = wish.wants("literature") and not wish.wants("recommendation")
    if not names or asks_for_guidelines(question) or _TOPIC.search(question):
        return None
    plain = [span for span in clause_spans(question) if asks_guidelines(question[slice(*span)])]
    if in_general and not plain:
        return None
    naming = [span for span in clause_spans(question) if guidelines_named(question[slice(*span)])]
    standing = {asked.report.standing_grade(eye) for eye in asked.report.eyes}
    if any({grade_named(m) for m in GRADES.finditer(question[slice(*span)])} - standing for span in naming):
        return None
    claims, _removed = verify(guideline_claims(asked.report, asked.ledger, 0, names), asked.ledger)
    whole = {intent.name for intent in wish.intents} <= _ON_WHAT_FOLLOWS
    settles = clause_spans(question) if whole else plain or naming
    return Said("recommendation", settles, claims or list(asked.report.recommendation.claims))


def guideline_claims(report: Report, ledger: Ledger, number: int, names: Iterable[str] = ()) -> list[Claim]:
    """What each guideline (of these names, if given) says of the deciding grade, the report's own first; passages are
    entered in the ledger.

    Where the report withholds an interval there is only why, and what it asks for at the least: no guideline's interval
    stands on such evidence. Nothing where a reviewer changed a grade, on which the statements would have to stand.
    """
    withheld = withheld_claims(report)
    if withheld:
        return withheld
    graded = _graded(report, ledger)
    if not graded or signed_otherwise(report):
        return []
    decides = max(e.finding.value for e in graded if e.finding is not None and e.finding.value is not None)
    own = report.provenance.guideline.upper()
    claims: list[Claim] = []
    for name in sorted(names or guideline_names(), key=lambda name: name != own):
        for pattern, slots, evidence in _said(name, decides, name == own, graded, ledger):
            place = number + len(claims) + 1
            claims.append(PATTERNS[pattern].claim(f"A{place}", None, slots, [entry.id for entry in evidence]))
    return claims


def signed_otherwise(report: Report) -> bool:
    """Whether a person signed another grade than the machine's."""
    return report.review is not None and any(e.grade != e.grade_before for e in report.review.eyes.values())


def _graded(report: Report, ledger: Ledger) -> list[Evidence]:
    """The grade of the photograph that stands for each eye."""
    shown = [(eye, of_eye.photographs[0].sha256) for eye, of_eye in report.eyes.items() if of_eye.photographs]
    entries = [ledger.of("grade", eye, photograph) for eye, photograph in shown]
    return [e for e in entries if e is not None and e.finding is not None and e.finding.value is not None]


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
