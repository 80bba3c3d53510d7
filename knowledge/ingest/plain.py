"""Markdown and plain text; Markdown headings become places."""

from __future__ import annotations

import re

from ...errors import KnowledgeError
from .document import Document, Piece, described, pieces_of, tidy


def decoded(data: bytes) -> str:
    """Text in UTF-8; raises KnowledgeError for another encoding or binary content."""
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"not UTF-8 text (byte {error.start})") from error


def read(data: bytes, name: str) -> list[Document]:
    """The document of a text."""
    title, place = "", "Text"
    pieces: list[Piece] = []
    for block in re.split(r"\n\s*\n|\n(?=#)|(?<=\n)(?=#)", decoded(data).replace("\r\n", "\n")):
        heading, _, rest = block.strip().partition("\n")
        if match := re.match(r"#{1,6}\s+(.*)", heading):
            place = tidy(match[1])
            title = title or place
            block = rest
        pieces += pieces_of([block], place)
    return [Document(described(type="document", title=title or tidy(name)), pieces)]
