"""Checks of sentences on what follows."""

from __future__ import annotations

from ...knowledge.guidelines import GuidelineStatement, guideline_names, oedema_passages, recommendation
from ..contradictions import contradictions, stands_at_least
from ..evidence_rules import graver_open, oedema_open, oedema_suspected, undecided
from ..language import Wrong
from .cited import Check, Cited
from .conditions import flagged
from .disc import cup
from .literature import quoted


def _guideline(cited: Cited) -> None:
    quoted(cited)
    passage = cited.passage()
    if passage.guideline is None:
        raise Wrong("the passage is of no guideline")
    if cited.slots["key"] == passage.superseded_by:
        raise Wrong("that source supersedes the statement")


def _advice(cited: Cited) -> None:
    if cited.slots["advice"] not in cited.finding("quality").notes:
        raise Wrong("the advice is not the quality expert's")


def _person_first(cited: Cited) -> None:
    if not any(e.finding is not None and e.eye is cited.eye for e in cited.entries):
        raise Wrong("it cites no finding of this eye", unsupported=True)


def _deciding_grade(cited: Cited) -> None:
    """The sentence's grade is the worst of those cited. Raises Wrong."""
    grades = [
        e.finding.value
        for e in cited.entries
        if e.finding is not None and e.finding.expert == "grade" and e.finding.value is not None
    ]
    if not grades:
        raise Wrong("it cites no grade", unsupported=True)
    if cited.slots["value"] != max(grades):
        raise Wrong("that is not the deciding grade")


def _cell(cited: Cited) -> GuidelineStatement | None:
    name, grade = str(cited.slots["guideline"]), int(cited.slots["value"])
    if name not in guideline_names() or grade not in range(5):
        raise Wrong("there is no such guideline or grade in the table")
    return recommendation(name, grade)


def _no_statement(cited: Cited) -> None:
    if _cell(cited) is not None:
        raise Wrong("the guideline has a statement for this grade")


def _superseded(cited: Cited) -> None:
    cell, passage = _cell(cited), cited.passage()
    if cell is None or cell.superseded_by is None or cell.superseded_by != cited.slots["key"]:
        raise Wrong("the statement is not superseded by that")
    if cell.passage_id != passage.id:
        raise Wrong("the cited passage is not the statement")


def _statement_for(cited: Cited, grade: int) -> None:
    """The cited passage is what its guideline says of this grade. Raises Wrong."""
    _guideline(cited)
    cell = recommendation(str(cited.passage().guideline), grade)
    if cell is None or cell.passage_id != cited.passage().id:
        raise Wrong("the cited passage is not the guideline's statement for that grade")


def _at_least(cited: Cited) -> None:
    own = cited.own()
    if cited.eye is None or not stands_at_least(own, cited.eye):
        raise Wrong("the grade of this eye is not referable for sure")
    _statement_for(cited, int(own["grade"].value or 0))


def _graver_open(cited: Cited) -> None:
    value = int(cited.slots["value"])
    if graver_open(cited.finding("grade")) != value:
        raise Wrong("that is not the gravest grade that the conformal set leaves open")
    _statement_for(cited, value)


def _if_oedema(cited: Cited) -> None:
    _guideline(cited)
    own = cited.own()
    if not oedema_suspected(own.get("grade"), own.get("lesions")):
        raise Wrong("exudate near the macula's centre was neither measured nor is it probable")
    if cited.passage().id not in oedema_passages():
        raise Wrong("the passage is no statement on macular oedema")


def _withheld(cited: Cited) -> None:
    own = cited.own()
    if not own or cited.eye is None:
        raise Wrong("it cites no finding of this eye", unsupported=True)
    grade, why = own.get("grade"), cited.slots["why"]
    holds = {
        "no_grade": "quality" in own if grade is None else grade.value is None,
        "contradiction": bool(contradictions(own, cited.eye)),
        "undecided": grade is not None and undecided(grade),
        "oedema": oedema_open(grade, own.get("lesions")),
    }
    if not holds[str(why)]:
        raise Wrong("the evidence gives no such reason")


CHECKS: dict[str, tuple[Check, ...]] = {
    "follow": (_guideline,),
    "retake": (_advice,),
    "person_first": (_person_first,),
    "no_statement": (_deciding_grade, _no_statement),
    "superseded": (_deciding_grade, _superseded),
    "if_oedema": (_if_oedema,),
    "other_guideline": (_guideline,),
    "interval_withheld": (_withheld,),
    "at_least": (_at_least,),
    "graver_open": (_graver_open,),
    "condition_apart": (flagged,),
    "cup_apart": (cup("above"),),
}
