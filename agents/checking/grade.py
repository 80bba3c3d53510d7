"""Checks of sentences on the grade."""

from __future__ import annotations

from ..evidence_rules import lesion_counts, lesions_imply
from ..language import Wrong
from .cited import Check, Cited, same


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
        same(cited, "probability", "dec2", finding.probabilities[finding.value])


def referable_given(cited: Cited) -> None:
    """The probability is that of referable retinopathy. Raises Wrong."""
    same(cited, "probability", "dec2", cited.finding("grade").referable_probability)


def _conformal_set(cited: Cited) -> None:
    grades = cited.finding("grade").conformal_set
    if grades is None or cited.slots["set"] != ", ".join(str(g) for g in grades):
        raise Wrong("the set is not the one in the evidence")


def _implied(wanted: str) -> Check:
    def check(cited: Cited) -> None:
        if lesions_imply(lesion_counts(cited.finding("lesions"))) != wanted:
            raise Wrong("the lesion counts do not say so")

    return check


CHECKS: dict[str, tuple[Check, ...]] = {
    "grade": (grade_given, _grade_probability),
    "referable": (referable_given,),
    "conformal_set": (_conformal_set,),
    "lesions_mean_none": (_implied("none"),),
    "lesions_mean_mild": (_implied("mild"),),
    "lesions_mean_more": (_implied("more"),),
}
