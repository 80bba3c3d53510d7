"""Explanations: the claims a question points at, and what the evidence behind them is."""

from __future__ import annotations

import re

from ...knowledge.references import citation
from ...records import Claim, Evidence, Report
from ..lexicon import GRADE_NAMES
from .select import lesion_kinds, report_claims

_IDS = re.compile(r"\b([CEP]\d{1,3})\b", re.IGNORECASE)
_ABOUT_WORDS = {
    "quality": r"quality|gradable|sharp",
    "vessels": r"vessel|arter|vein|tortuos|densit",
    "disc": r"\bcup|\bcdr\b|\bdisc\b",
    "macula": r"macul|fovea|o?edema",
    "conditions": r"glaucoma|cataract|haz[ye]|myopi|degeneration|hypertensive",
    "landmarks": r"laterality|which side|\bside\b",
    "recommendation": r"refer|follow|interval|recall",
}


def explanation(request: str, report: Report) -> tuple[list[Claim], list[str]]:
    """The claims in question and a line on each piece of evidence behind them."""
    named = {found.upper() for found in _IDS.findall(request)}
    claims = [c for c in _all_claims(report) if c.id in named or named & set(c.evidence)] or _about(request, report)
    behind = dict.fromkeys(evidence for claim in claims for evidence in claim.evidence)
    wanted = {name for name in named if not name.startswith("C")} or set(behind)
    lines = [_origin(entry) for entry in report.evidence if entry.id in wanted]
    return claims, lines


def _about(request: str, report: Report) -> list[Claim]:
    words = request.lower()
    if kinds := lesion_kinds(request):
        lesions = report_claims("lesions", request, report)
        return [claim for claim in lesions if claim.slots.get("lesion") in kinds]
    for intent, pattern in _ABOUT_WORDS.items():
        if re.search(pattern, words) and not _names_grade(words):
            return report_claims(intent, request, report)
    return [*report_claims("grade", request, report), *_lesion_totals(request, report)]


def _names_grade(words: str) -> bool:
    return "grade" in words or any(name.split()[0] in words for name in GRADE_NAMES.values())


def _lesion_totals(request: str, report: Report) -> list[Claim]:
    return [claim for claim in report_claims("lesions", request, report) if claim.pattern != "lesion_quadrant"]


def _all_claims(report: Report) -> list[Claim]:
    in_eyes = [claim for eye in report.eyes.values() for step in eye.steps for claim in step.claims]
    return [*in_eyes, *report.impression, *report.recommendation.claims]


def _origin(entry: Evidence) -> str:
    if entry.finding is not None:
        finding = entry.finding
        side = "" if entry.eye is None or entry.eye.value == "unknown" else f" on the {entry.eye.value} eye"
        return (
            f"{entry.id} is the {finding.expert} expert's finding{side} "
            f"(version {finding.version}, weights {finding.weights_sha256[:12]})."
        )
    if entry.passage is not None:
        return f"{entry.id} is a passage of: {citation(entry.passage.reference).text}"
    return f"{entry.id} is empty."
