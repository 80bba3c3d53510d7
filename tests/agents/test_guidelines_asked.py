"""Guidelines side by side, and no interval on evidence that does not bear one."""

from __future__ import annotations

import random

import pytest
from fundoscope.agents.answering.guideline_names import asks_for_guidelines
from fundoscope.agents.answering.guidelines import guideline_claims
from fundoscope.agents.ledger import Ledger
from fundoscope.agents.verify import verify
from fundoscope.evals.claims import findings as made
from fundoscope.evals.reports.cases import report
from fundoscope.evals.reports.consistency import problems
from fundoscope.knowledge.guidelines import recommendation
from fundoscope.records import Eye, Finding, Report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def sound(eye: Eye, value: int = 2) -> list[Finding]:
    counts: made.Counts = {"MA": (2, 1, 0, 0)} if value else {}
    if value > 1:
        counts = {**counts, "HE": (3, 0, 2, 0)}
    shares = [0.02] * 5
    shares[value] = 0.92
    disc = (1500.0, 700.0, 210.0) if eye is Eye.RIGHT else (600.0, 700.0, 210.0)
    return [
        made.quality(eye, 0.9),
        made.landmarks(eye, disc, 2.4),
        made.lesions(eye, counts),
        made.grade(eye, tuple(shares), (value,)),
    ]


def read(findings: list[Finding], seed: int = 0) -> Report:
    return report(findings, "case", random.Random(seed))


@pytest.fixture(scope="module")
def moderate() -> Report:
    return read([*sound(Eye.RIGHT), *sound(Eye.LEFT, 1)])


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("what do other guidelines say?", True),
        ("Where do the guidelines differ?", True),
        ("Compare the guidelines.", True),
        ("why grade 2?", False),
        ("How many haemorrhages are there?", False),
    ],
)
def test_questions_on_other_guidelines_are_told_from_others(question: str, asked: bool) -> None:
    assert asks_for_guidelines(question) is asked


def test_every_guideline_has_its_statement_or_that_there_is_none(moderate: Report) -> None:
    ledger = Ledger(moderate.evidence)
    kept, removed = verify(guideline_claims(moderate, ledger, 0), ledger)
    text = "\n".join(claim.text for claim in kept)
    assert not removed
    for said in ("ICO 2018", "ADA 2017", "NICE NG242", "AAO 2020", "superseded by [aao_ppp_dr2025]", "found in NHS"):
        assert said in text, said


def test_no_guideline_is_asked_where_the_report_withholds_its_interval() -> None:
    undecided = [f for f in sound(Eye.RIGHT) if f.expert != "grade"]
    withheld = read([*undecided, made.grade(Eye.RIGHT, (0.1, 0.3, 0.4, 0.1, 0.1), (1, 2))])
    claims = guideline_claims(withheld, Ledger(withheld.evidence), 0)
    assert {claim.pattern for claim in claims} == {"interval_withheld"}


FAULTS = ("not_gradable", "contradiction", "undecided", "no_grade", "wrong_side", "both_answers")


def spoilt(eye: Eye, value: int, fault: str) -> list[Finding]:
    """An eye's findings with one fault that no interval may stand on."""
    findings = {f.expert: f for f in sound(eye, value)}
    if fault == "not_gradable":
        return [made.quality(eye, 0.2, flags=("focus",), advice="Refocus and retake.")]
    if fault == "contradiction":
        findings["lesions"] = made.lesions(eye, {} if value else {"HE": (1, 0, 0, 0)})
    elif fault == "undecided":
        findings["grade"].conformal_set = [1, 2]
    elif fault == "no_grade":
        del findings["grade"]
    elif fault == "wrong_side":
        findings["landmarks"].label = {"right": "left", "left": "right"}[eye.value]
    else:
        findings["grade"].referable_set = [False, True]
    return list(findings.values())


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    value=st.integers(0, 4),
    other=st.integers(0, 4),
    fault=st.sampled_from(FAULTS),
    spoilt_eye=st.sampled_from([Eye.RIGHT, Eye.LEFT]),
    alone=st.booleans(),
    seed=st.integers(0, 99),
)
def test_no_fault_of_an_eye_ever_yields_an_interval_but_the_latest_for_a_referable_eye(
    value: int, other: int, fault: str, spoilt_eye: Eye, alone: bool, seed: int
) -> None:
    sound_eye = Eye.LEFT if spoilt_eye is Eye.RIGHT else Eye.RIGHT
    findings = spoilt(spoilt_eye, value, fault) + ([] if alone else sound(sound_eye, other))
    made_of = read(findings, seed)
    advice = made_of.recommendation
    sure = [other] * (not alone and other >= 2) + [value] * (fault == "wrong_side" and value >= 2)
    least = recommendation(advice.guideline or "", max(sure)) if sure else None
    assert advice.at_least is (least is not None)
    wanted = (None, None) if least is None else (least.interval, least.referral)
    assert (advice.interval, advice.referral) == wanted
    assert not {claim.pattern for claim in advice.claims} & {"follow", "if_oedema", "no_statement"}
    assert {"person_first", "interval_withheld"} <= {claim.pattern for claim in advice.claims}
    assert made_of.status.value != "complete" and not problems(made_of)


def test_sound_evidence_has_the_guidelines_interval(moderate: Report) -> None:
    assert problems(moderate) == [] and moderate.status.value == "complete"
