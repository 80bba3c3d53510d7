"""Reports held against their evidence, and the referral decision with its abstention."""

from __future__ import annotations

import random

import numpy as np
from fundoscope.evals.grade_abstention import Decisions, by_answer, decision_rows, decisions, draw, errors_by_share
from fundoscope.evals.report_checks import unresolved
from fundoscope.evals.reports.cases import reports
from fundoscope.evals.reports.consistency import problems
from fundoscope.evals.reports.operators import OPERATORS, changes


def test_drawn_reports_follow_from_their_evidence_and_keep_every_claim() -> None:
    made = reports(6, seed=3)
    assert len(made) == 20
    for report in made:
        assert problems(report) == [] and report.provenance.removed_claims == []
        assert all(unresolved(claim, report) == [] for claim in report.claims())


def test_a_report_that_contradicts_its_evidence_is_noticed() -> None:
    report = next(r for r in reports(6, seed=3) if r.recommendation.interval is None)
    lying = report.model_copy(deep=True)
    lying.recommendation.interval = "1-2 years"
    assert any("interval" in problem for problem in problems(lying))
    lying = report.model_copy(deep=True)
    eye = next(iter(lying.eyes.values()))
    eye.grade.value = 4 if eye.grade.value != 4 else 0
    assert any("grade" in problem for problem in problems(lying))


def test_every_operator_changes_some_claim_and_says_nothing_that_the_report_says() -> None:
    tried = set()
    for report in reports(6, seed=3):
        for claim in report.claims():
            for operator, changed in changes(claim, report, random.Random(0)):
                tried.add(operator)
                assert changed != claim
    assert tried == set(OPERATORS)


def test_what_is_decided_and_how_well_is_counted() -> None:
    d = Decisions(
        referable=np.array([True, True, False, False]),
        score=np.array([0.9, 0.4, 0.1, 0.7]),
        decided=np.array([True, False, True, True]),
        called=np.array([True, False, False, True]),
        group=np.arange(4),
    )
    rows = {row.metric: row.figure for row in decision_rows(d, "four")}
    assert rows["share of referral decisions made"] == 0.75
    assert rows["sensitivity of the decided"] == 1.0 and rows["specificity of the decided"] == 0.5
    assert rows["errors without abstaining, at 0.5"] == 0.5
    assert errors_by_share(d)[-1] == (1.0, 0.5)


def test_the_stored_readings_are_of_the_card_and_drawn() -> None:
    held = decisions("holdout", ("idrid_grading",))
    assert len(held.score) == 96 and 0.6 < held.decided.mean() < 0.9
    assert by_answer(decisions("validation", ("odir5k_subset",))).decided.any()
    assert draw().count("<polyline") == 2
