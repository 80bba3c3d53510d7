"""Other conditions in a report: what is said of them, and how a question about them is answered."""

from __future__ import annotations

import datetime

from fundoscope.agents.answering.select import not_assessed, report_claims
from fundoscope.agents.reconcile import doubts
from fundoscope.agents.review.sign import signed_report
from fundoscope.agents.verify import verify_claim
from fundoscope.agents.voices import write_letter
from fundoscope.records import ClaimStatus, Eye, EyeReport, ReasoningStep, Report, ReviewDecision
from fundoscope.records.report import NotAssessed, Provenance

from .cases import eye_findings, two_eyes


def texts(eye: Eye) -> list[str]:
    return [c.text for c in two_eyes()[1] if c.eye is eye and str(c.pattern).startswith(("condition", "no_condition"))]


def test_each_measured_condition_is_said_with_its_probability_and_the_flagged_one_named() -> None:
    said = texts(Eye.RIGHT)
    assert "In the right eye, the probability of age-related macular degeneration is 0.83." in said
    told = (
        "In the right eye, age-related macular degeneration is flagged for a person to look at: its probability reaches"
    )
    assert f"{told} the detector's threshold of 0.29." in said
    assert not any("hypertensive" in text or "none of" in text for text in said)


def test_the_threshold_is_the_one_the_finding_was_flagged_from() -> None:
    ledger, claims = two_eyes()
    (claim,) = [c for c in claims if c.pattern == "condition_reaches"]
    assert verify_claim(claim, ledger).status is ClaimStatus.SUPPORTED
    altered = claim.model_copy(update={"text": claim.text.replace("0.29", "0.31")})
    assert verify_claim(altered, ledger).status is ClaimStatus.CONTRADICTED


def test_a_flag_of_an_earlier_version_is_said_without_its_threshold() -> None:
    findings = eye_findings(Eye.RIGHT)
    for measurement in findings["conditions"].measurements:
        measurement.flagged_from = None
    said = [c.pattern for c in two_eyes(findings)[1]]
    assert "condition_flagged" in said and "condition_reaches" not in said


def test_what_is_flagged_stands_in_the_impression_too_and_asks_for_a_person() -> None:
    said = [c.text for c in two_eyes()[1] if c.pattern == "summary_condition"]
    assert said == ["Right eye: age-related macular degeneration is flagged, probability 0.83."]
    assert "age-related macular degeneration is flagged" in doubts(eye_findings(Eye.RIGHT))
    assert not any("flagged" in reason for reason in doubts(eye_findings(Eye.LEFT)))


def test_a_flag_that_a_reviewer_rejected_in_one_place_is_told_in_none() -> None:
    ledger, claims = two_eyes()
    flags = [verify_claim(c, ledger) for c in claims if c.pattern in ("condition_reaches", "summary_condition")]
    report = Report(
        case="case-1",
        status="needs_review",
        eyes={Eye.RIGHT: EyeReport(eye=Eye.RIGHT, steps=[ReasoningStep(name="conditions", claims=flags[:1])])},
        impression=flags[1:],
        evidence=[entry for entry in ledger if entry.finding is not None],
        provenance=Provenance(fundoscope="0", planner="protocol", guideline="ICO", seed=0),
    )
    assert len(flags) == 2 and len(write_letter(report, "es-clinician").sentences()) == 2
    for rejected in flags:
        decision = ReviewDecision(signature="R. Eader", accept_rest=True, reject=[rejected.id])
        signed = signed_report(report, decision, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
        assert not {c.id for c in flags} & {
            sentence.claim for sentence in write_letter(signed, "es-clinician").sentences()
        }


def test_where_nothing_is_flagged_that_is_said() -> None:
    said = texts(Eye.LEFT)
    assert "In the left eye, none of the conditions that were screened for is flagged." in said
    assert not any("for a person" in text for text in said)


def test_a_question_about_other_conditions_gets_their_claims_and_what_was_not_assessed() -> None:
    claims = [c for c in two_eyes()[1] if c.eye is Eye.RIGHT and str(c.pattern).startswith("condition")]
    report = Report(
        case="case-1",
        status="complete",
        eyes={Eye.RIGHT: EyeReport(eye=Eye.RIGHT, steps=[ReasoningStep(name="conditions", claims=claims)])},
        not_assessed=[NotAssessed(subject="hypertensive retinopathy", reason="it has no detector", eye=Eye.RIGHT)],
        provenance=Provenance(fundoscope="0", planner="protocol", guideline="ico2018", seed=0),
    )
    assert report_claims("conditions", "any other eye disease?", report) == claims
    own = [claim for claim in claims if claim.slots.get("condition") == "age_related_macular_degeneration"]
    assert own and report_claims("conditions", "any sign of AMD?", report) == own
    lines = not_assessed("conditions", "any sign of AMD?", report)
    assert lines == ["Not assessed (right eye): hypertensive retinopathy, because it has no detector."]
