"""Checks of sentences on the grade."""

from __future__ import annotations

from ...records import QUADRANTS, Status
from ..evidence_rules import (
    MORE_THAN_MICROANEURYSMS,
    REFERABLE_GRADE,
    crowded_quadrants,
    definition_met,
    definition_uncounted,
    few,
    lesion_counts,
    lesions_imply,
    likelier_grade,
)
from ..language import Wrong
from .cited import Check, Cited, require, same


def grade_given(cited: Cited) -> None:
    """The sentence's grade, by name and by number, is the one that was given. Raises Wrong."""
    finding = cited.finding("grade")
    if finding.value is None or finding.probabilities is None:
        raise Wrong("no grade was given")
    if cited.slots["grade"] != finding.value or cited.slots["value"] != finding.value:
        raise Wrong(f"the grade is {finding.value} in the evidence")


def _grade_probability(cited: Cited) -> None:
    finding = cited.finding("grade")
    if finding.value is not None and finding.probabilities is not None:
        same(cited, "probability", "share", finding.probabilities[finding.value])


def referable_given(cited: Cited) -> None:
    """The probability is that of referable retinopathy. Raises Wrong."""
    same(cited, "probability", "share", cited.finding("grade").referable_probability)


def _conformal_set(cited: Cited) -> None:
    grades = cited.finding("grade").conformal_set
    if grades is None or cited.slots["set"] != ", ".join(str(g) for g in grades):
        raise Wrong("the set is not the one in the evidence")


def _conformal_one(cited: Cited) -> None:
    if cited.finding("grade").conformal_set != [cited.slots["value"]]:
        raise Wrong("the set does not hold that grade alone")


def _grade_middle(cited: Cited) -> None:
    finding = cited.finding("grade")
    likeliest = likelier_grade(finding)
    if finding.probabilities is None or likeliest is None or cited.slots["likeliest"] != likeliest:
        raise Wrong("that is not the likeliest grade, or it is the one given")
    if cited.slots["value"] != finding.value:
        raise Wrong("that is not the grade given")
    same(cited, "probability", "share", finding.probabilities[likeliest])


def _implied(wanted: str) -> Check:
    def check(cited: Cited) -> None:
        if lesions_imply(cited.finding("lesions")) != wanted:
            raise Wrong("the lesion counts do not say so")

    return check


def _graded(cited: Cited) -> int:
    """The grade that the cited finding gives. Raises Wrong."""
    value = cited.finding("grade").value
    if value is None:
        raise Wrong("no grade was given")
    return value


def _probability_above(cited: Cited) -> None:
    above, given = _graded(cited) + 1, cited.finding("grade").probabilities
    if cited.slots["value"] != above or given is None or above >= len(given):
        raise Wrong("that is not the next grade")
    same(cited, "probability", "share", given[above])


def _criterion(cited: Cited) -> None:
    kind = str(cited.slots["lesion"])
    if kind not in MORE_THAN_MICROANEURYSMS or not cited.slots["count"]:
        raise Wrong("that is not the criterion")
    lesions = cited.finding("lesions")
    same(cited, "count", "int", lesion_counts(lesions)[kind])
    if kind in few(lesions):
        raise Wrong("so few are counted that there may be none")


def _model_alone(cited: Cited) -> None:
    if cited.slots["value"] != _graded(cited):
        raise Wrong("that is not the grade given")
    if definition_met(_graded(cited), cited.finding("lesions")):
        raise Wrong("the lesions that were counted meet the definition")


def _counted(wanted: bool) -> Check:
    def check(cited: Cited) -> None:
        if definition_uncounted(_graded(cited), cited.finding("lesions")) is wanted:
            raise Wrong("whether the lesions were counted is not as it says")

    return check


def _none_of(*kinds: str) -> Check:
    def check(cited: Cited) -> None:
        counts = lesion_counts(cited.finding("lesions"))
        if any(counts[kind] != 0 for kind in kinds):
            raise Wrong("some were detected, or they were not assessed")

    return check


def _uncounted(cited: Cited) -> None:
    kind = str(cited.slots["lesion"])
    if lesion_counts(cited.finding("lesions"))[kind] is not None:
        raise Wrong("they were counted")
    if cited.slots["value"] != (1 if kind == "MA" else REFERABLE_GRADE):
        raise Wrong("that is not the grade of which they are a criterion")


def _quadrants(cited: Cited) -> int | None:
    return crowded_quadrants(cited.finding("lesions"))


def _quadrants_unmet(cited: Cited) -> None:
    crowded = _quadrants(cited)
    if crowded == len(QUADRANTS):
        raise Wrong("all four quadrants hold more than 20")
    same(cited, "quadrants", "int", crowded)


def _unknown_signs(*signs: str) -> Check:
    def check(cited: Cited) -> None:
        made = [cited.finding("lesions").measurement(sign) for sign in signs]
        if any(m is None or m.status is not Status.NOT_ASSESSED for m in made):
            raise Wrong("the signs were assessed, or nothing says that they were not")

    return check


CHECKS: dict[str, tuple[Check, ...]] = {
    "grade": (grade_given, _grade_probability),
    "referable": (referable_given,),
    "conformal_set": (_conformal_set,),
    "conformal_one": (_conformal_one,),
    "grade_middle": (_grade_middle,),
    "lesions_mean_none": (_implied("none"),),
    "lesions_mean_mild": (_implied("mild"),),
    "lesions_mean_more": (_implied("more"),),
    "probability_above": (_probability_above,),
    "criterion_lesions": (_criterion,),
    "criterion_lesion": (_criterion,),
    "model_alone": (_model_alone, _counted(wanted=True)),
    "model_uncounted": (_model_alone, _counted(wanted=False)),
    "needs_microaneurysms": (_none_of("MA"),),
    "needs_more": (_none_of(*MORE_THAN_MICROANEURYSMS),),
    "lesions_uncounted": (_uncounted,),
    "four_quadrants_unmet": (_quadrants_unmet,),
    "four_quadrants_met": (require(lambda c: _quadrants(c) == len(QUADRANTS), "the counts do not say so"),),
    "four_quadrants_unknown": (require(lambda c: _quadrants(c) is None, "they were counted by quadrant"),),
    "severe_signs_unknown": (_unknown_signs("venous_beading", "IRMA"),),
    "proliferative_signs_unknown": (_unknown_signs("neovascularisation"),),
}
