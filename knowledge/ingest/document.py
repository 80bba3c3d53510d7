"""What every format is read into, and how running text is cut into passages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

PASSAGE_WORDS = 90
"""A passage grows by whole sentences to about this many words: well within the embedder's 256 tokens."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(\"'])")


@dataclass(frozen=True)
class Piece:
    """A passage of a document and where it stands, such as `p. 3` or `Abstract`."""

    text: str
    place: str


@dataclass(frozen=True)
class Document:
    """A work: its CSL-JSON description (without `id`) and its passages in order."""

    csl: dict[str, Any]
    pieces: list[Piece] = field(default_factory=list)


def tidy(text: str) -> str:
    """One line of text: ligatures resolved, control characters and soft hyphens dropped, white space single."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "")
    text = "".join(c if c.isprintable() or c.isspace() else " " for c in text)
    return re.sub(r"\s+", " ", text).strip()


def pieces_of(paragraphs: Iterable[str], place: str) -> list[Piece]:
    """Passages of whole sentences from paragraphs; a paragraph is never joined with the next."""
    pieces: list[Piece] = []
    for paragraph in paragraphs:
        words: list[str] = []
        for sentence in _SENTENCE_END.split(tidy(paragraph)):
            new = sentence.split()
            while new:
                if words and len(words) + len(new) > PASSAGE_WORDS:
                    pieces.append(Piece(" ".join(words), place))
                    words = []
                words += new[: 2 * PASSAGE_WORDS]
                new = new[2 * PASSAGE_WORDS :]
        if words:
            pieces.append(Piece(" ".join(words), place))
    return pieces


def described(**fields: Any) -> dict[str, Any]:
    """A CSL-JSON item of the fields that are known; `year` becomes `issued`."""
    year = str(fields.pop("year", "") or "")
    item = {name.replace("_", "-"): value for name, value in fields.items() if value}
    if found := re.search(r"\b(1[5-9]|20)\d\d\b", year):
        item["issued"] = {"date-parts": [[int(found[0])]]}
    return item


def person(text: str) -> dict[str, str]:
    """A CSL name from `Family, Given` or `Family GI`; anything else is literal."""
    text = tidy(text)
    if "," in text:
        family, given = (part.strip() for part in text.split(",", 1))
        return {"family": family, "given": given}
    if match := re.fullmatch(r"(.+) ([A-Z]{1,4})", text):
        return {"family": match[1], "given": " ".join(f"{initial}." for initial in match[2])}
    return {"literal": text}
