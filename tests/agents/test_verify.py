"""Verification by mutation: whatever is changed in a true sentence is caught."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fundoscope.agents.ledger import Ledger
from fundoscope.agents.lexicon import PATTERNS
from fundoscope.agents.verify import CHECKS, verify, verify_claim
from fundoscope.records import Claim, ClaimKind, ClaimStatus

from .cases import two_eyes

BOTH_EYES = ("worse_eye", "worse_eye_reason")
"""Patterns that stand on the findings of both eyes."""


@pytest.fixture(scope="module")
def case() -> tuple[Ledger, list[Claim]]:
    return two_eyes()


def test_every_pattern_has_a_check() -> None:
    assert set(CHECKS) == set(PATTERNS)


def test_what_compose_writes_is_supported(case: tuple[Ledger, list[Claim]]) -> None:
    ledger, claims = case
    kept, removed = verify(claims, ledger)
    assert len(claims) > 40 and not removed, [(claim.text, claim.reason) for claim in removed]
    assert all(claim.evidence for claim in kept)


def mutations(claim: Claim) -> Iterator[tuple[str, str]]:
    """(operator, changed sentence) pairs."""
    for match in re.finditer(r"(?<![\d.])\d+(?:\.\d+)?", claim.text):
        number = match.group()
        for changed in (
            (str(int(number) + 1), str(int(number) * 10 + 1))
            if "." not in number
            else (f"{float(number) + 10 ** -len(number.split('.')[1]):.{len(number.split('.')[1])}f}",)
        ):
            yield "number", claim.text[: match.start()] + changed + claim.text[match.end() :]
    swaps = {
        "eye": [("right eye", "left eye"), ("left eye", "right eye")],
        "type": [
            ("microaneurysm", "haemorrhage"),
            ("haemorrhage", "soft exudate"),
            ("hard exudate", "haemorrhage"),
            ("soft exudate", "hard exudate"),
            ("age-related macular degeneration", "suspected glaucoma"),
            ("suspected glaucoma", "hypertensive retinopathy"),
        ],
        "negation": [
            ("no ", "12 "),
            ("is gradable", "is not gradable"),
            ("is flagged", "is not flagged"),
            ("were detected", "were not detected"),
        ],
        "grade": [("moderate", "severe"), ("mild", "moderate"), ("grade 2", "grade 3"), ("grade 1", "grade 0")],
        "unit": [(" px", " mm"), (" %", " DD"), ("disc diameters", "mm")],
        "quadrant": [("superotemporal", "inferotemporal"), ("inferonasal", "superonasal")],
        "citation": [("_2003]", "_2016]"), ("[author", "[etdrs")],
        "guideline": [("under ICO", "under NICE")],
        "statement": [("Statement", "Assertion")],
        "within": [("within one disc diameter", "within two disc diameters")],
    }
    for operator, pairs in swaps.items():
        for old, new in pairs:
            for changed in {re.sub(re.escape(old), new, claim.text), re.sub(re.escape(old), new, claim.text, count=1)}:
                if changed != claim.text:
                    yield operator, changed


def test_changed_sentences_are_caught(case: tuple[Ledger, list[Claim]]) -> None:
    ledger, claims = case
    tried: dict[str, int] = {}
    missed = []
    true = {claim.text for claim in claims}
    for claim in claims:
        for operator, text in mutations(claim):
            if text in true:
                continue
            tried[operator] = tried.get(operator, 0) + 1
            # As a model would hand it in: the sentence alone, without the structure it should have come from.
            free = claim.model_copy(update={"text": text, "pattern": None, "slots": {}, "eye": None})
            if verify_claim(free, ledger).status is ClaimStatus.SUPPORTED:
                missed.append((operator, text))
    assert not missed
    assert sum(tried.values()) > 150 and min(tried.values()) >= 1, tried
    assert set(tried) >= {"number", "eye", "type", "negation", "grade", "unit", "citation"}


def test_evidence_of_the_other_eye_does_not_count(case: tuple[Ledger, list[Claim]]) -> None:
    ledger, claims = case
    other = {entry.id: twin.id for entry in ledger for twin in ledger if _twins(entry, twin)}
    for claim in claims:
        if claim.eye is None or not claim.evidence[0].startswith("E") or claim.pattern in BOTH_EYES:
            continue
        swapped = claim.model_copy(update={"evidence": [other[e] for e in claim.evidence]})
        assert verify_claim(swapped, ledger).status is not ClaimStatus.SUPPORTED, claim.text


def _twins(entry: object, twin: object) -> bool:
    a, b = getattr(entry, "finding", None), getattr(twin, "finding", None)
    return a is not None and b is not None and a.expert == b.expert and a.photograph != b.photograph


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("In the right eye, 14 microaneurysms were detected.", []),
        ("In the right eye, 14 microaneurysms were detected.", ["E99"]),
        ("In the right eye, 14 microaneurysms were detected.", ["E1"]),
        ("Neovascularisation of the disc is present.", ["E4"]),
        ("The patient should be given ranibizumab.", ["E5", "P1"]),
        ("In the right eye, vessels are attenuated.", ["E3"]),
        ("", ["E1"]),
    ],
)
def test_what_has_no_evidence_or_no_pattern_is_unsupported(
    case: tuple[Ledger, list[Claim]], text: str, evidence: list[str]
) -> None:
    claim = Claim(id="X", text=text, kind=ClaimKind.MEASUREMENT, evidence=evidence)
    assert verify_claim(claim, case[0]).status is ClaimStatus.UNSUPPORTED


def test_a_claim_whose_structure_says_otherwise_is_caught(case: tuple[Ledger, list[Claim]]) -> None:
    ledger, claims = case
    claim = next(c for c in claims if c.pattern == "lesion_count" and c.slots["lesion"] == "MA")
    lying = claim.model_copy(update={"slots": {**claim.slots, "count": 15}})
    assert verify_claim(lying, ledger).status is ClaimStatus.CONTRADICTED
