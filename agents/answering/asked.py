"""What a rule sees of a question and says to it, and what of the question is left for the router."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ...records import Claim, Report
from ..ledger import Ledger
from ..routing import route
from ..routing.clauses import clauses
from .select import lesion_kinds

Span = tuple[int, int]
"""Where words begin and end in a question."""

ABOUT_WORDS = {
    "quality": r"quality|gradable|sharp",
    "vessels": r"vessel|arter|vein|tortuos|densit",
    "disc": r"\bcup|\bcdr\b|\bdis[ck]s?\b",
    "macula": r"macul|fovea|o?edema",
    "conditions": r"glaucoma|cataract|haz[ye]|myopi|degeneration|\bamd\b|hypertensi",
    "landmarks": r"laterality|which side|\bside\b",
    "recommendation": r"refer|follow|interval|recall",
}
"""Intent to the words by which a question names its subject."""
_GRADE_WORDS = re.compile(r"\bgrad|retinopath|\bicdr\b|\bn?p?dr\b|\blesion|\bstages?\b|\bsever", re.IGNORECASE)
_LITERATURE = re.compile(
    r"\bliterature\b|\bpapers?\b|\bstud(?:y|ies)\b|\btrials?\b|\bpublish|\bpublications?\b|\bguidelines?\b|\bcit(?:e|ation)"
    r"|\bsources?\b|\breferences?\b|\bprevalence\b|\bclassification\b|\bdefin(?:e|ed|itions?)\b|\bdifference between\b"
    r"|\bgenerally\b|\bin general\b|(?<!any )(?<!there )\bevidence\b(?! (?:of|behind))|\bhow (?:common|is|are) .*(?:common|treated|defined)"
    r"|^\W*(?:and )?what(?: is| are| causes?|['’]s) (?:an? )?(?!the\b|there\b|this\b|that\b|left\b)\w|\bwhat does .* mean\b"
    r"|\bexplain (?!why|how|your|the grade|this|that|it)\w",
    re.IGNORECASE,
)
_NOT_ALONE = frozenset({"conditions", "lesions", "explain", "small_talk", "out_of_scope"})
"""Intents that words without a subject may not have: "do you find it?" asks for what a rule has answered."""


@dataclass(frozen=True)
class Asked:
    """A case that a question is about; a rule that quotes a passage enters it in the ledger."""

    report: Report
    ledger: Ledger


@dataclass
class Said:
    """What a rule says: `intent` is the router's for such a question ("" for none), `settles` the words that it answers.

    `notes` stand before the claims, `afterwards` behind them; `answers` is False where they only say what is not there.
    """

    intent: str
    settles: list[Span] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    afterwards: list[str] = field(default_factory=list)
    answers: bool = True


def asks_for_literature(words: str) -> bool:
    """Whether words ask what is written about something, and not what a photograph shows."""
    return _LITERATURE.search(words) is not None


def names_a_subject(words: str) -> bool:
    """Whether words name something that is read here."""
    named = any(re.search(pattern, words, re.IGNORECASE) for pattern in ABOUT_WORDS.values())
    return named or bool(lesion_kinds(words)) or _GRADE_WORDS.search(words) is not None


def clause_spans(question: str) -> list[Span]:
    """Where each clause of a question stands in it."""
    spans, at = [], 0
    for clause in clauses(question):
        begin = question.find(clause, at)
        at = begin + len(clause)
        spans.append((begin, at))
    return spans


def without(question: str, spans: Iterable[Span]) -> str:
    """The question with these words blanked out; what is left stays at its place."""
    for begin, end in spans:
        question = question[:begin] + " " * (end - begin) + question[end:]
    return question


def left_over(question: str, masked: str) -> str:
    """What rules left of a question: the words that name a subject, and clauses that ask for something as a whole."""
    wished = {intent.name for intent in route(question).intents} - _NOT_ALONE
    kept = []
    for begin, end in clause_spans(question):
        clause, rest = question[begin:end], masked[begin:end]
        if names_a_subject(rest) or (clause == rest and route(clause).wants(*wished)):
            kept.append(" ".join(rest.split()))
    return ". ".join(kept)
