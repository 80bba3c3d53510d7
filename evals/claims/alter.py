"""The changes of wording that mutations are made of."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from ...knowledge import references
from ...records import QUADRANTS, Eye
from .facts import Fact
from .ledgers import ledger
from .sources import Source

WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
MORE_WORDS = {21: "twenty-one", 30: "thirty", 37: "thirty-seven", 40: "forty", 90: "ninety"}
OPPOSITE = {"right": "left", "left": "right"}
EYE_WORD = re.compile(r"\b(right|left|OD|OS)\b", re.IGNORECASE)
_LESION_WORDS = {
    "MA": ("microaneurysm", r"\b(?:microaneurysm|MA)(s?)\b"),
    "HE": ("haemorrhage", r"\b(?:(?:retinal |intraretinal )?(?:ha?emorrhage|bleed))(s?)\b"),
    "EX": ("hard exudate", r"(?<!soft )\b(?:hard )?exudate(s?)\b"),
    "SE": ("cotton-wool spot", r"\b(?:soft exudate|cotton[- ]wool spot)(s?)\b"),
}
_POSITIVE = re.compile(r"\b(is|are|was|were|has|have|can be|lies|lie|shows|contains|covers?|measures)\b")
_NEGATIVE = (
    (" could not be ", " could be "),
    (" cannot be ", " can be "),
    (" is not ", " is "),
    (" was not ", " was "),
    (" were not ", " were "),
    (" not ", " "),
    ("ungradable", "gradable"),
    ("absent", "present"),
)
_NOT = {"lies": "does not lie", "lie": "do not lie", "shows": "does not show", "contains": "does not contain",
        "cover": "do not cover", "covers": "does not cover", "measures": "does not measure", "has": "does not have",
        "have": "do not have", "can be": "cannot be"}  # fmt: skip
_GRADES = ("no apparent", "mild", "moderate", "severe", "proliferative")


def numbers(written: float, decimals: int, rng: random.Random) -> list[float]:
    """Other numbers than `written`: off by one in the last digit, tenfold, a tenth, with two digits swapped."""
    step = 10.0**-decimals
    found = [written + step, written - step, written * 10, written / 10]
    digits = f"{written:.{decimals}f}"
    for place in range(len(digits) - 1):
        if digits[place].isdigit() and digits[place + 1].isdigit() and digits[place] != digits[place + 1]:
            found.append(float(digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]))
    rounded = [round(n, decimals) if decimals else round(n) for n in found if n >= 0]
    return [n for n in rng.sample(rounded, len(rounded)) if n != written]


def swap_number(text: str, old: float, new: float, decimals: int) -> str | None:
    """The text with one number for another; None unless the old one stands in it just once."""
    body, bracket, keys = text.partition(" [")
    forms = [f"{old:.{decimals}f}", f"{old:,.{decimals}f}"]
    written = f"{new:.{decimals}f}"
    pattern = "|".join(rf"(?<![\d.,-]){re.escape(form)}(?![\d-]|[.,]\d)" for form in dict.fromkeys(forms))
    if not decimals:
        in_words = WORDS[int(old)] if old < len(WORDS) else MORE_WORDS.get(int(old), "")
        pattern += rf"|\b{in_words}\b(?!-)" if in_words else ""
        pattern += r"|\ba single\b|\ba solitary\b" if old == 1 else ""
    found = list(re.finditer(pattern, body, re.IGNORECASE))
    if len(found) != 1:
        return None
    match = found[0]
    if match[0][0].isalpha() and new < len(WORDS):
        written = WORDS[int(new)]
    if match[0][0].isupper():
        written = written.capitalize()
    after = body[match.end() :]
    if not decimals and old == 1 and new != 1:
        after = re.sub(r"\b(microaneurysm|ha?emorrhage|exudate|spot)\b", r"\1s", after, count=1)
    return body[: match.start()] + written + after + bracket + keys


def said(fact: Fact) -> list[str]:
    """The words that a sentence takes from a passage."""
    words = fact.get("says", [])
    return [str(word) for word in words] if isinstance(words, list) else []


def resaid(fact: Fact, old: str, new: str) -> Fact:
    """The fact with other words taken from the passage."""
    return {**fact, "says": [new if word == old else word for word in said(fact)]}


def passage_numbers(text: str, rng: random.Random) -> Iterator[str]:
    """The words of a passage with another number, or another unit of time or length."""
    for match in re.finditer(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]\d)", text):
        decimals = len(match[0].partition(".")[2])
        for number in (n for n in numbers(float(match[0]), decimals, rng) if n > 0):
            yield text[: match.start()] + f"{number:.{decimals}f}" + text[match.end() :]
    for old, new in (("months", "weeks"), ("years", "months"), ("month", "year"), ("disc diameter", "millimetre")):
        if re.search(rf"\b{old}\b", text):
            yield re.sub(rf"\b{old}\b", new, text)


def units(text: str) -> Iterator[tuple[str, str]]:
    """The text with another unit of length, and that unit's name."""
    for old, new, name in (
        (r"disc diameters(?=\b)", "mm", "mm"),
        (r"\bDD\b", "px", "px"),
        (r"\b(?:px|pixels)\b", "mm", "mm"),
        (r"\b(?:px|pixels)\b", "disc diameters", "DD"),
        (r"\bmm\b", "px", "px"),
    ):
        if len(re.findall(old, text)) == 1:
            yield re.sub(old, new, text), name


def other_eye(text: str) -> str | None:
    """The text about the other eye; None when it names none."""
    swap = {"right": "left", "left": "right", "Right": "Left", "Left": "Right", "OD": "OS", "OS": "OD"}
    if EYE_WORD.search(text):
        return EYE_WORD.sub(lambda match: swap[match[0]], text)
    for unknown in ("eye of unknown side", "eye of unknown laterality"):
        if unknown in text:
            return text.replace(unknown, "right eye")
    return None


def lesions(text: str, old: str) -> Iterator[tuple[str, str]]:
    """The text about each other lesion type, where the old one is named once."""
    pattern = re.compile(_LESION_WORDS[old][1], re.IGNORECASE)
    found = pattern.findall(text)
    if len(found) != 1:
        return
    for new, (word, _) in _LESION_WORDS.items():
        if new != old:
            changed = pattern.sub(word + found[0], text)
            yield changed[0].upper() + changed[1:], new


def quadrants(text: str, old: str) -> Iterator[tuple[str, str]]:
    """The text about each other quadrant, where the old one is named once."""
    if len(re.findall(old, text, re.IGNORECASE)) == 1:
        for new in QUADRANTS:
            if new != old and new not in text.lower():
                yield re.sub(old, new, re.sub(old.capitalize(), new.capitalize(), text)), new


def grade_names(text: str) -> Iterator[str]:
    """The text with one level of retinopathy for another."""
    for old in _GRADES[1:4]:
        pattern = re.compile(rf"\b{old}\b(?= NPDR| non-proliferative)", re.IGNORECASE)
        if len(pattern.findall(text)) == 1:
            for new in _GRADES[1:4]:
                if new != old:
                    changed = pattern.sub(new, text)
                    yield changed[0].upper() + changed[1:] if text[0].isupper() else changed
    for old, new in (
        ("no apparent retinopathy", "mild non-proliferative retinopathy"),
        ("no apparent diabetic retinopathy", "moderate NPDR"),
        ("read as proliferative", "read as severe non-proliferative"),
        ("as proliferative retinopathy", "as moderate non-proliferative retinopathy"),
        ("PDR", "no retinopathy"),
    ):
        if len(re.findall(rf"\b{old}\b", text)) == 1:
            yield re.sub(rf"\b{old}\b", new, text)


def grades(text: str, value: int) -> Iterator[tuple[str, int]]:
    """The text with another grade by name or by number, and a grade that is not `value`."""
    other = (value + 1) % 5
    for changed in grade_names(text):
        yield changed, other
    for new in range(5):
        changed = re.sub(rf"(ICDR(?: grade)? |\bgrade |\bgraded ){value}\b(?! or)", rf"\g<1>{new}", text)
        if new != value and changed != text:
            yield changed, new


def grade_sets(text: str, held: object) -> Iterator[tuple[str, list[int]]]:
    """The text with another conformal set."""
    own = list(held) if isinstance(held, list) else []
    for old in own:
        for new in (n for n in range(5) if n not in own):
            pattern = rf"(?<![\d.]){old}(?![\d.]\d|\d| %|%)"
            if len(re.findall(pattern, text)) == 1:
                yield re.sub(pattern, str(new), text), sorted(new if n == old else n for n in own)


def keys(own: str, rng: random.Random) -> list[str]:
    """Another reference's key, and one that does not exist."""
    invented = re.sub(r"(\d)(\D*)$", lambda m: str((int(m[1]) + 3) % 10) + m[2], own)
    real = rng.sample(sorted(references.reference_keys()), 3)
    return [key for key in (*real, invented) if key != own]


def negations(text: str) -> Iterator[str]:
    """The text with a "not" taken out or, where it has none, put in."""
    for old, new in _NEGATIVE:
        if old in text:
            yield text.replace(old, new, 1)
            return
    if re.search(r"\b(no|none|neither|zero|nothing|not|cannot|without|free|improbable|unlike)\b", text, re.IGNORECASE):
        return
    match = _POSITIVE.search(text)
    if match is not None:
        yield text[: match.start()] + _NOT.get(match[0], f"{match[0]} not") + text[match.end() :]


def no_lesions(text: str, count: int) -> Iterator[str]:
    """No lesions where there were some, or some where there were none."""
    if count == 0:
        changed = re.sub(r"\b[Nn]o ((?:retinal |intraretinal |hard |soft |cotton|micro|ha?em))", r"\1", text, count=1)
        if changed != text:
            yield changed[0].upper() + changed[1:]
        return
    with_zero = swap_number(text, count, 0, 0)
    if with_zero is not None:
        changed = re.sub(r"(?<![\d.])0(?![\d.])|\bzero\b", "no", with_zero, count=1, flags=re.IGNORECASE)
        yield changed[0].upper() + changed[1:]


def turns(source: Source, pattern: str) -> bool:
    """Whether turning a comparison round makes the sentence false: not where the only exudate is both ends."""
    if pattern not in ("nearest_exudate", "exudate_far"):
        return True
    eyes = {fact.get("eye") for fact in source.facts}
    counts = [
        e.finding.number("lesion_count_EX")
        for e in ledger(source.ledger)
        if e.finding is not None and e.finding.expert == "lesions" and Eye(e.finding.eye) in eyes
    ]
    least = 1 if pattern == "exudate_far" else 2
    return all(count is not None and count >= least for count in counts)


def with_clause(text: str, clause: str) -> str:
    """The sentence with a clause before its end and its citation."""
    match = re.search(r"\.?( \[[^\]]*\])?\.?$", text)
    assert match is not None
    return text[: match.start()] + clause + match[0]
