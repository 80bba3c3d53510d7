"""Which sentences a reviewer's own grade contradicts: they are not accepted with the rest, and no letter tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...records import Claim, Eye, Report, ReviewDecision
from ..evidence_rules import REFERABLE_GRADE

Grades = Mapping[Eye, int | None]
"""An eye's ICDR grade; None where it has none or its photograph was called ungradable."""

GRADED = frozenset(
    {
        "grade",
        "referable",
        "conformal_set",
        "probability_above",
        "conformal_one",
        "grade_middle",
        "model_alone",
        "model_uncounted",
        "summary",
        "summary_no_grade",
        "undecided",
        "at_least",
        "graver_open",
        "summary_contradicted",
    }
)
"""Sentences on the machine's grade of an eye, which a reviewer's own grade replaces."""
BY_SCALE: dict[str, Callable[[int], bool]] = {
    "lesions_mean_none": lambda grade: grade > 0,
    "lesions_mean_mild": lambda grade: grade != 1,
    "lesions_mean_more": lambda grade: grade < 2,
    "criterion_lesions": lambda grade: grade < 2,
    "criterion_lesion": lambda grade: grade < 2,
    "needs_microaneurysms": lambda grade: grade == 1,
    "needs_more": lambda grade: grade >= 2,
    "four_quadrants_met": lambda grade: grade < 3,
}
"""Sentences on what lesions mean by the scale [wilkinson2003], and which grades cannot stand beside them."""
BOTH_EYES = frozenset({"worse_eye", "worse_eye_reason", "same_grade", "one_eye_graded"})
"""Sentences that hold the eyes' grades against each other."""
_FROM_THE_WORST = frozenset({"follow", "no_statement", "superseded", "other_guideline"})
"""Recommendations that stand on the worst grade of all eyes."""
_UNTIL_READ = frozenset({"person_first", "interval_withheld"})
"""Sentences that wait for a person's own grade of an eye, be it the machine's."""


def contradicted(report: Report, decision: ReviewDecision) -> frozenset[str]:
    """The ids of the claims that the grades of a decision contradict.

    A grade that is the machine's contradicts no more than that a person must read the eye first.
    """
    before: Grades = {eye: of_eye.grade.value for eye, of_eye in report.eyes.items()}
    after: Grades = {**before, **decision.grades, **dict.fromkeys(decision.ungradable)}
    read = {*decision.grades, *decision.ungradable}
    steps = {claim.id: step.name for of_eye in report.eyes.values() for step in of_eye.steps for claim in step.claims}
    return frozenset(
        claim.id
        for claim in report.claims()
        if _waited_for(claim, read, after) or _contradicts(claim, steps.get(claim.id), before, after)
    )


def _waited_for(claim: Claim, read: set[Eye], after: Grades) -> bool:
    """Whether a sentence waits for what the reviewer gave: of an ungradable eye an interval stays withheld, and of one with
    suspected oedema, which no interval for a grade below the referable covers."""
    if claim.pattern not in _UNTIL_READ or claim.eye not in read:
        return False
    grade = after[claim.eye]
    if claim.pattern == "person_first" or grade is None:
        return claim.pattern == "person_first"
    return claim.slots.get("why") != "oedema" or grade >= REFERABLE_GRADE


def _contradicts(claim: Claim, step: str | None, before: Grades, after: Grades) -> bool:
    pattern = claim.pattern
    if pattern in _FROM_THE_WORST:
        return _worst(before) != _worst(after)
    if pattern in BOTH_EYES:
        return before != after
    if claim.eye is None or claim.eye not in after or before[claim.eye] == after[claim.eye]:
        return False
    grade = after[claim.eye]
    if pattern == "conformal_set":
        return str(grade) not in str(claim.slots.get("set", "")).split(", ")
    if pattern in GRADED or (pattern is None and step == "grade"):
        return True
    if pattern == "grade_change":
        return claim.slots.get("later") != grade
    if grade is None:
        return pattern == "gradable" or pattern in BY_SCALE
    if pattern in BY_SCALE:
        return BY_SCALE[pattern](grade)
    return pattern in ("not_gradable", "low_quality")


def _worst(grades: Grades) -> int | None:
    return max((grade for grade in grades.values() if grade is not None), default=None)
