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
from .about_grade import GRADE, grade_named
from .asked import Asked, Said, clause_spans
from .statements import withheld_claims

_ASKED = re.compile(
    r"\b(?:other|another|different|which|what|all|each|compare|between)\b[^.?!]*\bguidelines?\b"
    r"|\bguidelines?\b[^.?!]*\b(?:differ|compare|disagree|agree)",
    re.IGNORECASE,
)
_GUIDELINE = re.compile(r"\bguid(?:elines?|ance)\b", re.IGNORECASE)
_ITS_OWN = re.compile(r"\bthe guideline\b", re.IGNORECASE)
_BY_NAME = {name: re.compile(rf"\b{name}\b", re.IGNORECASE) for name in guideline_names() if name != "NICE"} | {
    "NICE": re.compile(
        r"\bNICE\b|(?i:\bnice (?:guid|recommend|says?\b|suggest|advi[sc]e|ng ?\d)|\b(?:does|would|by|under|per|according to) nice\b)"
    )
}
"""Each guideline's name; the one that is a word of its own counts in capitals, or beside what a guideline does."""
_ON_WHAT_FOLLOWS = frozenset({"recommendation", "out_of_scope", "explain", "compare"})
"""Intents that are answered by what a guideline says of the case."""
_TOPIC = re.compile(
    r"\b(?:about|on|regarding|define[sd]?)\b (?!this\b|that\b|the (?:case|patient|eyes?|grade)\b|her\b|him\b|it\b|follow|when|how|referral)",
    re.IGNORECASE,
)
_GRADE = re.compile(GRADE, re.IGNORECASE)


def asks_for_guidelines(question: str) -> bool:
    """Whether a question asks what other guidelines say, or where they differ."""
    return _ASKED.search(question) is not None


def guidelines_named(question: str) -> list[str]:
    """The guidelines of the table that a question names."""
    return [name for name in guideline_names() if _BY_NAME[name].search(question)]


def guidelines_meant(question: str, own: str) -> list[str]:
    """The guidelines that are asked: all, with the report's `own` first, those named, or its own."""
    if asks_for_guidelines(question) and not _ITS_OWN.search(question):
        return sorted(guideline_names(), key=lambda name: name != own)
    return guidelines_named(question) or ([own] if _GUIDELINE.search(question) else [])


def named_guidelines(question: str, asked: Asked) -> Said | None:
    """What the guidelines that a question names say of the case; their literature on another topic is the router's."""
    names, wish = guidelines_named(question), route(question)
    in_general = wish.wants("literature") and not wish.wants("recommendation")
    if not names or in_general or asks_for_guidelines(question) or on_a_topic(question):
        return None
    naming = [span for span in clause_spans(question) if guidelines_named(question[slice(*span)])]
    standing = {asked.report.standing_grade(eye) for eye in asked.report.eyes}
    if any({grade_named(m) for m in _GRADE.finditer(question[slice(*span)])} - standing for span in naming):
        return None
    claims, _removed = verify(guideline_claims(asked.report, asked.ledger, 0, names), asked.ledger)
    settles = clause_spans(question) if on_what_follows(question) else naming
    return Said("recommendation", settles, claims or list(asked.report.recommendation.claims))


def on_a_topic(question: str) -> bool:
    """Whether guidelines are asked about something else than the case."""
    return _TOPIC.search(question) is not None


def on_what_follows(question: str) -> bool:
    """Whether a question asks for nothing but what guidelines can answer of a case."""
    return {intent.name for intent in route(question).intents} <= _ON_WHAT_FOLLOWS


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
