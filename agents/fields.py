"""Several photographs of one eye from one visit: the worst of them decides, and where they differ a person should look."""

from __future__ import annotations

from collections.abc import Sequence

from ..records import Eye, Finding
from .contradictions import DRUSEN_ALIKE, Findings, contradictions, flagged
from .evidence_rules import REFERABLE_GRADE, drusen_possible, grades_apart, large_cup, undecided
from .lexicon import EYE_WORDS
from .patterns.words import CONDITION_NAMES


def grade_of(findings: Findings) -> int:
    """The grade of a photograph; -1 where none was given."""
    grade = findings.get("grade")
    return -1 if grade is None or grade.value is None else int(grade.value)


def differences(decisive: Findings, others: Sequence[Findings], eye: Eye) -> list[str]:
    """Why a person should look at an eye for what its other photographs of the same visit say beside the decisive one."""
    return [
        *_grades(decisive, others),
        *_open(decisive, others),
        *_flagged_elsewhere(decisive, others),
        *_drusen_elsewhere(decisive, others),
        *_cup_elsewhere(decisive, others),
        *_contradictory(decisive, others, eye),
    ]


def _grades(decisive: Findings, others: Sequence[Findings]) -> list[str]:
    followed = grade_of(decisive)
    unlike = sorted({g for g in map(grade_of, others) if g >= 0 and grades_apart(g, followed)})
    if not unlike:
        return []
    # Only one without a date can be graded worse than the decisive one.
    which = "the worse grade is followed" if unlike[-1] < followed else "which of them is the later is not known"
    return [f"another photograph of it was read as grade {' or '.join(map(str, unlike))}; {which}"]


def _open(decisive: Findings, others: Sequence[Findings]) -> list[str]:
    """What another photograph leaves open where the decisive one is not referable."""
    if grade_of(decisive) >= REFERABLE_GRADE:
        return []
    own = decisive.get("grade")
    graded = [findings["grade"] for findings in others if grade_of(findings) >= 0]
    reasons = []
    if any(undecided(grade) for grade in graded) and not (own is not None and undecided(own)):
        reasons.append("with 90 % coverage another photograph of it may be referable or not")
    if any("out_of_distribution" in grade.flags for grade in graded):
        reasons.append("another photograph of it is unlike those the grading model learnt from")
    return reasons


def _contradictory(decisive: Findings, others: Sequence[Findings], eye: Eye) -> list[str]:
    """What contradicts itself in another photograph and not in the decisive one."""
    known = contradictions(decisive, eye)
    rules = dict.fromkeys(rule for findings in others for rule in contradictions(findings, eye) if rule not in known)
    return [f"in another photograph of it: {rule.text.format(eye=EYE_WORDS[eye])}" for rule in rules]


def _flagged_elsewhere(decisive: Findings, others: Sequence[Findings]) -> list[str]:
    said = flagged(decisive)
    elsewhere = dict.fromkeys(name for findings in others for name in flagged(findings) if name not in said)
    return [f"{CONDITION_NAMES[name]} is flagged in another photograph of it" for name in elsewhere]


def _drusen_elsewhere(decisive: Findings, others: Sequence[Findings]) -> list[str]:
    own, lesions = decisive.get("conditions"), decisive.get("lesions")
    elsewhere = any(drusen_possible(lesions, findings.get("conditions")) for findings in others)
    return [DRUSEN_ALIKE] if elsewhere and not drusen_possible(lesions, own) else []


def _cup_elsewhere(decisive: Findings, others: Sequence[Findings]) -> list[str]:
    if large_cup(decisive.get("disc")) or not any(large_cup(findings.get("disc")) for findings in others):
        return []
    return ["in another photograph of it the vertical cup-disc ratio is above the 97.5th percentile of large discs"]


def speaking(conditions: Sequence[Finding]) -> dict[str, Finding]:
    """Of what was said of the photographs of one visit, the decisive one's first, which speaks for each condition: the first
    that flags it, or else the first."""
    first = conditions[0] if conditions else None
    flagging = {name: finding for finding in reversed(conditions) for name in finding.flags}
    return {m.name: flagging.get(m.name, first) for m in first.measurements} if first is not None else {}
