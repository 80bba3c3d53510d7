"""Evidence that contradicts evidence: experts held against each other and against the clinical definitions, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..records import QUADRANTS, Eye, Finding
from .evidence_rules import (
    MORE_THAN_MICROANEURYSMS,
    PROLIFERATIVE,
    REFERABLE_GRADE,
    crowded_quadrants,
    drusen_possible,
    few,
    graver_open,
    large_cup,
    lesion_counts,
    lesions_imply,
    oedema_improbable,
    oedema_suspected,
    other_grades,
    reflex_possible,
    surrogate_doubtful,
    surrogate_found,
    undecided,
)
from .patterns.words import CONDITION_NAMES

Findings = Mapping[str, Finding]

CONFIDENT = 0.5
"""A grade whose own probability is below this is for a person to confirm."""
LATERALITY_CONFIDENT = 0.8
"""Landmarks contradict what user or header said about the eye only when they are at least this sure."""
SURE = 0.9
"""From this probability of the oedema surrogate on, a photograph without any hard exudate contradicts it."""
DRUSEN_ALIKE = "macular degeneration is flagged, and what was counted as hard exudates can be drusen"
ON_THE_DISC_DD = 0.5
"""A fovea no farther than a disc's radius from its centre lies on the disc, where none is."""


@dataclass(frozen=True)
class Rule:
    """`applies(findings, eye)` is true when the experts named in `experts` contradict each other.

    `lowers`: what contradicts the grade speaks for a lower one, or the grade should not have been given.
    """

    name: str
    experts: tuple[str, ...]
    text: str
    applies: Callable[[Findings, Eye], bool]
    lowers: bool = False


def _grade(findings: Findings) -> int | None:
    return findings["grade"].value if "grade" in findings else None


def _implied(findings: Findings) -> str | None:
    return lesions_imply(findings.get("lesions"))


def _microaneurysms(findings: Findings) -> bool:
    """Microaneurysms were counted, more than may be none, and nothing else that is sure to be there."""
    lesions = findings.get("lesions")
    sure = bool(lesion_counts(lesions)["MA"]) and "MA" not in few(lesions)
    return sure and _implied(findings) in ("mild", "few")


def _only_microaneurysms(findings: Findings) -> bool:
    counts = lesion_counts(findings.get("lesions"))
    return bool(counts["MA"]) and all(counts[kind] == 0 for kind in MORE_THAN_MICROANEURYSMS)


def _number(findings: Findings, expert: str, name: str) -> float | None:
    return findings[expert].number(name) if expert in findings else None


def _exudates(findings: Findings) -> int | None:
    return lesion_counts(findings.get("lesions"))["EX"]


def _other_side(findings: Findings, eye: Eye) -> bool:
    landmarks = findings.get("landmarks")
    if landmarks is None or eye is Eye.UNKNOWN or landmarks.label not in (Eye.RIGHT, Eye.LEFT):
        return False
    confidence = landmarks.number("laterality_confidence")
    return landmarks.label != eye.value and (confidence is None or confidence >= LATERALITY_CONFIDENT)


def _wrong_way_round(findings: Findings, _: Eye) -> bool:
    """The disc lies on the nasal side: right of the fovea in a right eye, left of it in a left one."""
    landmarks = findings.get("landmarks")
    if landmarks is None or landmarks.label not in (Eye.RIGHT, Eye.LEFT):
        return False
    disc, fovea = landmarks.points.get("disc"), landmarks.points.get("fovea")
    return disc is not None and fovea is not None and (disc.x > fovea.x) != (landmarks.label == Eye.RIGHT)


def _fovea_on_disc(findings: Findings, _: Eye) -> bool:
    distance = _number(findings, "landmarks", "disc_fovea_distance")
    return distance is not None and distance <= ON_THE_DISC_DD


def _outside_its_set(findings: Findings, _: Eye) -> bool:
    grade = findings.get("grade")
    return grade is not None and bool(grade.conformal_set) and grade.value not in (grade.conformal_set or [])


def _against_its_referral(findings: Findings, _: Eye) -> bool:
    grade = findings.get("grade")
    if grade is None or grade.value is None or grade.referable_set is None or undecided(grade):
        return False
    return grade.referable_set[0] != (grade.value >= REFERABLE_GRADE)


RULES: tuple[Rule, ...] = (
    Rule(
        "grade-0-with-lesions",
        ("grade", "lesions"),
        "The {eye} is read as grade 0 by the grading model, yet lesions beyond microaneurysms were detected.",
        lambda f, _: _grade(f) == 0 and _implied(f) == "more",
    ),
    Rule(
        "grade-0-with-microaneurysms",
        ("grade", "lesions"),
        "The {eye} is read as grade 0 by the grading model, yet microaneurysms were detected.",
        lambda f, _: _grade(f) == 0 and _microaneurysms(f),
    ),
    Rule(
        "grade-1-with-more",
        ("grade", "lesions"),
        "The {eye} is read as grade 1 by the grading model, yet lesions beyond microaneurysms were detected.",
        lambda f, _: _grade(f) == 1 and _implied(f) == "more",
    ),
    Rule(
        "moderate-with-microaneurysms-only",
        ("grade", "lesions"),
        "The {eye} is read as grade 2 or more by the grading model, yet only microaneurysms were detected.",
        lambda f, _: (_grade(f) or 0) >= 2 and _only_microaneurysms(f),
        lowers=True,
    ),
    Rule(
        "retinopathy-without-lesions",
        ("grade", "lesions"),
        "The {eye} is read as grade 1 or more by the grading model, yet no lesion was detected.",
        lambda f, _: (_grade(f) or 0) >= 1 and _implied(f) == "none",
        lowers=True,
    ),
    Rule(
        "four-quadrants-below-grade-3",
        ("grade", "lesions"),
        "The {eye} is read as less than grade 3 by the grading model, yet more than 20 haemorrhages were counted in each of "
        "the four quadrants.",
        lambda f, _: (_grade(f) or 0) < 3 and _grade(f) is not None and _crowded(f),
    ),
    Rule(
        "grade-outside-its-set",
        ("grade",),
        "The grade of the {eye} is not among the grades that its own conformal set leaves.",
        _outside_its_set,
        lowers=True,
    ),
    Rule(
        "grade-against-its-referral",
        ("grade",),
        "The grade of the {eye} and its own conformal set for referable retinopathy say opposite things.",
        _against_its_referral,
        lowers=True,
    ),
    Rule(
        "graded-though-not-gradable",
        ("grade", "quality"),
        "The photograph of the {eye} is not gradable, yet a grade was given.",
        lambda f, _: _grade(f) is not None and "quality" in f and f["quality"].label not in (None, "gradable"),
        lowers=True,
    ),
    Rule(
        "oedema-without-exudate",
        ("grade", "lesions"),
        "Exudate near the macula's centre of the {eye} is probable to the grading model, yet no hard exudate was detected.",
        lambda f, _: (_number(f, "grade", "dme_probability") or 0.0) >= SURE and _exudates(f) == 0,
    ),
    Rule(
        "exudate-without-oedema",
        ("grade", "lesions"),
        "Hard exudate was detected within one disc diameter of the fovea of the {eye}, which the grading model thinks "
        "improbable.",
        lambda f, _: (
            surrogate_found(f.get("lesions"))
            and oedema_improbable(f.get("grade"))
            and not surrogate_doubtful(f.get("grade"), f.get("lesions"))
        ),
    ),
    Rule(
        "distance-without-exudate",
        ("lesions",),
        "A distance from the fovea to hard exudate was measured in the {eye}, yet none was counted.",
        lambda f, _: _number(f, "lesions", "nearest_exudate_fovea_distance") is not None and _exudates(f) == 0,
    ),
    Rule(
        "laterality",
        ("landmarks",),
        "The photograph was given as the {eye}, yet disc and fovea lie as in the other eye.",
        _other_side,
    ),
    Rule(
        "disc-on-the-wrong-side",
        ("landmarks",),
        "Disc and fovea of the {eye} do not lie as in the eye that they were taken for.",
        _wrong_way_round,
    ),
    Rule(
        "fovea-on-the-disc",
        ("landmarks",),
        "Disc and fovea of the {eye} were located in the same place.",
        _fovea_on_disc,
    ),
)


LOWERING_EXPERTS = tuple(sorted({expert for rule in RULES if rule.lowers for expert in rule.experts}))
"""Whose findings can speak for a lower grade than the one that was given."""


def _crowded(findings: Findings) -> bool:
    return crowded_quadrants(findings.get("lesions")) == len(QUADRANTS)


def _graded_apart(findings: Findings, _: Eye) -> bool:
    return bool(other_grades(findings))


def _other_graders(findings: Findings) -> list[Rule]:
    """A rule for each grader of others that contradicts the grading model; a lower grade of one lowers nothing."""
    read = f"The {{eye}} is read as grade {_grade(findings)} by the grading model, yet as grade"
    return [
        Rule("another-grader", ("grade", name), f"{read} {other} by the expert {name}.", _graded_apart)
        for name, other in other_grades(findings).items()
    ]


def contradictions(findings: Findings, eye: Eye) -> list[Rule]:
    """The rules that apply to one eye's findings, those of other graders last."""
    return [*(rule for rule in RULES if rule.applies(findings, eye)), *_other_graders(findings)]


def stands_at_least(findings: Findings, eye: Eye) -> bool:
    """Whether an eye's grade is referable and nothing known of the eye speaks for less."""
    grade = findings.get("grade")
    if grade is None or grade.value is None or grade.value < REFERABLE_GRADE or undecided(grade):
        return False
    return not any(rule.lowers for rule in contradictions(findings, eye))


def doubts(findings: Findings) -> list[str]:
    """Why a person should look at one eye, apart from contradictions."""
    return [*_doubts_of_the_grade(findings), *_doubts_beside_the_grade(findings), *_flagged(findings)]


def _doubts_of_the_grade(findings: Findings) -> list[str]:
    grade = findings.get("grade")
    if grade is None or grade.value is None or grade.probabilities is None:
        return ["no grade was given"]
    reasons = []
    if grade.probabilities[grade.value] < CONFIDENT:
        reasons.append("the grading model is not sure of its grade")
    if undecided(grade):
        reasons.append("with 90 % coverage the grade may be referable or not")
    if "out_of_distribution" in grade.flags:
        reasons.append("the photograph is unlike those the grading model learnt from")
    if REFERABLE_GRADE <= grade.value < PROLIFERATIVE and graver_open(grade) == PROLIFERATIVE:
        reasons.append("with 90 % coverage proliferative retinopathy is not excluded")
    return reasons


def _doubts_beside_the_grade(findings: Findings) -> list[str]:
    reasons = []
    if (_grade(findings) or 0) < REFERABLE_GRADE and oedema_suspected(findings.get("grade"), findings.get("lesions")):
        reasons.append("exudate near the macula's centre is found or probable, yet the grade is below 2")
    if reflex_possible(findings) and not surrogate_doubtful(findings.get("grade"), findings.get("lesions")):
        reasons.append(
            "hard exudate near the fovea was found at its very centre alone, where a reflex of light looks alike"
        )
    if drusen_possible(findings.get("lesions"), findings.get("conditions")):
        reasons.append(DRUSEN_ALIKE)
    if large_cup(findings.get("disc")):
        reasons.append("the vertical cup-disc ratio is above the 97.5th percentile of large discs")
    return reasons


def _flagged(findings: Findings) -> list[str]:
    return [f"{CONDITION_NAMES[name]} is flagged" for name in flagged(findings)]


def flagged(findings: Findings) -> list[str]:
    """The conditions that are flagged in a photograph, by name."""
    conditions = findings.get("conditions")
    return [] if conditions is None else list(conditions.flags)
