"""Explanations: the claims a question points at, and what the evidence behind them is."""

from __future__ import annotations

import re

from ...knowledge.references import citation
from ...records import Claim, Evidence, Report
from ..lexicon import GRADE_NAMES
from .asked import ABOUT_WORDS, Asked, Said
from .select import lesion_kinds, report_claims

_PLACED = frozenset({"lesion_quadrant", "lesion_largest", "lesion_largest_px", "lesion_nearest"})
_IDS = re.compile(r"\b([CEP]\d{1,3})\b", re.IGNORECASE)


_ALONE = re.compile(
    r"\W*(?:(?:what(?: is|'s| are| does)|show(?: me)?|explain|open|tell me about|where does|why)\b)?\W*"
    r"(?:[CEP]\d{1,3}\b(?:,| and|\W)*)+(?:mean|say|from|come from|about|there|here)*\W*",
    re.IGNORECASE,
)


def named_evidence(question: str, asked: Asked) -> Said | None:
    """The sentences and the evidence of the report that a question names by their ids, and nothing else."""
    known = {claim.id for claim in asked.report.claims()} | {entry.id for entry in asked.report.evidence}
    named = {found.upper() for found in _IDS.findall(question)}
    if not named or not named <= known or _ALONE.fullmatch(question) is None:
        return None
    claims, lines = explanation(question, asked.report)
    return Said("explain", [(0, len(question))], claims=claims, afterwards=lines)


def explanation(request: str, report: Report) -> tuple[list[Claim], list[str]]:
    """The claims in question and a line on each piece of evidence behind them."""
    named = {found.upper() for found in _IDS.findall(request)}
    claims = [c for c in report.claims() if c.id in named or named & set(c.evidence)] or _about(request, report)
    behind = dict.fromkeys(evidence for claim in claims for evidence in claim.evidence)
    wanted = {name for name in named if not name.startswith("C")} or set(behind)
    lines = [_origin(entry) for entry in report.evidence if entry.id in wanted]
    return claims, lines


def about(request: str) -> str:
    """The intent whose claims a request points at; the grade where it names nothing else."""
    if not _names_grade(request.lower()):
        for intent, pattern in ABOUT_WORDS.items():
            if re.search(pattern, request, re.IGNORECASE):
                return intent
    return "grade"


def _about(request: str, report: Report) -> list[Claim]:
    if kinds := lesion_kinds(request):
        lesions = report_claims("lesions", request, report)
        return [claim for claim in lesions if claim.slots.get("lesion") in kinds]
    intent = about(request)
    claims = report_claims(intent, request, report)
    return [*claims, *_lesion_totals(request, report)] if intent == "grade" else claims


def _names_grade(words: str) -> bool:
    named = (name.split()[0] for grade, name in GRADE_NAMES.items() if grade)
    return "grade" in words or any(re.search(rf"\b{name}\b", words) for name in named)


def _lesion_totals(request: str, report: Report) -> list[Claim]:
    """How many lesions there are and what they are: where each lies and how large it is bears on no grade."""
    return [claim for claim in report_claims("lesions", request, report) if claim.pattern not in _PLACED]


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
