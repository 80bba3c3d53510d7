"""PDF by pypdf; page numbers are kept."""

from __future__ import annotations

import io
import logging
import re

from ...errors import KnowledgeError
from .document import Document, Piece, described, person, pieces_of, tidy

_SCANNED_CHARACTERS = 25
"""Fewer letters a page than this means that there is no text layer."""
_LARGEST_PAGES = 5000


def read(data: bytes, name: str) -> list[Document]:
    """The document of a PDF; raises KnowledgeError when it is encrypted, scanned, truncated or broken."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    if b"%%EOF" not in data[-2048:]:
        raise KnowledgeError("truncated: the PDF has no end")
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise KnowledgeError("encrypted: remove the password first")
        if len(reader.pages) > _LARGEST_PAGES:
            raise KnowledgeError(f"more than {_LARGEST_PAGES} pages")
        pages = [page.extract_text() or "" for page in reader.pages]
        information = reader.metadata
        title, author = (information.title, information.author) if information else (None, None)
        created = str(information.get("/CreationDate", "")) if information else ""
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        if type(error).__name__ == "DependencyError":
            raise KnowledgeError("encrypted: remove the password first") from error
        raise KnowledgeError("truncated or damaged: the PDF cannot be parsed") from error
    letters = sum(character.isalpha() for page in pages for character in page)
    if letters < _SCANNED_CHARACTERS * max(1, len(pages)):
        raise KnowledgeError("scanned: the pages have no text; run character recognition first")
    pieces: list[Piece] = []
    for number, text in enumerate(pages, start=1):
        text = re.sub(r"(\w)-\n(?=[a-z])", r"\1", text)
        pieces += pieces_of(re.split(r"\n\s*\n", text), f"p. {number}")
    year = re.search(r"D:(\d{4})", created)
    csl = described(
        type="document",
        title=tidy(title or "") or tidy(name),
        author=[person(author)] if author and tidy(author) else None,
        year=year[1] if year else None,
    )
    return [Document(csl, pieces)]
