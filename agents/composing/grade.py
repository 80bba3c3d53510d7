"""Step grade: the grade, how sure it is, which criterion is met by what, and what the next grade would need."""

from __future__ import annotations

from ...records import QUADRANTS, Finding, Status
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
from .eye import EyeWriter

HIGHEST = 4


def write_grade(writer: EyeWriter) -> None:
    """The grade, how sure it is, which criterion is met by what, and what the next grade would need."""
    grade, lesions = writer.finding("grade"), writer.finding("lesions")
    value = None if grade is None else grade.value
    if grade is not None and value is not None and grade.probabilities is not None:
        writer.say("grade", "grade", "grade", grade=value, value=value, probability=grade.probabilities[value])
        if grade.referable_probability is not None:
            writer.say("grade", "referable", "grade", probability=grade.referable_probability)
        likeliest = likelier_grade(grade)
        if likeliest is not None:
            share = grade.probabilities[likeliest]
            writer.say("grade", "grade_middle", "grade", value=value, likeliest=likeliest, probability=share)
        if grade.conformal_set and len(grade.conformal_set) == 1:
            writer.say("grade", "conformal_one", "grade", value=grade.conformal_set[0])
        elif grade.conformal_set:
            writer.say("grade", "conformal_set", "grade", set=", ".join(str(g) for g in grade.conformal_set))
        writer.cite("grade", f"grade:{value}")
    _criteria(writer, value, lesions)
    if grade is not None and value is not None and value < HIGHEST and grade.probabilities is not None:
        above = grade.probabilities[value + 1]
        writer.say("grade", "probability_above", "grade", value=value + 1, probability=above)
    if value is not None and lesions is not None and lesions.status is not Status.NOT_ASSESSED:
        _next_grade(writer, value, lesions)


def _criteria(writer: EyeWriter, value: int | None, lesions: Finding | None) -> None:
    """What the lesions mean by the scale, and what of it the grade rests on."""
    counts, doubtful, implied = lesion_counts(lesions), few(lesions), lesions_imply(lesions)
    if implied not in (None, "few"):
        writer.say("grade", f"lesions_mean_{implied}", "lesions")
    for kind in MORE_THAN_MICROANEURYSMS:
        if (count := counts[kind]) and kind not in doubtful:
            pattern = "criterion_lesion" if count == 1 else "criterion_lesions"
            writer.say("grade", pattern, "lesions", lesion=kind, count=count)
    if value is not None and lesions is not None and not definition_met(value, lesions):
        pattern = "model_uncounted" if definition_uncounted(value, lesions) else "model_alone"
        writer.say("grade", pattern, "grade", "lesions", value=value)


def _next_grade(writer: EyeWriter, value: int, lesions: Finding) -> None:
    """What the next grade would need and was not seen, or has no detector."""
    counts = lesion_counts(lesions)
    needed = {0: ("MA",), 1: MORE_THAN_MICROANEURYSMS}.get(value, ())
    if needed and all(counts[kind] == 0 for kind in needed):
        writer.say("grade", "needs_microaneurysms" if value == 0 else "needs_more", "lesions")
    for kind in needed:
        if counts[kind] is None:
            writer.say("grade", "lesions_uncounted", "lesions", lesion=kind, value=value + 1)
    if value < REFERABLE_GRADE:
        return
    crowded = crowded_quadrants(lesions)
    if value < HIGHEST and crowded is None:
        writer.say("grade", "four_quadrants_unknown", "lesions")
    elif value < HIGHEST and crowded == len(QUADRANTS):
        writer.say("grade", "four_quadrants_met", "lesions")
    elif value < HIGHEST and crowded is not None:
        writer.say("grade", "four_quadrants_unmet", "lesions", quadrants=crowded)
    if value < HIGHEST and _not_assessed(lesions, "venous_beading", "IRMA"):
        writer.say("grade", "severe_signs_unknown", "lesions")
    if _not_assessed(lesions, "neovascularisation"):
        writer.say("grade", "proliferative_signs_unknown", "lesions")


def _not_assessed(lesions: Finding, *signs: str) -> bool:
    made = [lesions.measurement(sign) for sign in signs]
    return all(m is not None and m.status is Status.NOT_ASSESSED for m in made)
