"""Questions after all that was found: the impression, what was counted and flagged, and what follows."""

from __future__ import annotations

import re

from .asked import Asked, Said, names_a_subject
from .eyes import eyes_named
from .select import said_of

_FOUND = re.compile(
    r"\bwhat(?: else| other things?)? (?:did|do|can|could|have) (?:you|the (?:experts?|models?|software|program|system)) "
    r"(?:find|found|see|seen|detect(?:ed)?|notice[d]?|discover(?:ed)?)\b[^.?!]*"
    r"|\bwhat (?:was|were|has been) (?:found|seen|detected)\b[^.?!]*"
    r"|^\W*(?:(?:is|was) there |did you (?:find|see|notice) )?(?:anything|something) else(?: (?:to see|to report|there|found|wrong|abnormal|of note))?\W*$"
    r"|\b(?:what|which) (?:are|were) (?:the|your|all|all the) (?:other )?(?:main |key |important )?(?:findings|abnormalities)\b[^.?!]*"
    r"|\b(?:any|list|describe|tell me|give me|show me)(?: me)?(?: (?:the|all|your|all the|of the))* (?:other )?(?:main |key )?(?:findings|abnormalities)\b[^.?!]*",
    re.IGNORECASE,
)
_COUNTED = frozenset(
    {"lesion_count", "lesion_count_one", "lesion_few", "lesion_few_one", "oedema_probability", "exudate_near"}
    | {"camera_spots", "camera_spot", "cup_disc_ratio", "condition_reaches", "no_condition_flagged"}
)
"""The sentences of the steps that say what was found; where and how large is asked for by name."""


def found(question: str, asked: Asked) -> Said | None:
    """The impression, the counts and the flags of the eyes a question names, and what follows, for one that names nothing else."""
    match = _FOUND.search(question)
    if match is None or names_a_subject(match[0]):
        return None
    report, eyes = asked.report, eyes_named(question, asked.report.eyes)
    counted = said_of(report, eyes, _COUNTED)
    told = [claim for claim in report.impression if claim.eye is None or claim.eye in eyes]
    return Said("report", [match.span()], claims=[*told, *counted, *report.recommendation.claims])
