"""Checks of sentences of the impression."""

from __future__ import annotations

from ...records import Eye
from ..contradictions import contradictions
from ..evidence_rules import DEGENERATION, drusen_possible, few, oedema_probable, undecided
from ..language import Wrong
from .cited import Check, Cited, measured, require
from .disc import cup
from .grade import grade_given, referable_given
from .macula import exudate_distance


def _no_grade(cited: Cited) -> None:
    graded = [e for e in cited.entries if e.finding is not None and e.finding.expert == "grade" and e.eye is cited.eye]
    if any(e.finding is not None and e.finding.value is not None for e in graded):
        raise Wrong("a grade was given")
    if not any(e.finding is not None and e.eye is cited.eye for e in cited.entries):
        raise Wrong("it cites no finding of this eye", unsupported=True)


def _grades_by_eye(cited: Cited) -> dict[Eye, int]:
    return {
        e.eye: e.finding.value
        for e in cited.entries
        if e.finding is not None and e.finding.expert == "grade" and e.finding.value is not None and e.eye is not None
    }


def _worse_eye(cited: Cited) -> None:
    grades = _grades_by_eye(cited)
    others = [grade for eye, grade in grades.items() if eye is not cited.eye]
    if cited.eye not in grades or not others or grades[cited.eye] <= max(others):
        raise Wrong("the grades do not say so")


def _same_grade(cited: Cited) -> None:
    grades = _grades_by_eye(cited)
    if len(grades) < 2 or len(set(grades.values())) != 1:
        raise Wrong("the grades do not say so")


def _worse_eye_reason(cited: Cited) -> None:
    _worse_eye(cited)
    grades = _grades_by_eye(cited)
    others = [grade for eye, grade in grades.items() if eye is not cited.eye]
    if cited.eye is None or cited.slots["value"] != grades[cited.eye] or [cited.slots["other"]] != others:
        raise Wrong("the grades are others")


def _one_eye_graded(cited: Cited) -> None:
    eyes = {e.eye for e in cited.entries if e.finding is not None}
    if set(_grades_by_eye(cited)) != {cited.eye} or len(eyes) != 2:
        raise Wrong("the findings of the two eyes do not say so")


_few_exudates = require(lambda c: "EX" in few(c.finding("lesions")), "there are more exudates than may be none")


def _drusen(cited: Cited) -> None:
    own = cited.own()
    if cited.slots["condition"] != DEGENERATION or not drusen_possible(own.get("lesions"), own.get("conditions")):
        raise Wrong("nothing says that they may be drusen")


def _undecided(cited: Cited) -> None:
    finding = cited.finding("grade")
    if finding.value is None or not undecided(finding):
        raise Wrong("the conformal set decides it")


def _oedema_probable(cited: Cited) -> None:
    if not oedema_probable(cited.finding("grade")):
        raise Wrong("exudate near the macula's centre is not probable")


def _contradicted(cited: Cited) -> None:
    """The cited findings on this eye contradict themselves. Raises Wrong."""
    if cited.eye is None or not contradictions(cited.own(), cited.eye):
        raise Wrong("the evidence does not contradict itself")


CHECKS: dict[str, tuple[Check, ...]] = {
    "summary": (grade_given, referable_given),
    "summary_no_grade": (_no_grade,),
    "worse_eye": (_worse_eye,),
    "same_grade": (_same_grade,),
    "worse_eye_reason": (_worse_eye_reason,),
    "one_eye_graded": (_one_eye_graded,),
    "undecided": (_undecided,),
    "summary_oedema": (_oedema_probable, measured("grade", "dme_probability", "probability", "share")),
    "summary_exudate_few": (exudate_distance(near=True), _few_exudates),
    "summary_exudate": (exudate_distance(near=True),),
    "summary_drusen": (_drusen,),
    "summary_cup": (cup("above"), measured("disc", "vertical_cdr", "ratio", "dec2")),
    "summary_contradicted": (_contradicted,),
}
