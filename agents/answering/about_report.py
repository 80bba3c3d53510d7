"""Questions about the report as such: what it left out, its limits, why a person is asked for, and one eye against the other."""

from __future__ import annotations

import re

from ...experts import expert_names
from ...experts.registry import prompted_names
from .asked import Asked, Said
from .eyes import eyes_named
from .gaps import gap_lines

_ALL_GAPS = re.compile(
    r"\b(?:what|which|list|everything|anything|all|tell me|show)\b[^.?!]*(?:\bnot\b|n't\b|\bunable to\b|\bun(?=assessed))[^.?!]{0,30}?"
    r"(?:assess(?:ed|able)?|measured?|look(?:ed)? (?:at|for)|check(?:ed)?|examined?|screen(?:ed)?|evaluated?|test(?:ed)?)\b(?:[^.?!]{0,30}\bwhy\b)?"
    r"|\bwhat (?:is|was) missing\b|\bnot[- ]assessed (?:items|list|section)\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"\b(?:what|which|list|tell|explain|give|know|its|the|your)\b[^.?!]*(?<!normal )(?<!upper )(?<!lower )"
    r"\b(?:limits|limitations?)\b(?! of (?:normal|the cup|agreement))(?:[^.?!,]*(?:report|reading))?",
    re.IGNORECASE,
)
_WHY_REVIEW = re.compile(
    r"\b(?:why|what (?:is|are) the reasons?|reasons?)\b[^.?!]*(?:\breview(?!er)\w*|\b(?:person|human|doctor|clinician|specialist)\b"
    r"[^.?!]*\b(?:look|read|check|see|needed|required|confirm)|\b(?:look|read|check|see)\w* by a (?:person|human|doctor))[^.?!]*",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\b(?:since|last|before|ago|previous\w*|earlier|prior|visits?|year|month|week|baseline|time|old|progress\w*|chang\w*|dates?)\b",
    re.IGNORECASE,
)
_EYES_COMPARED = re.compile(
    r"\b(?:which|what) (?:of the (?:two )?eyes|eye(?! (?:drops?|doctor|clinic|hospital))|side|one)\b[^.?!]*\b(?:worse|worst|better|best|higher|severe|sicker|decides?|bad)\b[^.?!]*"
    r"|\bthe (?:worse|better) eye\b|\bis (?:the |her |his )?(?:right|left|one)(?: eye)? (?:any )?(?:worse|better) than\b[^.?!]*"
    r"|\bcompare (?:(?:both|the|the two|two|his|her|my|these) )?(?:eyes|right and left(?: eyes?)?|left and right(?: eyes?)?"
    r"|right (?:with|to|and the|and) (?:the )?left(?: eyes?)?|left (?:with|to|and the|and) (?:the )?right(?: eyes?)?)"
    r"|\bcompare the (?:right|left) eye (?:and|with|to) the (?:right|left|other)(?: eye)?|\bcompare the (?:right|left) (?:with|to|and) the (?:right|left)(?: eye)?"
    r"|\bhow (?:do|are) (?:the |her |his )?(?:two )?eyes (?:differ|compare|different)|\bdifference between (?:the |her |his )?(?:two |both )?eyes",
    re.IGNORECASE,
)


def gaps(question: str, asked: Asked) -> Said | None:
    """All that was not assessed of the eyes a question names, for one that asks for just that."""
    match = _ALL_GAPS.search(question)
    if match is None:
        return None
    eyes = eyes_named(question, asked.report.eyes)
    lines = gap_lines(item for item in asked.report.not_assessed if item.eye is None or item.eye in eyes)
    return Said("report", [match.span()], notes=lines or ["Everything that is installed here was assessed."])


def limits(question: str, asked: Asked) -> Said | None:
    """The general limits of the report, and those of the experts a question names."""
    match = _LIMITS.search(question)
    if match is None:
        return None
    of_experts = {name: f"{name}: " for name in (*expert_names(), *prompted_names())}
    named = tuple(begin for name, begin in of_experts.items() if re.search(rf"\b{name}\b", question, re.IGNORECASE))
    lines = [
        line
        for line in asked.report.limits
        if line.startswith(named) or not line.startswith(tuple(of_experts.values()))
    ]
    return Said("report", [match.span()], notes=lines)


def review_reasons(question: str, asked: Asked) -> Said | None:
    """Why the report asks for a person to look, for a question that asks for that."""
    match = _WHY_REVIEW.search(question)
    if match is None:
        return None
    reasons = [f"For a person to look at: {reason}." for reason in asked.report.review_reasons]
    return Said("explain", [match.span()], notes=reasons or [f"No reason is on record. {asked.report.disclaimer}"])


def eyes_compared(question: str, asked: Asked) -> Said | None:
    """Each eye in a line and which decides, for a question that holds one eye against the other and not against a visit."""
    match = _EYES_COMPARED.search(question)
    if match is None or _EARLIER.search(question):
        return None
    return Said("grade", [match.span()], claims=list(asked.report.impression))
