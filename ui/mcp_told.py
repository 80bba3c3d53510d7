"""Findings, reports and answers as an MCP client is told them: what was measured, said and not assessed, without maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..records import Claim, Finding, Passage, Report
from ..records.report import DISCLAIMER

if TYPE_CHECKING:
    from ..agents.answer import Answer

MOST_REGIONS = 60
"""Outlined things of a finding that are told one by one; how many there are stands in its counts."""

Told = dict[str, Any]


def told_finding(finding: Finding, reference: str) -> Told:
    """A finding: measurements with unit, interval and definition, or why not; of many regions the surest."""
    regions = sorted(finding.regions, key=lambda region: -region.score)
    told = finding.model_dump(
        mode="json", exclude_none=True, exclude={"photograph", "weights_sha256", "artifacts", "regions"}
    )
    told["photograph"] = reference
    told["regions"] = [region.model_dump(mode="json", exclude_none=True) for region in regions[:MOST_REGIONS]]
    if len(regions) > MOST_REGIONS:
        told["regions_left_out"] = len(regions) - MOST_REGIONS
    return {name: value for name, value in told.items() if value not in ({}, [])} | {"disclaimer": DISCLAIMER}


def told_report(report: Report) -> Told:
    """A report: its sentences by eye and step with the evidence behind each, what is open, and the sources that are cited."""
    return {
        "case": report.case,
        "status": report.status.value,
        "eyes": {
            eye.value: {step.name: _sentences(report, step.claims) for step in of_eye.steps if step.claims}
            for eye, of_eye in report.eyes.items()
        },
        "impression": _sentences(report, report.impression),
        "recommendation": _sentences(report, report.recommendation.claims),
        "disagreements": [disagreement.text for disagreement in report.disagreements],
        "a_person_is_asked_because": report.review_reasons,
        "not_assessed": [missing.model_dump(mode="json", exclude_none=True) for missing in report.not_assessed],
        "limits": report.limits,
        "sources": [{"key": citation.key, "text": citation.text} for citation in report.citations],
        "disclaimer": report.disclaimer,
    }


def told_answer(answer: Answer) -> Told:
    """An answer: its verified sentences, and lines of fact about the case."""
    return {
        "answered": answer.answered,
        "sentences": [_sentence(claim) for claim in answer.claims],
        "notes": answer.notes,
        "text": answer.text,
        "disclaimer": DISCLAIMER,
    }


def told_passage(passage: Passage) -> Told:
    """A passage with its source."""
    return passage.model_dump(
        mode="json", include={"text", "reference", "references", "title", "year", "superseded_by"}, exclude_none=True
    )


def _sentences(report: Report, claims: Sequence[Claim]) -> list[Told]:
    return [_sentence(claim) for claim in report.standing(claims)]


def _sentence(claim: Claim) -> Told:
    return {"text": claim.text, "evidence": claim.evidence}
