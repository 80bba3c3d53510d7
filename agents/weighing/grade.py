"""Grounds of sentences on the grade."""

from __future__ import annotations

from ...records import QUADRANTS
from ..contradictions import CONFIDENT
from ..contradictions import RULES as CONTRADICTIONS
from ..evidence_rules import (
    MORE_THAN_MICROANEURYSMS,
    REFERABLE_GRADE,
    crowded_quadrants,
    definition_met,
    lesion_counts,
    lesions_imply,
    undecided,
)
from .rule import Rule, Side, Weighed, about

ALONE = ("model_alone", "model_uncounted")
GIVEN = about("grade", "summary")
MODEL = about("grade", "summary", "referable", "conformal_set", "conformal_one", "probability_above", *ALONE)
BY_LESIONS = {
    "lesions_mean_none": "none",
    "lesions_mean_mild": "mild",
    "lesions_mean_more": "more",
    "criterion_lesion": "more",
    "criterion_lesions": "more",
}
COUNTED = frozenset(BY_LESIONS)
FEW = about("lesion_few", "lesion_few_one")


def _share(w: Weighed) -> float | None:
    finding = w.findings.get("grade")
    if finding is None or finding.value is None or finding.probabilities is None:
        return None
    return finding.probabilities[finding.value]


def _likelier(w: Weighed) -> bool:
    share, finding = _share(w), w.findings.get("grade")
    return share is not None and finding is not None and max(finding.probabilities or [0.0]) > share


def _set(w: Weighed) -> list[int]:
    return list(w.findings["grade"].conformal_set or []) if "grade" in w.findings else []


def _met(w: Weighed) -> bool:
    return w.grade is not None and definition_met(w.grade, w.findings.get("lesions"))


def _implied(w: Weighed) -> str | None:
    return lesions_imply(w.findings.get("lesions"))


def _decided_alike(w: Weighed) -> bool:
    finding = w.findings.get("grade")
    if finding is None or finding.value is None or finding.referable_set is None or undecided(finding):
        return False
    return finding.referable_set[0] == (finding.value >= REFERABLE_GRADE)


def _grade_fits(w: Weighed) -> bool:
    """The grading model's grade is of the level that the lesions mean."""
    if w.grade is None:
        return False
    return BY_LESIONS[str(w.claim.pattern)] == ("none" if w.grade == 0 else "mild" if w.grade == 1 else "more")


def _uncounted(w: Weighed) -> bool:
    counts = lesion_counts(w.findings.get("lesions"))
    return w.assessed("lesions") and any(count is None for count in counts.values())


def _asks_for(w: Weighed) -> bool | None:
    """Whether the grading model's grade asks for lesions of the claim's type; None without a grade."""
    least = 1 if w.claim.slots.get("lesion") == "MA" else REFERABLE_GRADE
    return None if w.grade is None else w.grade >= least


def _may_be_some(w: Weighed) -> bool:
    kinds = ("MA",) if w.claim.pattern == "needs_microaneurysms" else MORE_THAN_MICROANEURYSMS
    made = [w.measurement("lesions", f"lesion_count_{kind}") for kind in kinds]
    return any(m is not None and m.interval is not None and m.interval[1] >= 1 for m in made)


def _against() -> tuple[Rule, ...]:
    """Each contradiction that the grade is part of, as what speaks against it and against what it contradicts."""
    return tuple(
        Rule(
            f"contradiction:{rule.name}",
            Side.OPPOSING,
            (GIVEN | COUNTED) if "lesions" in rule.experts else GIVEN,
            rule.experts,
            rule.text.replace("{eye}", "eye"),
            lambda w, rule=rule: rule.applies(w.findings, w.eye),  # type: ignore[misc]
        )
        for rule in CONTRADICTIONS
        if "grade" in rule.experts and "oedema" not in rule.name
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "definition-met",
        Side.SUPPORTING,
        GIVEN,
        ("lesions",),
        "The lesions that were counted meet its definition.",
        _met,
    ),
    Rule(
        "decided-alike",
        Side.SUPPORTING,
        GIVEN | about("referable"),
        ("grade",),
        "The conformal set for referable retinopathy leaves the same answer alone.",
        _decided_alike,
    ),
    Rule(
        "confident",
        Side.SUPPORTING,
        GIVEN,
        ("grade",),
        "The grading model gives it at least half of the probability.",
        lambda w: (_share(w) or 0.0) >= CONFIDENT,
    ),
    Rule(
        "grade-fits",
        Side.SUPPORTING,
        COUNTED,
        ("grade",),
        "The grading model's grade is of the same level.",
        _grade_fits,
    ),
    Rule(
        "both-in-the-set",
        Side.SUPPORTING,
        about("undecided"),
        ("grade",),
        "The grading model's conformal set holds both answers.",
        lambda w: "grade" in w.findings and undecided(w.findings["grade"]),
    ),
    Rule(
        "lesions-are-referable",
        Side.OPPOSING,
        about("undecided"),
        ("lesions",),
        "Lesions beyond microaneurysms were detected, which by the scale are grade 2 or more.",
        lambda w: _implied(w) == "more",
    ),
    Rule(
        "not-confident",
        Side.OPPOSING,
        GIVEN,
        ("grade",),
        "The grading model gives it less than half of the probability.",
        lambda w: (share := _share(w)) is not None and share < CONFIDENT,
    ),
    Rule(
        "another-likelier",
        Side.OPPOSING,
        GIVEN,
        ("grade",),
        "Another single grade is likelier to the grading model.",
        _likelier,
    ),
    Rule(
        "others-in-the-set",
        Side.OPPOSING,
        GIVEN,
        ("grade",),
        "The conformal set holds other grades too.",
        lambda w: w.grade is not None and any(grade != w.grade for grade in _set(w)),
    ),
    Rule(
        "unfamiliar",
        Side.OPPOSING,
        MODEL,
        ("grade",),
        "The photograph is unlike those the grading model learnt from.",
        lambda w: "grade" in w.findings and "out_of_distribution" in w.findings["grade"].flags,
    ),
    Rule(
        "grade-asks-for-none",
        Side.SUPPORTING,
        FEW,
        ("grade",),
        "The grading model's grade asks for no lesion of this type.",
        lambda w: _asks_for(w) is False,
    ),
    Rule(
        "grade-asks-for-some",
        Side.OPPOSING,
        FEW,
        ("grade",),
        "The grading model's grade is one at which lesions of this type are expected.",
        lambda w: _asks_for(w) is True,
    ),
    Rule(
        "count-may-be-some",
        Side.OPPOSING,
        about("needs_microaneurysms", "needs_more"),
        ("lesions",),
        "The interval of such a count reaches to one or more.",
        _may_be_some,
    ),
    *_against(),
    Rule(
        "lesions-not-read",
        Side.MISSING,
        GIVEN | about("undecided", "referable"),
        ("lesions",),
        "Lesions were not assessed.",
        lambda w: not w.assessed("lesions"),
    ),
    Rule(
        "types-uncounted",
        Side.MISSING,
        GIVEN | COUNTED | about("undecided"),
        ("lesions",),
        "Not every type of lesion could be counted.",
        _uncounted,
    ),
    Rule(
        "quadrants-uncounted",
        Side.MISSING,
        GIVEN,
        ("lesions",),
        "Haemorrhages were not counted by quadrant.",
        lambda w: w.assessed("lesions") and crowded_quadrants(w.findings["lesions"]) not in range(len(QUADRANTS) + 1),
    ),
    Rule(
        "severe-signs",
        Side.MISSING,
        GIVEN | COUNTED | about(*ALONE, "four_quadrants_unmet"),
        ("lesions",),
        "Venous beading and IRMA have no detector.",
        lambda w: w.not_assessed("lesions", "venous_beading", "IRMA"),
    ),
    Rule(
        "proliferative-signs",
        Side.MISSING,
        GIVEN | COUNTED | about(*ALONE, "four_quadrants_met"),
        ("lesions",),
        "Neovascularisation has no detector.",
        lambda w: w.not_assessed("lesions", "neovascularisation"),
    ),
    Rule(
        "no-grade",
        Side.MISSING,
        COUNTED | about("summary_no_grade"),
        ("grade",),
        "The grading model gave no grade.",
        lambda w: w.grade is None,
    ),
)
