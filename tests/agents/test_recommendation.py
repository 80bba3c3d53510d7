"""What follows: at the least what a referable eye asks for, and what no interval for retinopathy covers."""

from __future__ import annotations

import datetime
import random
from typing import Any

import pytest
from fundoscope.agents.contradictions import doubts
from fundoscope.agents.ledger import Ledger
from fundoscope.agents.review.sign import signed_report
from fundoscope.agents.verify import verify_claim
from fundoscope.agents.voices import write_letter
from fundoscope.evals.claims import findings as made
from fundoscope.evals.reports.cases import report
from fundoscope.evals.reports.consistency import problems
from fundoscope.records import ClaimStatus, Eye, Finding, Measurement, Region, Report, ReviewDecision
from fundoscope.records.review import ReviewedRecommendation

from .cases import eye_findings, two_eyes
from .test_guidelines_asked import sound

ICO_SEED = 2
"""With it the case is read under the ICO's guideline."""
UNREADABLE = made.quality(Eye.LEFT, 0.2, flags=("focus",), advice="Refocus and retake.")


def graded(eye: Eye, value: int, likely: tuple[int, ...]) -> list[Finding]:
    """A sound eye of this grade with this conformal set."""
    shares = [0.02] * 5
    shares[value] = 0.92
    return [made.grade(eye, tuple(shares), likely) if f.expert == "grade" else f for f in sound(eye, value)]


def read(*findings: Finding) -> Report:
    made_of = report(list(findings), "case", random.Random(ICO_SEED))
    assert made_of.recommendation.guideline == "ICO"
    assert problems(made_of) == [] and not made_of.provenance.removed_claims
    return made_of


def said(of: Report, pattern: str) -> list[str]:
    return [claim.text for claim in of.claims() if claim.pattern == pattern]


def signed(of: Report, grades: dict[str, int], **decided: Any) -> ReviewedRecommendation:
    """What follows from the report once a person signed it with these grades, and accepted the rest."""
    decision = ReviewDecision.model_validate(
        {"signature": "R. Eader", "accept_rest": True, "grades": grades, **decided}
    )
    review = signed_report(of, decision, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)).review
    assert review is not None
    return review.recommendation


def test_an_eye_that_cannot_be_read_does_not_take_the_others_referral_away() -> None:
    urgent = read(*graded(Eye.RIGHT, 4, (3, 4)), UNREADABLE)
    advice = urgent.recommendation
    assert advice.at_least and (advice.interval, advice.referral) == ("under 1 month", "referral to an ophthalmologist")
    assert len(said(urgent, "at_least")) == 1 and said(urgent, "at_least")[0].startswith(
        "The grade of the right eye asks"
    )
    assert said(urgent, "interval_withheld") == ["No interval is named for the left eye, because it has no grade."]
    assert "at the least" not in " ".join(said(read(*graded(Eye.RIGHT, 1, (1,)), UNREADABLE), "at_least"))


def test_a_mistaken_side_does_not_take_a_referral_away_but_lesions_that_speak_for_less_do() -> None:
    findings = {f.expert: f for f in graded(Eye.RIGHT, 4, (4,))}
    findings["landmarks"].label = "left"
    assert read(*findings.values()).recommendation.at_least
    findings = {f.expert: f for f in graded(Eye.RIGHT, 4, (4,))}
    findings["lesions"] = made.lesions(Eye.RIGHT, {})
    calm = read(*findings.values())
    assert not calm.recommendation.at_least and calm.recommendation.interval is None
    assert said(calm, "summary_contradicted")


def test_an_undecided_eye_has_no_floor_of_its_own() -> None:
    undecided = read(*graded(Eye.RIGHT, 2, (1, 2)))
    assert not undecided.recommendation.at_least and undecided.recommendation.referral is None


def test_the_gravest_grade_that_is_not_excluded_is_told_with_what_it_would_ask_for() -> None:
    moderate = read(*graded(Eye.RIGHT, 2, (2, 3, 4)))
    assert any(
        text.startswith("With 90 % coverage ICDR grade 4 is not excluded") for text in said(moderate, "graver_open")
    )
    assert any("proliferative retinopathy is not excluded" in reason for reason in moderate.review_reasons)
    assert not said(read(*graded(Eye.RIGHT, 2, (2,))), "graver_open")


def test_a_flagged_condition_and_a_large_cup_are_examined_apart() -> None:
    findings = [f for f in graded(Eye.RIGHT, 0, (0,)) if f.expert != "disc"]
    conditions = Finding(
        expert="conditions",
        version="1",
        weights_sha256="0" * 64,
        photograph=findings[0].photograph,
        eye=Eye.RIGHT,
        flags=["glaucoma_suspect"],
        measurements=[Measurement(name="glaucoma_suspect", value=0.96, unit="probability")],
    )
    flagged = read(*findings, conditions, made.disc(Eye.RIGHT, 0.88))
    assert flagged.recommendation.examine_apart == {Eye.RIGHT: ["glaucoma_suspect", "large_cup"]}
    assert (
        len(said(flagged, "condition_apart"))
        == len(said(flagged, "cup_apart"))
        == len(said(flagged, "summary_cup"))
        == 1
    )
    assert any("cup-disc ratio is above" in reason for reason in flagged.review_reasons)
    told = [sentence.text for sentence in write_letter(flagged, "en-patient").sections[0].sentences]
    assert any("may have a nerve disease called glaucoma" in text for text in told)


def test_probable_oedema_is_told_first_and_asks_for_a_person_where_the_grade_is_low() -> None:
    findings = {f.expert: f for f in graded(Eye.RIGHT, 0, (0,))}
    findings["grade"].measurements.append(Measurement(name="dme_probability", value=0.72, unit="probability"))
    swollen = read(*findings.values())
    assert said(swollen, "summary_oedema")
    assert swollen.recommendation.interval is None and not said(swollen, "follow")
    assert said(swollen, "interval_withheld") == [
        "No interval is named for the right eye, because macular oedema is suspected, which the interval for its grade does "
        "not cover."
    ]
    assert read(*graded(Eye.RIGHT, 0, (0,))).recommendation.interval == "1-2 years"
    assert "exudate near the macula's centre is found or probable, yet the grade is below 2" in doubts(findings)


def test_exudate_near_the_fovea_that_may_be_a_false_alarm_is_told_as_such() -> None:
    findings = eye_findings(Eye.RIGHT, 2, {"MA": 9, "HE": 4, "EX": 2, "SE": 0})
    counted = findings["lesions"].measurement("lesion_count_EX")
    assert counted is not None
    counted.interval = (0, 4)
    _ledger, claims = two_eyes(findings)
    told = [claim for claim in claims if claim.pattern.startswith("summary_exudate") and claim.eye is Eye.RIGHT]
    assert [claim.pattern for claim in told] == ["summary_exudate_few"]
    assert verify_claim(told[0], _ledger).status is ClaimStatus.SUPPORTED
    counted.interval = (1, 4)
    _ledger, claims = two_eyes(findings)
    assert verify_claim(told[0], _ledger).status is ClaimStatus.CONTRADICTED


@pytest.mark.parametrize(
    ("spots", "told"),
    [
        ([(0.08, 20)], True),
        ([(0.08, 20), (0.13, 8)], True),
        ([(0.08, 20), (1.4, 30)], True),
        ([(0.08, 20), (0.6, 12)], False),
        ([(0.08, 90)], False),
        ([(0.4, 20)], False),
    ],
)
def test_small_exudate_at_the_foveas_very_centre_alone_can_be_a_reflex_and_asks_for_a_person(
    spots: list[tuple[float, float]], told: bool
) -> None:
    findings = eye_findings(Eye.RIGHT, 2, {"MA": 9, "HE": 4, "EX": len(spots), "SE": 0})
    lesions = findings["lesions"]
    lesions.measurements = [m for m in lesions.measurements if m.name != "nearest_exudate_fovea_distance"]
    lesions.measurements.append(Measurement(name="nearest_exudate_fovea_distance", value=spots[0][0]))
    lesions.regions = [
        Region(kind="EX", x=0, y=0, width=side, height=side, area=side**2, score=0.9, fovea_distance_dd=distance)
        for distance, side in spots
    ]
    assert any("a reflex of light looks alike" in reason for reason in doubts(findings)) is told


@pytest.mark.parametrize("pattern", ["at_least", "graver_open"])
def test_what_is_quoted_for_another_grade_is_caught(pattern: str) -> None:
    urgent = read(*graded(Eye.RIGHT, 3, (3, 4)), UNREADABLE)
    ledger = Ledger(urgent.evidence)
    claim = next(c for c in urgent.recommendation.claims if c.pattern == pattern)
    other = next(
        c for c in urgent.recommendation.claims if c.pattern == ({"at_least", "graver_open"} - {pattern}).pop()
    )
    slots = {**claim.slots, "statement": other.slots["statement"], "key": other.slots["key"]}
    forged = claim.model_copy(
        update={
            "text": claim.text.replace(str(claim.slots["statement"]), str(slots["statement"])),
            "slots": slots,
            "evidence": [*claim.evidence[:-1], other.evidence[-1]],
        }
    )
    assert verify_claim(claim, ledger).status is ClaimStatus.SUPPORTED
    assert verify_claim(forged, ledger).status is ClaimStatus.CONTRADICTED


@pytest.mark.parametrize(("machine", "decided"), [(0, {}), (0, {"right": 1}), (2, {"right": 1}), (2, {"right": 0})])
def test_no_interval_follows_a_signed_grade_that_does_not_cover_suspected_oedema(
    machine: int, decided: dict[str, int]
) -> None:
    findings = {f.expert: f for f in graded(Eye.RIGHT, machine, (machine,))}
    findings["grade"].measurements.append(Measurement(name="dme_probability", value=0.72, unit="probability"))
    swollen = read(*findings.values())
    follows = signed(swollen, decided)
    assert (follows.interval, follows.referral, follows.claims) == (None, None, [])
    assert follows.basis == (
        "No interval is derived: in the right eye macular oedema is suspected, which the interval for its grade does not cover."
    )
    assert signed(swollen, {"right": 2}).interval is not None


@pytest.mark.parametrize("machine", [0, 2])
def test_a_reviewer_who_rejects_the_suspected_oedema_by_hand_has_the_interval_of_their_grade(machine: int) -> None:
    findings = {f.expert: f for f in graded(Eye.RIGHT, machine, (machine,))}
    findings["grade"].measurements.append(Measurement(name="dme_probability", value=0.72, unit="probability"))
    swollen = read(*findings.values())
    (suspected,) = [claim.id for claim in swollen.claims() if claim.pattern == "summary_oedema"]
    assert signed(swollen, {"right": 0}, reject=[suspected]).interval == "1-2 years"
    (other,) = [claim.id for claim in swollen.claims() if claim.pattern == "summary"]
    assert signed(swollen, {"right": 0}, reject=[other]).interval is None


def test_suspected_oedema_beside_a_low_signed_grade_leaves_what_the_other_eye_asks_for_at_the_least() -> None:
    left = {f.expert: f for f in graded(Eye.LEFT, 0, (0,))}
    left["grade"].measurements.append(Measurement(name="dme_probability", value=0.72, unit="probability"))
    follows = signed(read(*graded(Eye.RIGHT, 4, (4,)), *left.values()), {"right": 4, "left": 0})
    assert follows.at_least and follows.interval == "under 1 month"


def test_what_a_person_signed_keeps_what_a_referable_eye_asks_for_at_the_least() -> None:
    urgent = read(*graded(Eye.RIGHT, 4, (4,)), UNREADABLE)
    follows = signed(urgent, {})
    assert follows.at_least
    assert (follows.interval, follows.referral) == ("under 1 month", "referral to an ophthalmologist")
    assert follows.basis == (
        "No interval is derived: the left eye has no reviewed grade. At the least, under the ICO guideline from grade 4 of the "
        "right eye."
    )
    assert [claim.status for claim in follows.claims] == [ClaimStatus.SUPPORTED]
