"""Tells a file's format by its content, holds that against its name, and reads it."""

from __future__ import annotations

from pathlib import Path

from ...errors import KnowledgeError
from . import bibliographies, jats, pdf, plain
from .document import Document

LARGEST_BYTES = 200 * 1024 * 1024
_READERS = {
    "PDF": pdf.read,
    "JATS XML": jats.read,
    "MEDLINE": bibliographies.read_medline,
    "BibTeX": bibliographies.read_bibtex,
    "CSL-JSON": bibliographies.read_csl,
    "text": plain.read,
}
_NAMES = {
    ".pdf": "PDF",
    ".xml": "JATS XML",
    ".nxml": "JATS XML",
    ".nbib": "MEDLINE",
    ".bib": "BibTeX",
    ".json": "CSL-JSON",
    ".md": "text",
    ".markdown": "text",
    ".txt": "text",
}
SUFFIXES = frozenset(_NAMES)
"""The endings of files that can be read."""


def read_documents(path: Path, data: bytes) -> list[Document]:
    """The documents of a file. Raises KnowledgeError with the reason when there are none to be had."""
    kind = _NAMES.get(path.suffix.lower())
    if kind is None:
        raise KnowledgeError(f"not a format that can be read ({', '.join(sorted(SUFFIXES))})")
    if not data:
        raise KnowledgeError("empty file")
    if len(data) > LARGEST_BYTES:
        raise KnowledgeError(f"larger than {LARGEST_BYTES // 1024**2} MiB")
    found = _kind_of(data)
    if found != kind and not (kind == "text" and found in ("MEDLINE", "BibTeX", "CSL-JSON")):
        raise KnowledgeError(f"mislabelled: named {path.suffix}, but the content is {found or 'binary'}")
    documents = [document for document in _READERS[kind](data, path.stem) if document.pieces]
    if not documents:
        raise KnowledgeError("no text or abstract in it")
    return documents


def _kind_of(data: bytes) -> str | None:
    start = data[:2048].removeprefix(b"\xef\xbb\xbf").lstrip()
    if b"%PDF-" in data[:1024]:
        return "PDF"
    if b"\0" in data[:65536]:
        return None
    if start.startswith((b"<?xml", b"<!DOCTYPE", b"<article", b"<pmc-articleset", b"<OAI-PMH")):
        return "JATS XML"
    if start.startswith(b"PMID-"):
        return "MEDLINE"
    if start.startswith((b"@", b"%")) and b"{" in start:
        return "BibTeX"
    if start.startswith((b"[{", b'{"', b"[\n", b"[\r", b"{\n", b"[ ", b"{ ")):
        return "CSL-JSON"
    return "text"
