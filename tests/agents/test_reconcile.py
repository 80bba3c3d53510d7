"""Reconcile: each rule fires on its contradiction and stays silent on agreement."""

from __future__ import annotations

import pytest
from fundoscope.agents.evidence_rules import lesions_imply
from fundoscope.agents.reconcile import RULES, contradictions, doubts
from fundoscope.records import Eye

from .cases import eye_findings, numbers

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
    assert lesions_imply({"MA": 0, "HE": None, "EX": 0, "SE": 0}) is None
    assert lesions_imply({"MA": None, "HE": 1, "EX": None, "SE": None}) == "more"


def test_a_set_that_spans_referable_and_not_asks_for_a_person() -> None:
    findings = eye_findings(Eye.RIGHT, 1, MA_ONLY)
    findings["grade"].conformal_set = [1, 2]
    assert any("referable or not" in reason for reason in doubts(findings))
    findings["grade"].conformal_set = [0, 1]
    assert doubts(findings) == []


def test_rules_have_distinct_names() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
