"""Which eyes a request names, and which of them no photograph shows. "Right" and "left" have other senses too."""

from __future__ import annotations

import re
from collections.abc import Collection

from ...records import Eye

_EYE_FOLLOWS = (
    r"(?!\s+(?:eye|fundus|retina|optic|dis[ck]|macula|fovea|cup|photo|picture|image|side|vessel|or\b|and\b|vs\b))"
)
_NO_SIDE = re.compile(
    r"\b(?:that|this|it|you|they|all|quite|not|get|got|that's|it's|you're|that is|this is|it is|you are|you got)\s+right\b"
    + _EYE_FOLLOWS
    + r"|\bright\s+(?:now|away|here|there|after|before|thing|way|answer|call|diagnosis|dose|decision|track|time|person|place"
    r"|direction|amount|grade|angles?)\b"
    r"|^\s*right\s*[,.!?;]|[,;]\s*right\s*[?.!]*\s*$"
    r"|^(?:is|are|was|were|am|did|do)\b[^,;?.!]*(?<!\bthe )(?<!\bon )(?<!\bin )(?<!\ba )(?<!\bor )(?<!\band )\bright\s*[?.!]*$"
    r"|\bleft\s+(?:untreated|alone|out|behind|over|unchecked|open|to|for|blank|off|undetected|unattended|unassessed|unsaid)\b"
    r"|\b(?:what|what's|what is|anything|nothing|something|much|many|there|time|budget|questions?|who|has|have|had|been|be|being"
    r"|if|it|i|they|were)\s+left\b" + _EYE_FOLLOWS,
    re.IGNORECASE,
)
_LATIN = {
    Eye.RIGHT: re.compile(r"\b(?:od|ocul(?:us|o|i) dext(?:er|ro|ri))\b", re.IGNORECASE),
    Eye.LEFT: re.compile(r"\b(?:os|ocul(?:us|o|i) sinist(?:er|ro|ri))\b", re.IGNORECASE),
}
_SIDE = {
    Eye.RIGHT: re.compile(rf"\bright\b|\br\.? eye\b|\b(?-i:RE)\b(?!:)|{_LATIN[Eye.RIGHT].pattern}", re.IGNORECASE),
    Eye.LEFT: re.compile(rf"\bleft\b|\bl\.? eye\b|\b(?-i:LE)\b|{_LATIN[Eye.LEFT].pattern}", re.IGNORECASE),
}
_ONE = r"(?:right|left|od|os)"
_WHICH_SIDE = re.compile(
    rf"\b{_ONE}(?: eye)?\s*(?:or|/|vs\.?|versus)\s*(?:the |an? )?{_ONE}\b|\b(?:swap|mirror|flip|label|mix)\w*"
    rf"|\b(?:is|was) (?:this|it|that)\s+(?:an? |the |of the |from the )?{_ONE}(?: eye)?\s*[?.!]*$",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"\bboth (?:eyes|fundi|discs|disks|maculas?|sides)\b|\b(?:each|either) eye\b|\btwo eyes\b|\b(?-i:OU)\b|\boculus uterque\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:the|her|his|their|my)\s+(?:other|fellow|contralateral|opposite|second)\s+eye\b"
    r"(?!\s+(?:disease|condition|problem|patholog|disorder|abnormal|finding))",
    re.IGNORECASE,
)


def eyes_named(request: str, eyes: Collection[Eye]) -> set[Eye]:
    """The eyes of a case that a request speaks of: those it names, all where it names none; empty where it names one
    that the case has no photograph of."""
    named = _named(request, eyes)
    return (named & set(eyes)) if named else set(eyes)


def absent(request: str, eyes: Collection[Eye]) -> set[Eye]:
    """The eyes a request names that a case has no photograph of."""
    named = _named(request, eyes) - {Eye.UNKNOWN, *eyes}
    return set() if named == set(_SIDE) and not _OTHER.search(request) else named


def in_words(request: str) -> str:
    """The request with "OD", "OS" and their Latin as "right eye" and "left eye"."""
    for eye, pattern in _LATIN.items():
        request = pattern.sub(f"{eye.value} eye", request)
    return request


def _named(request: str, eyes: Collection[Eye]) -> set[Eye]:
    """The eyes a request names, photographed or not; empty for none, or where it asks which side this is."""
    words = _NO_SIDE.sub(" ", request)
    if _WHICH_SIDE.search(words):
        return set()
    if _OTHER.search(words):
        return set(_SIDE) - set(eyes)
    sides = {eye for eye, pattern in _SIDE.items() if pattern.search(words)}
    return {*Eye} if _BOTH.search(words) or len(sides) == 2 else sides
