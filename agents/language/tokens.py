"""From a sentence to concepts: a closed lexicon. A word that is not in it leaves the sentence unread."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from .everyday import FILLERS
from .words import LEXICON


@dataclass(frozen=True)
class Token:
    """A concept of the lexicon with its value."""

    kind: str
    value: Any = None


@dataclass(frozen=True)
class Number:
    """A number as written, with its unit; a percentage stays one. `bound` is "more", "less", "at least" or "at most"."""

    value: float
    decimals: int = 0
    percent: bool = False
    about: bool = False
    bound: str = ""
    unit: str = ""


_ONES_TEXT = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_TENS_TEXT = "twenty thirty forty fifty sixty seventy eighty ninety"
_ONES, _TENS = _ONES_TEXT.split(), _TENS_TEXT.split()
NUMBER_WORDS = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, start=2)}
NUMBER_WORDS |= {f"{t}-{o}": 10 * n + i for n, t in enumerate(_TENS, 2) for i, o in enumerate(_ONES[1:10], 1)}
NUMBER_WORDS |= {"a dozen": 12, "a hundred": 100, "one hundred": 100, "a pair of": 2, "a couple of": 2}
_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?![\d])|\d+)(?:\.\d+)?|\.\d+|(?:{_WORDS})\b"
_UNITS = ("DD", "PX", "MM")
_PERCENT = r"\s?(?:%|per cent\b|percent\b)"

_SCANNER = re.compile(
    "|".join(f"(?P<w{n}>{regex})" for n, (_, _, regex) in enumerate(LEXICON))
    + rf"|(?P<number>(?<![\w.,])(?<!\D-)(?:{NUMBER})(?P<percent>{_PERCENT})?(?![\w]))"
    + rf"|(?P<filler>(?:{FILLERS})(?![\w]))"
)
_SPACE = re.compile(r"\s+")
_ALLOWED = re.compile(r"[\x20-\x7e\u2013\u2019]*")


def plain(text: str) -> str | None:
    """Lower case, ASCII punctuation, single spaces; None when any character is not of ordinary English print."""
    if not _ALLOWED.fullmatch(text):
        return None
    text = text.replace("\u2013", "-").replace("\u2019", "'").lower()
    return _SPACE.sub(" ", text).strip()


def number_of(written: str) -> tuple[float, int]:
    """Value and decimals of digits or a number word."""
    if written in NUMBER_WORDS:
        return float(NUMBER_WORDS[written]), 0
    digits = written.replace(",", "")
    return float(digits), len(digits.partition(".")[2])


def tokens_of(text: str) -> list[Token] | None:
    """The concepts of a plain text in order; None as soon as a word is not of the lexicon. Linear in the text."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        match = _SCANNER.match(text, at)
        if match is None:
            return None
        if match["number"]:
            written = match["number"][: len(match["number"]) - len(match["percent"] or "")]
            value, decimals = number_of(written)
            found.append(Token("N", Number(value, decimals, match["percent"] is not None)))
        elif match.lastgroup and match.lastgroup != "filler":
            kind, meaning, _ = LEXICON[int(match.lastgroup[1:])]
            found.append(Token(kind, meaning))
        at = match.end()
    return _with_modifiers(found)


def _closes_numbers(made: list[Token]) -> bool:
    """Whether "(1500, 700)" has just been read, behind which a unit may stand."""
    return len(made) > 1 and made[-1] == Token("JOIN", ")") and made[-2].kind == "N" and not made[-2].value.unit


def _with_modifiers(tokens: list[Token]) -> list[Token] | None:
    """ "about", "at least" and "more than" become part of the number they stand before; None when none follows."""
    made: list[Token] = []
    about, bound = False, ""
    apart = any(token.kind == "APART" for token in tokens)
    for token, after in zip(tokens, [*tokens[1:], None], strict=False):
        if token.kind == "ABOUT":
            about = True
        elif token.kind == "BOUND":
            if bound:
                return None
            bound = token.value
        elif token.kind == "N":
            made.append(Token("N", replace(token.value, about=about, bound=bound)))
            about, bound = False, ""
        elif about and token == Token("JOIN", "("):
            made.append(token)
        elif about or (bound and token.kind != "FOVEA"):
            return None
        elif token.kind in _UNITS and made and made[-1].kind == "N" and not made[-1].value.unit:
            made[-1] = Token("N", replace(made[-1].value, unit=token.value))
        elif token.kind in _UNITS and _closes_numbers(made):
            made[-2] = Token("N", replace(made[-2].value, unit=token.value))
        elif token.kind == "BOTH_LESIONS":
            made += [Token("DEFINITE"), Token("N", Number(2))]
        elif token.kind == "MANY" and after is not None and after.kind in ("N", "ANY"):
            continue
        elif token.kind == "ONE":
            made.append(Token("N", Number(1)))
        elif token.kind == "MANY":
            made.append(Token("N", Number(token.value, bound="more")))
        elif token.kind == "NO_OTHER":
            made += [Token("NEG", "no"), Token("OTHER")]
        elif token.kind == "NOTHING":
            made += [Token("NEG", "no"), Token("OTHER" if apart else "ANY")]
        elif token.kind == "APART":
            made.append(Token("JOIN", "with"))
        elif token.kind == "ANY" and apart:
            made.append(Token("OTHER"))
        elif token.kind == "NEITHER_EYE":
            made += [Token("E", ("right", "left")), Token("NEG", "no")]
        elif token.kind == "DD":
            made += [Token("DISC"), Token("DIAMETER")]
        else:
            made.append(token)
            bound = token.value if token.kind == "NEAREST" and token.value else bound
    return None if about or bound else _without_brackets_round_eyes(made)


def _without_brackets_round_eyes(tokens: list[Token]) -> list[Token]:
    """ "0.42 (OD)" as "0.42 OD"."""
    brackets = {
        place
        for n, token in enumerate(tokens)
        if token.kind == "E"
        and tokens[n - 1 : n] == [Token("JOIN", "(")]
        and tokens[n + 1 : n + 2] == [Token("JOIN", ")")]
        for place in (n - 1, n + 1)
    }
    return [token for n, token in enumerate(tokens) if n not in brackets]
