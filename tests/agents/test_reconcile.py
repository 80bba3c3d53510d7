"""Reconcile: each rule fires on its contradiction and stays silent on agreement."""

from __future__ import annotations

import asyncio

import pytest
from fundoscope.agents.compose import draft_claims
from fundoscope.agents.contradictions import DRUSEN_ALIKE, stands_at_least
from fundoscope.agents.evidence_rules import lesions_imply
from fundoscope.agents.reconcile import RULES, contradictions, doubts, reconcile
from fundoscope.agents.state import ledger_of
from fundoscope.agents.verify import verify_claim
from fundoscope.records import QUADRANTS, ClaimStatus, Eye, Finding

from .cases import case_of, eye_findings, finding, numbers

NONE = {"MA": 0, "HE": 0, "EX": 0, "SE": 0}
MA_ONLY = {**NONE, "MA": 3}
MORE = {**MA_ONLY, "HE": 2}


@pytest.mark.parametrize(
    ("grade", "counts", "rule"),
    [
        (0, MORE, "grade-0-with-lesions"),
        (0, MA_ONLY, "grade-0-with-microaneurysms"),
        (1, MORE, "grade-1-with-more"),
        (2, MA_ONLY, "moderate-with-microaneurysms-only"),
        (3, NONE, "retinopathy-without-lesions"),
        (0, NONE, None),
        (1, MA_ONLY, None),
        (2, MORE, None),
        (4, MORE, None),
    ],
)
def test_grade_and_lesions_are_held_against_the_definitions(
    grade: int, counts: dict[str, int], rule: str | None
) -> None:
    found = [r.name for r in contradictions(eye_findings(Eye.RIGHT, grade, counts), Eye.RIGHT)]
    assert found == ([] if rule is None else [rule])


def test_an_eye_named_wrongly_is_noticed_only_when_landmarks_are_sure() -> None:
    findings = eye_findings(Eye.RIGHT)
    assert [r.name for r in contradictions(findings, Eye.LEFT)] == ["laterality"]
    findings["landmarks"].measurements = numbers(laterality_confidence=0.5)
    assert contradictions(findings, Eye.LEFT) == []


def test_lesions_that_were_not_assessed_contradict_nothing() -> None:
    findings = eye_findings(Eye.RIGHT, 2)
    del findings["lesions"]
    assert contradictions(findings, Eye.RIGHT) == []
    assert lesions_imply(counting({"MA": 0, "EX": 0, "SE": 0})) is None
    assert lesions_imply(counting({"HE": 1})) == "more"


def counting(counts: dict[str, int], doubtful: str = "") -> Finding:
    """Lesions counted; of the types in `doubtful` the interval reaches down to none."""
    made = numbers(**{f"lesion_count_{kind}": count for kind, count in counts.items()})
    for measurement in made:
        sure = measurement.name.rsplit("_", 1)[-1] not in doubtful.split()
        measurement.interval = (1.0 if sure else 0.0, 40.0)
    return eye_findings(Eye.RIGHT)["lesions"].model_copy(update={"measurements": made})


@pytest.mark.parametrize(
    ("counts", "doubtful", "level", "grades"),
    [
        (MORE, "MA HE", "few", {0, 1, 2, 3, 4}),
        (MORE, "HE", "few", {1, 2, 3, 4}),
        (MORE, "MA", "more", {2, 3, 4}),
        (MA_ONLY, "MA", "few", {0, 1}),
        (MA_ONLY, "", "mild", {1}),
        (NONE, "", "none", {0}),
        ({"MA": 3, "HE": 2, "EX": 0}, "HE", None, {0, 1, 2, 3, 4}),
    ],
)
def test_counts_that_may_be_none_contradict_no_grade(
    counts: dict[str, int], doubtful: str, level: str | None, grades: set[int]
) -> None:
    lesions = counting(counts, doubtful)
    assert lesions_imply(lesions) == level
    findings = [{**eye_findings(Eye.RIGHT, grade), "lesions": lesions} for grade in range(5)]
    assert {g for g, f in enumerate(findings) if not contradictions(f, Eye.RIGHT)} == grades


def test_a_set_that_spans_referable_and_not_asks_for_a_person() -> None:
    findings = eye_findings(Eye.RIGHT, 1, MA_ONLY)
    findings["grade"].conformal_set = [1, 2]
    assert any("referable or not" in reason for reason in doubts(findings))
    findings["grade"].conformal_set = [0, 1]
    assert doubts(findings) == ["age-related macular degeneration is flagged"]


def test_rules_have_distinct_names() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def grading(**changed: object) -> dict[str, Finding]:
    """Sound findings of a right eye of grade 2, with the grade's finding changed."""
    findings = eye_findings(Eye.RIGHT)
    findings["grade"] = findings["grade"].model_copy(update=changed)
    return findings


def measuring(expert: str, **values: float) -> dict[str, Finding]:
    """Sound findings of a right eye of grade 2, with measurements of one expert added."""
    findings = eye_findings(Eye.RIGHT)
    findings[expert].measurements = [*findings[expert].measurements, *numbers(**values)]
    return findings


def crowded() -> dict[str, Finding]:
    findings = eye_findings(Eye.RIGHT, 2, {**MORE, "HE": 100})
    findings["lesions"].measurements = numbers(
        **{f"lesion_count_{kind}": count for kind, count in {**MORE, "HE": 100}.items()},
        **{f"lesion_count_HE_{quadrant}": 25 for quadrant in QUADRANTS},
    )
    return findings


def mirrored() -> dict[str, Finding]:
    findings = eye_findings(Eye.RIGHT)
    points = findings["landmarks"].points
    findings["landmarks"].points = {"disc": points["fovea"], "fovea": points["disc"]}
    return findings


def unreadable() -> dict[str, Finding]:
    findings = eye_findings(Eye.RIGHT)
    findings["quality"].label = "not_gradable"
    return findings


def without_exudate() -> dict[str, Finding]:
    findings = eye_findings(Eye.RIGHT, 2, MORE)
    findings["lesions"].measurements += numbers(nearest_exudate_fovea_distance=2.0)
    return findings


def improbable_exudate() -> dict[str, Finding]:
    return measuring("grade", dme_probability=0.04)


def probable_without_exudate() -> dict[str, Finding]:
    findings = eye_findings(Eye.RIGHT, 2, MORE)
    findings["grade"].measurements = numbers(dme_probability=0.95)
    return findings


def test_few_exudates_at_the_fovea_that_the_grader_excludes_are_neither_suspicion_nor_contradiction() -> None:
    findings = {**eye_findings(Eye.RIGHT, 0), "lesions": counting({**NONE, "EX": 2}, "EX")}
    findings["lesions"].measurements += numbers(nearest_exudate_fovea_distance=0.02)
    told = {}
    for probability in (0.02, 0.2, 0.8):
        findings["grade"].measurements = numbers(dme_probability=probability)
        assert contradictions(findings, Eye.RIGHT) == []
        told[probability] = any("macula's centre" in reason for reason in doubts(findings))
    assert told == {0.02: False, 0.2: True, 0.8: True}
    findings["lesions"].measurements[2].interval = (1.0, 9.0)
    findings["grade"].measurements = numbers(dme_probability=0.02)
    assert [r.name for r in contradictions(findings, Eye.RIGHT)] == ["grade-0-with-lesions", "exudate-without-oedema"]


def merged() -> dict[str, Finding]:
    findings = eye_findings(Eye.RIGHT)
    findings["landmarks"].measurements = numbers(disc_diameter=210.6, disc_fovea_distance=0.4)
    return findings


@pytest.mark.parametrize(
    ("findings", "rule"),
    [
        (crowded(), "four-quadrants-below-grade-3"),
        (grading(conformal_set=[3, 4]), "grade-outside-its-set"),
        (grading(conformal_set=[2], referable_set=[False]), "grade-against-its-referral"),
        (unreadable(), "graded-though-not-gradable"),
        (probable_without_exudate(), "oedema-without-exudate"),
        (improbable_exudate(), "exudate-without-oedema"),
        (without_exudate(), "distance-without-exudate"),
        (mirrored(), "disc-on-the-wrong-side"),
        (merged(), "fovea-on-the-disc"),
        (grading(referable_set=[True]), None),
        (measuring("grade", dme_probability=0.8), None),
    ],
)
def test_each_contradiction_is_found_and_agreement_is_not(findings: dict[str, Finding], rule: str | None) -> None:
    assert [r.name for r in contradictions(findings, Eye.RIGHT)] == ([] if rule is None else [rule])


def test_the_set_for_the_referral_speaks_before_the_set_of_grades() -> None:
    findings = grading(conformal_set=[1, 2], referable_set=[True])
    assert doubts(findings) == [DRUSEN_ALIKE, "age-related macular degeneration is flagged"]
    findings = grading(conformal_set=[2], referable_set=[False, True])
    assert any("referable or not" in reason for reason in doubts(findings))


def graded_twice(own: int, other: int | None) -> dict[str, Finding]:
    """A right eye whose grade nothing contradicts but, perhaps, a grader of others."""
    counts = {0: NONE, 1: MA_ONLY}.get(own, MORE)
    findings = eye_findings(Eye.RIGHT, own, counts)
    findings["grade"].conformal_set = [own]
    told = [] if other is None else numbers(icdr_grade=other)
    findings["own_grader"] = finding("own_grader", Eye.RIGHT, measurements=told)
    return findings


@pytest.mark.parametrize(
    ("own", "other", "differ"),
    [
        (1, 2, True),
        (2, 1, True),
        (0, 4, True),
        (4, 2, True),
        (0, 1, False),
        (2, 3, False),
        (3, 3, False),
        (1, None, False),
    ],
)
def test_a_second_grader_that_leads_elsewhere_or_lies_far_apart_contradicts(
    own: int, other: int | None, differ: bool
) -> None:
    findings = graded_twice(own, other)
    found = contradictions(findings, Eye.RIGHT)
    assert [(rule.name, rule.experts) for rule in found] == (
        [("another-grader", ("grade", "own_grader"))] if differ else []
    )
    for rule in found:
        assert rule.applies(findings, Eye.RIGHT)
        assert rule.text.format(eye="right eye") == (
            f"The right eye is read as grade {own} by the grading model, yet as grade {other} by the expert own_grader."
        )


def test_a_number_that_is_no_grade_and_an_eye_without_a_grade_contradict_nothing() -> None:
    for other in (7, -1):
        assert contradictions(graded_twice(0, other), Eye.RIGHT) == []
    alone = graded_twice(1, 4)
    alone["grade"].value = alone["grade"].conformal_set = None
    assert contradictions(alone, Eye.RIGHT) == []


def test_two_photographs_of_one_eye_tell_the_same_second_opinion_once() -> None:
    assert contradictions(graded_twice(1, 3), Eye.RIGHT) == contradictions(graded_twice(1, 3), Eye.RIGHT)


def test_a_second_graders_disagreement_names_both_and_asks_for_a_person() -> None:
    state, _ = case_of((Eye.RIGHT, graded_twice(1, 3)))
    found = asyncio.run(reconcile(state, None))  # type: ignore[arg-type]
    (disagreement,) = found["disagreements"]
    named = {e["id"]: e["finding"]["expert"] for e in found["ledger"] if e["finding"]}
    assert {named[id_] for id_ in disagreement["evidence"]} == {"grade", "own_grader"}
    assert disagreement["rule"] == "another-grader" and disagreement["eye"] == "right"
    assert f"right eye: {disagreement['text']}" in found["review_reasons"]


def test_a_second_grader_is_told_where_the_interval_is_withheld_and_its_lower_grade_leaves_the_referral() -> None:
    for own, other in ((1, 3), (3, 1)):
        state, _ = case_of((Eye.RIGHT, graded_twice(own, other)))
        state.update(asyncio.run(reconcile(state, None)))  # type: ignore[arg-type]
        claims = [verify_claim(placed.claim, ledger_of(state)) for placed in draft_claims(state)]
        patterns = {claim.pattern for claim in claims if claim.status is ClaimStatus.SUPPORTED}
        assert {"summary_contradicted", "interval_withheld"} <= patterns
    assert stands_at_least(graded_twice(3, 1), Eye.RIGHT)
