"""Weighing: each interpretation says what speaks for it, against it and is missing, and verification holds it to that."""

from __future__ import annotations

import pytest
from fundoscope.agents.contradictions import doubts
from fundoscope.agents.ledger import Ledger
from fundoscope.agents.lexicon import PATTERNS
from fundoscope.agents.verify import verify_claim
from fundoscope.agents.weigh import RULES, weigh
from fundoscope.records import Claim, ClaimKind, ClaimStatus, Eye, Finding, Ground, Region

from .cases import eye_findings, two_eyes


@pytest.fixture(scope="module")
def case() -> tuple[Ledger, list[Claim]]:
    return two_eyes()


def of(claims: list[Claim], pattern: str, eye: str = "right") -> Claim:
    return next(c for c in claims if c.pattern == pattern and c.slots.get("eye") == eye)


def rules(grounds: list[Ground]) -> set[str]:
    return {ground.rule for ground in grounds}


def test_a_grade_is_weighed_against_lesions_set_and_probability(case: tuple[Ledger, list[Claim]]) -> None:
    claim = of(case[1], "grade")
    assert rules(claim.supporting) == {"definition-met", "confident"}
    assert rules(claim.opposing) == {"others-in-the-set"}
    lesions = next(e.id for e in case[0] if e.finding is not None and e.finding.expert == "lesions")
    assert next(g for g in claim.supporting if g.rule == "definition-met").evidence == [lesions]


def test_the_surrogate_of_oedema_always_misses_thickening(case: tuple[Ledger, list[Claim]]) -> None:
    assert "thickening-unseen" in rules(of(case[1], "exudate_near").missing)


def test_exudate_that_can_be_the_reflex_of_the_fovea_is_weighed_as_such() -> None:
    findings = eye_findings(Eye.RIGHT)
    findings["lesions"].regions = [
        Region(kind="EX", x=0, y=0, width=20, height=20, area=300, score=0.9, fovea_distance_dd=0.1)
    ]
    claim = of(two_eyes(findings)[1], "exudate_near")
    (ground,) = [g for g in claim.opposing if g.rule == "foveal-reflex"]
    assert len(ground.evidence) == 2


def with_exudates(count: int, *, flagged: bool) -> dict[str, Finding]:
    findings = eye_findings(Eye.RIGHT, 2, {"MA": 3, "HE": 4, "EX": count, "SE": 0})
    findings["conditions"].flags = ["age_related_macular_degeneration"] if flagged else []
    return findings


@pytest.mark.parametrize("flagged", [True, False])
def test_what_is_counted_as_hard_exudates_may_be_drusen_where_macular_degeneration_is_flagged(flagged: bool) -> None:
    findings = with_exudates(20, flagged=flagged)
    claims = [c for c in two_eyes(findings)[1] if c.slots.get("eye") == "right"]
    told = {(c.pattern, c.slots.get("lesion")) for c in claims if "drusen-alike" in rules(c.opposing)}
    assert ("criterion_lesions", "HE") in {(c.pattern, c.slots.get("lesion")) for c in claims}
    expected = {("criterion_lesions", "EX"), ("exudate_near", None), ("summary_exudate", None)}
    assert told == (expected if flagged else set())
    assert any(c.pattern == "summary_drusen" for c in claims) is flagged
    assert any("can be drusen" in reason for reason in doubts(findings)) is flagged


def test_without_exudates_or_without_the_flag_nothing_may_be_drusen() -> None:
    claim = of(two_eyes(with_exudates(20, flagged=True))[1], "summary_drusen")
    assert claim.text == (
        "Right eye: what was taken for hard exudates may be drusen, because age-related macular degeneration is flagged."
    )
    for findings in (with_exudates(0, flagged=True), with_exudates(20, flagged=False)):
        ledger, claims = two_eyes(findings)
        assert not any(c.pattern == "summary_drusen" for c in claims)
        assert not any("can be drusen" in reason for reason in doubts(findings))
        evidence = [e.id for e in ledger if e.finding is not None and e.eye is Eye.RIGHT]
        made_up = claim.model_copy(update={"evidence": evidence})
        assert verify_claim(made_up, ledger).status is not ClaimStatus.SUPPORTED


@pytest.mark.parametrize(("grade", "rule"), [(0, "grade-asks-for-none"), (2, "grade-asks-for-some")])
def test_lesions_that_may_be_none_are_said_to_be_and_meet_no_criterion(grade: int, rule: str) -> None:
    findings = eye_findings(Eye.RIGHT, grade, {"MA": 0, "HE": 2, "EX": 1, "SE": 3})
    for measurement in findings["lesions"].measurements:
        if measurement.name in ("lesion_count_HE", "lesion_count_EX"):
            measurement.interval = (0.0, 9.0)
    ledger, claims = two_eyes(findings)
    told = [c for c in claims if c.pattern in ("lesion_few", "lesion_few_one") and c.slots["eye"] == "right"]
    assert [c.slots["lesion"] for c in told] == ["HE", "EX"]
    assert told[0].text == "In the right eye, 2 haemorrhages are few enough for all of them to be false alarms."
    assert told[1].text == "In the right eye, 1 hard exudate may be a false alarm."
    assert rules(told[0].supporting) | rules(told[0].opposing) == {rule}
    criteria = [c for c in claims if str(c.pattern).startswith("criterion") and c.slots["eye"] == "right"]
    assert [c.slots["lesion"] for c in criteria] == ["SE"]
    others = told[0].text.replace("2 haemorrhages", "3 soft exudates")
    made_up = told[0].model_copy(update={"slots": {**told[0].slots, "lesion": "SE", "count": 3}, "text": others})
    assert verify_claim(made_up, ledger).status is not ClaimStatus.SUPPORTED


@pytest.mark.parametrize("side", ["supporting", "opposing", "missing"])
def test_a_claim_that_keeps_a_ground_quiet_is_refused(case: tuple[Ledger, list[Claim]], side: str) -> None:
    ledger, claims = case
    claim = next(c for c in claims if getattr(c, side))
    quiet = claim.model_copy(update={side: getattr(claim, side)[1:]})
    checked = verify_claim(quiet, ledger)
    assert checked.status is ClaimStatus.CONTRADICTED and "leaves out" in (checked.reason or "")


@pytest.mark.parametrize(
    "changed",
    [{"evidence": ["E99"]}, {"text": "It is certain."}, {"rule": "unfamiliar"}, {"evidence": []}],
)
def test_a_ground_that_the_evidence_does_not_give_is_refused(
    case: tuple[Ledger, list[Claim]], changed: dict[str, object]
) -> None:
    ledger, claims = case
    claim = of(claims, "grade")
    lying = claim.model_copy(update={"opposing": [claim.opposing[0].model_copy(update=changed)]})
    assert verify_claim(lying, ledger).status is ClaimStatus.CONTRADICTED


def test_a_sentence_of_no_pattern_cannot_bring_grounds_of_its_own(case: tuple[Ledger, list[Claim]]) -> None:
    ledger, claims = case
    claim = of(claims, "grade")
    assert verify_claim(claim.model_copy(update={"pattern": None, "slots": {}}), ledger).status is not (
        ClaimStatus.SUPPORTED
    )


def test_rules_are_about_interpretations_that_exist_and_have_names_of_their_own() -> None:
    for rule in RULES:
        assert all(PATTERNS[pattern].kind is ClaimKind.INTERPRETATION for pattern in rule.about), rule.name
    assert len({(rule.name, rule.side) for rule in RULES}) == len(RULES)


def test_weighing_twice_changes_nothing(case: tuple[Ledger, list[Claim]]) -> None:
    ledger, claims = case
    assert [weigh(claim, ledger) for claim in claims] == claims
