"""Questions that lean on the one before: "and in the left eye?", "are those real?"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...records import Eye
from ..lexicon import LESION_NAMES
from .asked import names_a_subject
from .eyes import eyes_named, in_words
from .select import lesion_kinds

if TYPE_CHECKING:
    from ..state import CaseState

_EYES = (Eye.RIGHT, Eye.LEFT)
LONGEST = 9
"""Words up to which a question without a subject is taken to lean on the one before."""
_OTHER_EYE = re.compile(
    r"^\W*(?:(?:and|but|or|ok|now|so|same|then)\b\W*)*(?:(?:what|how) about\b|(?:for|in|on|of)\b)?\W*(?:for |in |on |of )?(?:the |my |her |his )?"
    r"(?:right|left|other|fellow|od|os|both)\b(?: (?:eyes?|one|side))?\W*(?:too|as well|then|please)?\W*$",
    re.IGNORECASE,
)
_THEM = re.compile(r"\b(?:those|these|they|them)\b", re.IGNORECASE)


def asked_in_full(state: CaseState) -> str:
    """The question of a case, put in full by the one that was answered before it where it leans on that."""
    return in_full(state.get("question", ""), state.get("asked_before", ""))


def in_full(question: str, before: str) -> str:
    """The question by itself: the one before of the eye that it names, or with the lesions that "those" stands for."""
    if not before or len(question.split()) > LONGEST or names_a_subject(question):
        return question
    if _OTHER_EYE.match(question):
        return _of_the_eye(question, in_words(before))
    kinds = sorted(lesion_kinds(before))
    if kinds and _THEM.search(question):
        named = " and ".join(LESION_NAMES[kind][1] for kind in kinds)
        full, had = _THEM.sub(f"the {named}", question, count=1), eyes_named(in_words(before), _EYES)
        return f"{full.rstrip(' ?.!')} in the {next(iter(had)).value} eye?" if len(had) == 1 else full
    return question


def _of_the_eye(question: str, before: str) -> str:
    """The question before, of the eye that this one names in place of its own."""
    had, named = eyes_named(before, _EYES), eyes_named(question, _EYES)
    if re.search(r"\b(?:other|fellow)\b", question, re.IGNORECASE) and len(had) == 1:
        named = set(_EYES) - had
    words = f"{next(iter(named)).value} eye" if len(named) == 1 else "both eyes"
    if len(had) == 1:
        the = "" if len(named) == 1 else r"(?:the )?"
        return re.sub(rf"{the}\b(?:right|left)\b(?: eye)?", words, before, count=1, flags=re.IGNORECASE)
    return f"{before.rstrip(' ?.!')} in {'the ' if len(named) == 1 else ''}{words}?"
