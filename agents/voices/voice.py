"""A voice: the sentences of the report's language for another reader or in another tongue. Data, one file each.

A file `LANGUAGE-READER.json` gives for each pattern of the lexicon a template with the same slots (or fewer), or names the
pattern under `left_out`. Its words are those of the slots. A new language is a new file; the tests hold it to the lexicon.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...errors import BadSetting
from ...knowledge.guidelines import guideline_names
from ...records import ClaimKind
from ..lexicon import PATTERNS
from ..patterns.pattern import Pattern
from ..patterns.slots import SLOT_TYPES, Counting, Slots, SlotType, choice, share_type
from ..patterns.words import CONDITION_NAMES, GRADE_NAMES

FOLDER = Path(__file__).parent
NAMED = ("eye", "side", "field", "grade", "quadrant", "condition", "advice", "interval", "referral")
"""Slots whose values have words in a voice."""
_NUMBERS = {"int": 0, "dec1": 1, "dec2": 2}
QUOTING = ("follow", "at_least")
"""Sentences that quote the guideline, for which a voice may have words of its own."""
GUIDELINE = tuple(f"{name}_{said}" for name in QUOTING for said in ("referred", "interval", "seen", "unsaid"))
"""What a voice may say in place of a guideline's own sentence: when and who sees the eye, when alone, who alone, or that it
says neither."""
REVIEWED = ("reviewed_grade", "reviewed_without_grade", "reviewed_referral")
"""What a voice says of a grade that a person who signed the report corrected, and of an eye they refer."""

FORMS = {"summary_open": "summary", "lesion_count_none": "lesion_count"}
"""Sentences that a voice may have beside that of a pattern: an eye's line where it is left open whether its grade is referable,
and a count of none."""


@dataclass(frozen=True)
class Voice:
    """How one reader is told a report. `words` holds what stands outside sentences: headings, title, disclaimer."""

    language: str
    reader: str
    patterns: dict[str, Pattern]
    left_out: frozenset[str]
    words: dict[str, Any]

    def parse(self, text: str) -> tuple[str, Slots] | None:
        """The pattern that reads a sentence of this voice, with its values."""
        for name, pattern in self.patterns.items():
            slots = pattern.parse(text)
            if slots is not None:
                return name, slots
        return None


def voice_names() -> list[str]:
    """The voices that there are, as `language-reader`."""
    return sorted(file.stem for file in FOLDER.glob("*-*.json"))


def parse_voices(given: str | None) -> tuple[str, ...]:
    """Names of voices from a comma list. Raises BadSetting for a name there is no voice of."""
    names = tuple(dict.fromkeys(word.strip().lower() for word in (given or "").split(",") if word.strip()))
    for name in names:
        load_voice(name)
    return names


@lru_cache(maxsize=8)
def load_voice(name: str) -> Voice:
    """A voice by `language-reader`: two letters, then clinician or patient. Raises BadSetting."""
    if name not in voice_names():
        raise BadSetting(f"no report is told in {name}; there are {', '.join(voice_names())}")
    language, reader = name.split("-")
    stored = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    types = _types(stored["slots"], stored["decimal_mark"])
    counting = Counting({kind: tuple(forms) for kind, forms in stored["slots"]["lesions"].items()})
    patterns = {
        key: Pattern(key, _kind(key), template, types, counting) for key, template in stored["sentences"].items()
    }
    return Voice(language, reader, patterns, frozenset(stored["left_out"]), stored["words"])


def stands_for(sentence: str) -> str:
    """The pattern of the report's language that a sentence of a voice tells."""
    if sentence in GUIDELINE:
        return sentence.rsplit("_", 1)[0]
    return "summary" if sentence in REVIEWED else FORMS.get(sentence, sentence)


def _kind(pattern: str) -> ClaimKind:
    return PATTERNS[stands_for(pattern)].kind


def _types(named: dict[str, dict[str, str]], mark: str) -> dict[str, SlotType]:
    """English slot types with this voice's words and numbers; `in100` is a share as a number out of a hundred."""
    types = dict(SLOT_TYPES)
    for name, decimals in _NUMBERS.items():
        digits = r"-?\d+" + (rf"[{mark}]\d{{{decimals}}}" if decimals else "")
        types[name] = SlotType(digits, decimals=decimals, mark=mark)
    types["guideline"] = SlotType(choice(guideline_names()))
    fewest, most = named["share"]["0"], named["share"]["1"]
    types["share"] = share_type(2, (fewest, most), mark)
    types["in100"] = share_type(0, (fewest, most), scale=100)
    for name in [name for name in NAMED if name in named]:
        words = {word: _value(name, value) for value, word in named[name].items()}
        types[name] = SlotType(choice(words), words=words)
    reasons = {word: value for value, word in named["reasons"].items()}
    types["reasons"] = SlotType(f"(?:{choice(reasons)})(?:, (?:{choice(reasons)}))*", words=reasons, several=True)
    return types


def _value(slot: str, written: str) -> str | int:
    """What a word of a voice file stands for: grades are numbers, names of conditions keep their key."""
    if slot == "grade":
        grade = int(written)
        assert grade in GRADE_NAMES
        return grade
    assert slot != "condition" or written in CONDITION_NAMES
    return written
