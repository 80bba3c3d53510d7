"""Which guidelines a question names, and which of them it asks."""

from __future__ import annotations

import re

from ...knowledge.guidelines import guideline_names

_ASKED = re.compile(
    r"\b(?:other|another|different|which|what|all|each|compare|between)\b[^.?!]*\bguidelines?\b"
    r"|\bguidelines?\b[^.?!]*\b(?:differ|compare|disagree|agree)",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"\b(?:an)?other\b|\bdifferent\b|\ball\b|\beach\b", re.IGNORECASE)
_GUIDELINE = re.compile(r"\bguid(?:elines?|ance)\b", re.IGNORECASE)
_ITS_OWN = re.compile(r"\bthe guideline\b", re.IGNORECASE)
_BY_NAME = {name: re.compile(rf"\b{name}\b", re.IGNORECASE) for name in guideline_names() if name != "NICE"} | {
    "NICE": re.compile(
        r"\bNICE\b|(?i:\bnice (?:guid|recommend|says?\b|suggest|advi[sc]e|ng ?\d)|\b(?:does|would|by|under|per|according to) nice\b)"
    )
}
"""Each guideline's name; the one that is a word of its own counts in capitals, or beside what a guideline does."""


def asks_for_guidelines(question: str) -> bool:
    """Whether a question asks what other guidelines say than those it names, or where they differ."""
    if guidelines_named(question) and not _OTHERS.search(question):
        return False
    return _ASKED.search(question) is not None


def guidelines_named(question: str) -> list[str]:
    """The guidelines of the table that a question names."""
    return [name for name in guideline_names() if _BY_NAME[name].search(question)]


def guidelines_meant(question: str, own: str) -> list[str]:
    """The guidelines that are asked: all, with the report's `own` first, those named, or its own."""
    if asks_for_guidelines(question) and not _ITS_OWN.search(question):
        return sorted(guideline_names(), key=lambda name: name != own)
    return guidelines_named(question) or ([own] if _GUIDELINE.search(question) else [])
