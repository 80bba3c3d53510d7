"""The typed slots of sentences: how each kind of value is written and read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ...records import QUADRANTS
from .words import (
    CONDITION_NAMES,
    EYE_WORDS,
    GRADE_NAMES,
    LESION_NAMES,
    MEASURE_NAMES,
    RETAKE_REASONS,
    SOURCE_WORDS,
    WHY_WITHHELD,
)

Slots = dict[str, str | int | float]


def choice(words: Iterable[object]) -> str:
    """A regular expression for any of the words, longer ones first."""
    return "|".join(re.escape(word) for word in sorted(map(str, words), key=len, reverse=True))


_BY_EYE_WORDS = {words: eye for eye, words in EYE_WORDS.items()}
_BY_GRADE_NAME = {name: grade for grade, name in GRADE_NAMES.items()}
_BY_CONDITION = {words: name for name, words in CONDITION_NAMES.items()}
_BY_MEASURE = {words: name for name, words in MEASURE_NAMES.items()}
_BY_SINGULAR = {singular: kind for kind, (singular, _plural) in LESION_NAMES.items()}
_BY_PLURAL = {plural: kind for kind, (_singular, plural) in LESION_NAMES.items()}
_BY_SOURCE = {words: source for source, words in SOURCE_WORDS.items()}
_BY_WHY = {words: why for why, words in WHY_WITHHELD.items()}
_BY_REASON = {words: reason for reason, words in RETAKE_REASONS.items()}


@dataclass(frozen=True)
class SlotType:
    """How a value is written and recognised.

    `decimals` for numbers, written `scale` times as large with the decimal `mark`; `ends` for the words of a share that
    these decimals would write as none or as all; `words` for what has names; `several` for a list of names, separated by
    commas on both sides.
    """

    regex: str
    decimals: int | None = None
    words: Mapping[str, str | int] | None = None
    mark: str = "."
    scale: int = 1
    ends: tuple[str, str] | None = None
    several: bool = False

    def write(self, value: str | int | float) -> str:
        """The words for a value. Raises KeyError for a value that has none."""
        if self.decimals is not None:
            number = f"{float(value) * self.scale:.{self.decimals}f}"
            if self.ends is not None and float(number) in (0, self.scale):
                return self.ends[float(number) > 0]
            return number.replace(".", self.mark)
        if self.words is None:
            return str(value)
        named = {stands_for: word for word, stands_for in self.words.items()}
        if self.several:
            return ", ".join(named[v] for v in str(value).split(", "))
        return named[int(value) if isinstance(value, float) else value]

    def read(self, text: str) -> str | int | float:
        """The value of the words."""
        if self.decimals is not None:
            if self.ends is not None and text in self.ends:
                return float(self.ends.index(text))
            whole = self.decimals == 0 and self.scale == 1
            return int(text) if whole else float(text.replace(self.mark, ".")) / self.scale
        if self.words is None:
            return text
        return ", ".join(str(self.words[t]) for t in text.split(", ")) if self.several else self.words[text]


def share_type(decimals: int, ends: tuple[str, str], mark: str = ".", scale: int = 1) -> SlotType:
    """A probability: never written as certain, `ends` are the words for less and for more than its decimals can say."""
    digits = r"\d+" + (rf"{re.escape(mark)}\d{{{decimals}}}" if decimals else "")
    return SlotType(f"{choice(ends)}|{digits}", decimals=decimals, mark=mark, scale=scale, ends=ends)


_NUMBER = r"-?\d+"
SLOT_TYPES: dict[str, SlotType] = {
    "eye": SlotType(choice(_BY_EYE_WORDS), words=_BY_EYE_WORDS),
    "side": SlotType("right|left"),
    "field": SlotType("macula-centred|disc-centred"),
    "int": SlotType(_NUMBER, decimals=0),
    "dec1": SlotType(_NUMBER + r"\.\d", decimals=1),
    "dec2": SlotType(_NUMBER + r"\.\d\d", decimals=2),
    "dec3": SlotType(_NUMBER + r"\.\d\d\d", decimals=3),
    "share": share_type(2, ("below 0.01", "above 0.99")),
    "unit": SlotType("px|mm|DD"),
    "grade": SlotType(choice(_BY_GRADE_NAME), words=_BY_GRADE_NAME),
    "set": SlotType(r"[0-4](?:, [0-4])*"),
    "quadrant": SlotType("|".join(QUADRANTS)),
    "reasons": SlotType(f"(?:{choice(_BY_REASON)})(?:, (?:{choice(_BY_REASON)}))*"),
    "condition": SlotType(choice(_BY_CONDITION), words=_BY_CONDITION),
    "measure": SlotType(choice(_BY_MEASURE), words=_BY_MEASURE),
    "date": SlotType(r"\d{4}-\d\d-\d\d"),
    "lesion_one": SlotType(choice(_BY_SINGULAR), words=_BY_SINGULAR),
    "lesion_many": SlotType(choice(_BY_PLURAL), words=_BY_PLURAL),
    "source": SlotType(choice(_BY_SOURCE), words=_BY_SOURCE),
    "why": SlotType(choice(_BY_WHY), words=_BY_WHY),
    "guideline": SlotType(r"[A-Z]{2,8}"),
    "key": SlotType(r"[a-z][a-z0-9_]+"),
    "case": SlotType(r"[0-9a-f]{16}"),
    "text": SlotType(r"\S(?:.*\S)?"),
}


@dataclass(frozen=True)
class Counting:
    """How a lesion type is written with its count: for each type the words for none, one and more, `{n}` the number."""

    names: Mapping[str, tuple[str, str, str]]

    def write(self, kind: str, count: int) -> str:
        """In English "no haemorrhages", "1 haemorrhage", "12 haemorrhages"."""
        none, one, more = self.names[kind]
        return none if count == 0 else one if count == 1 else more.replace("{n}", str(count))

    @cached_property
    def regex(self) -> str:
        """What `write` writes."""
        return "|".join(_with_number(words) for forms in self.names.values() for words in forms)

    def read(self, text: str) -> tuple[str, int]:
        """The lesion type and count of words that match `regex`."""
        for kind, forms in self.names.items():
            for count, words in enumerate(forms):
                match = re.fullmatch(_with_number(words), text)
                if match is not None:
                    number = re.search(r"\d+", text) if "{n}" in words else None
                    return kind, count if number is None else int(number[0])
        raise KeyError(text)


def _with_number(words: str) -> str:
    return re.escape(words).replace(re.escape("{n}"), r"\d+")


COUNTING = Counting({kind: (f"no {more}", f"1 {one}", f"{{n}} {more}") for kind, (one, more) in LESION_NAMES.items()})
