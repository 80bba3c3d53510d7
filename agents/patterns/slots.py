"""The typed slots of sentences: how each kind of value is written and read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...records import QUADRANTS
from .words import CONDITION_NAMES, EYE_WORDS, GRADE_NAMES, LESION_NAMES, RETAKE_REASONS

Slots = dict[str, str | int | float]


def _choice(words: Mapping[str, object]) -> str:
    return "|".join(re.escape(str(word)) for word in sorted(words, key=len, reverse=True))


_BY_EYE_WORDS = {words: eye for eye, words in EYE_WORDS.items()}
_BY_LESION_WORD = {word: kind for kind, words in LESION_NAMES.items() for word in words}
_BY_GRADE_NAME = {name: grade for grade, name in GRADE_NAMES.items()}
_BY_CONDITION = {words: name for name, words in CONDITION_NAMES.items()}
_BY_REASON = {words: reason for reason, words in RETAKE_REASONS.items()}


@dataclass(frozen=True)
class SlotType:
    """How a value is written and recognised. `decimals` for numbers."""

    regex: str
    decimals: int | None = None
    words: Mapping[str, str | int] | None = None

    def write(self, value: str | int | float) -> str:
        """The words for a value."""
        if self.decimals is not None:
            return f"{float(value):.{self.decimals}f}"
        if self.words is not None:
            return next(word for word, stands_for in self.words.items() if stands_for == value)
        return str(value)

    def read(self, text: str) -> str | int | float:
        """The value of the words."""
        if self.decimals is not None:
            return int(text) if self.decimals == 0 else float(text)
        return self.words[text] if self.words is not None else text


_NUMBER = r"-?\d+"
SLOT_TYPES: dict[str, SlotType] = {
    "eye": SlotType(_choice(_BY_EYE_WORDS), words=_BY_EYE_WORDS),
    "side": SlotType("right|left"),
    "field": SlotType("macula-centred|disc-centred"),
    "int": SlotType(_NUMBER, decimals=0),
    "dec1": SlotType(_NUMBER + r"\.\d", decimals=1),
    "dec2": SlotType(_NUMBER + r"\.\d\d", decimals=2),
    "unit": SlotType("px|mm|DD"),
    "grade": SlotType(_choice(_BY_GRADE_NAME), words=_BY_GRADE_NAME),
    "set": SlotType(r"[0-4](?:, [0-4])*"),
    "quadrant": SlotType("|".join(QUADRANTS)),
    "reasons": SlotType(f"(?:{_choice(_BY_REASON)})(?:, (?:{_choice(_BY_REASON)}))*"),
    "condition": SlotType(_choice(_BY_CONDITION), words=_BY_CONDITION),
    "key": SlotType(r"[a-z][a-z0-9_]+"),
    "case": SlotType(r"[0-9a-f]{16}"),
    "text": SlotType(r"\S(?:.*\S)?"),
}


def counted(kind: str, count: int) -> str:
    """ "no haemorrhages", "1 haemorrhage", "12 haemorrhages"."""
    singular, plural = LESION_NAMES[kind]
    return f"no {plural}" if count == 0 else f"{count} {singular if count == 1 else plural}"


COUNTED = rf"(?:no|\d+) (?:{_choice(_BY_LESION_WORD)})"
"""What `counted` writes, as a regular expression."""


def read_counted(text: str) -> tuple[str, int]:
    """The lesion type and count of words that `counted` wrote."""
    number, word = text.split(" ", 1)
    return _BY_LESION_WORD[word], 0 if number == "no" else int(number)
