"""Step grade: the grade, how sure it is, and what the lesions mean by the scale."""

from __future__ import annotations

from ..evidence_rules import lesion_counts, lesions_imply
from .eye import EyeWriter


def write_grade(writer: EyeWriter) -> None:
    """The grade, how sure it is, and what the lesions mean by the scale."""
    grade = writer.finding("grade")
    if grade is not None and grade.value is not None and grade.probabilities is not None:
        value = grade.value
        writer.say("grade", "grade", "grade", grade=value, value=value, probability=grade.probabilities[value])
        if grade.referable_probability is not None:
            writer.say("grade", "referable", "grade", probability=grade.referable_probability)
        if grade.conformal_set:
            writer.say("grade", "conformal_set", "grade", set=", ".join(str(g) for g in grade.conformal_set))
        writer.cite("grade", f"grade:{value}")
    implied = lesions_imply(lesion_counts(writer.finding("lesions")))
    if implied is not None:
        writer.say("grade", f"lesions_mean_{implied}", "lesions")
