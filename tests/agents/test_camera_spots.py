"""What is left out as dust of the camera is said, with its number, and nothing of it where nothing was left out."""

from __future__ import annotations

import pytest
from fundoscope.agents.verify import verify_claim
from fundoscope.records import Claim, ClaimStatus, Eye, Measurement

from .cases import eye_findings, two_eyes


def told(count: int | None) -> tuple[list[Claim], object]:
    findings = eye_findings(Eye.RIGHT)
    if count is not None:
        findings["lesions"].measurements.append(Measurement(name="on_camera_spots", value=count, unit="count"))
    ledger, claims = two_eyes(findings)
    return [c for c in claims if str(c.pattern).startswith("camera_spot")], ledger


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "In the right eye, one place like a microaneurysm or haemorrhage lies where this camera shows a dark spot in other photographs too; it was taken for dust and not counted."),
        (4, "In the right eye, 4 places like microaneurysms or haemorrhages lie where this camera shows a dark spot in other photographs too; they were taken for dust and not counted."),
    ],
)  # fmt: skip
def test_what_was_left_out_is_said(count: int, sentence: str) -> None:
    (claim,), ledger = told(count)
    assert claim.text == sentence and verify_claim(claim, ledger).status is ClaimStatus.SUPPORTED


@pytest.mark.parametrize("count", [None, 0])
def test_nothing_is_said_where_nothing_was_left_out(count: int | None) -> None:
    assert told(count)[0] == []


def test_another_number_is_refused() -> None:
    (claim,), ledger = told(4)
    more = claim.model_copy(update={"slots": {**claim.slots, "count": 5}, "text": claim.text.replace("4", "5")})
    assert verify_claim(more, ledger).status is not ClaimStatus.SUPPORTED
    one = told(1)[0][0]
    assert verify_claim(one.model_copy(update={"evidence": claim.evidence}), ledger).status is not ClaimStatus.SUPPORTED
