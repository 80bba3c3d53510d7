"""Questions after how sure a report is of its grade, what speaks against it, and why it is not another one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...records import Claim
from ..lexicon import EYE_WORDS
from .about_grade import GRADE, eyes_asked, grade_named, probability_lines
from .asked import Asked, Said
from .explain import about
from .select import lesion_kinds, said_of

_IT = r"(?:you|this|that|it|these|they|the \w+|your \w+)"
_SURE = re.compile(
    r"\b(?:how|not|really|very|completely|absolutely) (?:\w+ )?(?:sure|certain|confident|reliable|trustworthy)\b[^.?!]*"
    rf"|\b(?:are|is) {_IT}(?: \w+)? (?:really |very )?(?:sure|certain|confident|reliable|trustworthy)\b[^.?!]*"
    rf"|\b(?:can|could|may|might|should) {_IT}(?: \w+)? be (?:wrong|mistaken|in error|incorrect|relied on|trusted)\b[^.?!]*"
    r"|\b(?:can|could|should|may) (?:i|we|one) (?:trust|believe|rely on|depend on)\b[^.?!]*"
    r"|\b(?:how much|what|which)(?:'s| is| are)?(?: \w+)? (?:confidence|certainty|doubts?|uncertaint(?:y|ies))\b[^.?!]*"
    r"|\bhow (?:uncertain|unsure|doubtful)\b[^.?!]*"
    r"|\b(?:are|is|were|could|can|may|might) (?:the |these |those )?[^.?!,;]{0,40}?\b(?:real|true|genuine|arte?i?facts?|false alarms?|false positives?)\b[^.?!]*",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\b(?:what|anything|something|evidence|which \w+|arguments?|reasons?)\b[^.?!,;]{0,40}?\b(?:speaks?|argues?|counts?|is|are|evidence|signs?) "
    r"(?:for and )?against\b[^.?!]*"
    r"|\bwhat (?:would|could|might) (?:change|alter) (?:your (?:mind|opinion|reading)|the (?:grade|reading|result))\b[^.?!]*",
    re.IGNORECASE,
)
_WHY_NOT = re.compile(
    rf"\bwhy (?:not|is(?:n['’]t| it not| this not|n['’]t (?:it|this))|did(?:n['’]t)? you not|rather than)\b[^.?!,;]*?{GRADE}[^.?!]*",
    re.IGNORECASE,
)
_OF_THE_GRADE = frozenset(
    {"grade", "referable", "conformal_set", "conformal_one", "grade_middle", "probability_above", "model_alone"}
    | {"model_uncounted", "needs_microaneurysms", "needs_more", "lesions_uncounted", "four_quadrants_unmet"}
    | {"four_quadrants_unknown", "severe_signs_unknown", "proliferative_signs_unknown"}
)
"""The sentences on how far a grade is to be relied on."""
_OF_LESIONS = frozenset({"lesion_count", "lesion_count_one", "lesion_few", "lesion_few_one"})
_SIDES = (("supporting", "For"), ("opposing", "Against"), ("missing", "Missing to"))


def certainty(question: str, asked: Asked) -> Said | None:
    """How sure the report is of a grade or of lesions, for and against; of other subjects the router says what is measured."""
    why_not = _WHY_NOT.search(question)
    match = why_not or _AGAINST.search(question) or _SURE.search(question)
    if match is None or about(question) != "grade":
        return None
    eyes = eyes_asked(question, asked)
    kinds = lesion_kinds(question)
    if kinds:
        claims = [c for c in said_of(asked.report, eyes, _OF_LESIONS) if c.slots.get("lesion") in kinds]
        return Said("lesions", [match.span()], claims=claims, afterwards=_grounds(claims)) if claims else None
    claims = said_of(asked.report, eyes, _OF_THE_GRADE)
    if not claims:
        return None
    ahead = probability_lines(asked, eyes, grade_named(why_not)) if why_not is not None else []
    asked_for = [f"For a person to look at: {reason}." for reason in asked.report.review_reasons]
    grounds = _grounds(claim for claim in claims if claim.pattern == "grade")
    return Said("explain", [match.span()], claims=claims, notes=ahead, afterwards=[*grounds, *asked_for])


def _grounds(claims: Iterable[Claim]) -> list[str]:
    """A line on each thing that speaks for a claim, against it, or is missing to it."""
    return [
        " ".join(
            [f"{words} {_what(claim)}:", ground.text, *([f"({', '.join(ground.evidence)})"] if ground.evidence else [])]
        )
        for claim in claims
        for side, words in _SIDES
        for ground in getattr(claim, side)
    ]


def _what(claim: Claim) -> str:
    of_eye = "" if claim.eye is None else f" ({EYE_WORDS[claim.eye]})"
    return f"ICDR grade {claim.slots['value']}{of_eye}" if claim.pattern == "grade" else f'"{claim.text}"'
