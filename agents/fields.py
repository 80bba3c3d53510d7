"""Several photographs of one eye from one visit: the worst of them decides, and where they differ a person should look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..records import Finding
from .evidence_rules import REFERABLE_GRADE
from .patterns.words import CONDITION_NAMES

Findings = Mapping[str, Finding]


def grade_of(findings: Findings) -> int:
    """The grade of a photograph; -1 where none was given."""
    grade = findings.get("grade")
    return -1 if grade is None or grade.value is None else int(grade.value)


def differences(decisive: Findings, others: Sequence[Findings]) -> list[str]:
    """Why a person should look at an eye whose other photographs, of the same visit, say other than the decisive one."""
    return [*_grades(decisive, others), *_flagged_elsewhere(decisive, others)]


def _grades(decisive: Findings, others: Sequence[Findings]) -> list[str]:
    followed = grade_of(decisive)
    unlike = sorted({g for g in map(grade_of, others) if g >= 0 and _apart(g, followed)})
    if not unlike:
        return []
    # Only one without a date can be graded worse than the decisive one.
    which = "the worse grade is followed" if unlike[-1] < followed else "which of them is the later is not known"
    return [f"another photograph of it was read as grade {' or '.join(map(str, unlike))}; {which}"]


def _apart(one: int, other: int) -> bool:
    """Whether two grades differ by more than neighbours do that are both referable or both not."""
    return abs(one - other) > 1 or (one >= REFERABLE_GRADE) != (other >= REFERABLE_GRADE)


def _flagged_elsewhere(decisive: Findings, others: Sequence[Findings]) -> list[str]:
    said = _flags(decisive)
    elsewhere = dict.fromkeys(name for findings in others for name in _flags(findings) if name not in said)
    return [f"{CONDITION_NAMES[name]} is flagged in another photograph of it" for name in elsewhere]


def _flags(findings: Findings) -> list[str]:
    return list(findings["conditions"].flags) if "conditions" in findings else []
