"""Bibliographies whose entries carry abstracts: MEDLINE (.nbib), BibTeX and CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ...errors import KnowledgeError
from .document import Document, described, person, pieces_of, tidy
from .plain import decoded


def read_medline(data: bytes, name: str) -> list[Document]:
    """The records of an .nbib file that have an abstract."""
    documents = []
    for block in re.split(r"\n\s*\n(?=PMID-)", decoded(data).replace("\r\n", "\n")):
        fields: dict[str, list[str]] = {}
        tag = ""
        for line in block.splitlines():
            if match := re.match(r"([A-Z]{2,4}) *- (.*)", line):
                tag = match[1]
                fields.setdefault(tag, []).append(match[2])
            elif line.startswith("      ") and tag:
                fields[tag][-1] += " " + line.strip()
        documents.append(_medline(fields))
    return documents


def _medline(fields: dict[str, list[str]]) -> Document:
    def first(*tags: str) -> str:
        return next((tidy(fields[tag][0]) for tag in tags if tag in fields), "")

    doi = next(
        (v.removesuffix(" [doi]") for t in ("LID", "AID") for v in fields.get(t, []) if v.endswith("[doi]")), None
    )
    csl = described(
        type="article-journal",
        title=first("TI").rstrip("."),
        author=[person(name) for name in fields.get("FAU", fields.get("AU", []))],
        container_title=first("JT", "TA"),
        year=first("DP"),
        volume=first("VI"),
        issue=first("IP"),
        page=first("PG"),
        DOI=doi,
        PMID=first("PMID"),
    )
    return Document(csl, pieces_of(fields.get("AB", []), "Abstract"))


def read_csl(data: bytes, name: str) -> list[Document]:
    """The items of a CSL-JSON file that have an abstract."""
    try:
        items = json.loads(decoded(data))
    except (ValueError, RecursionError) as error:
        raise KnowledgeError("truncated or malformed JSON") from error
    items = items if isinstance(items, list) else [items]
    if not all(isinstance(item, dict) and "title" in item for item in items):
        raise KnowledgeError("JSON, but no CSL items with titles")
    documents = []
    for item in items:
        abstract = item.get("abstract")
        csl = {key: value for key, value in item.items() if key not in ("id", "abstract", "custom")}
        csl["title"] = tidy(str(csl["title"]))
        documents.append(Document(csl, pieces_of([abstract], "Abstract") if isinstance(abstract, str) else []))
    return documents


def read_bibtex(data: bytes, name: str) -> list[Document]:
    """The entries of a BibTeX file that have an abstract."""
    return [_bibtex(kind, fields) for kind, fields in _entries(decoded(data))]


def _bibtex(kind: str, fields: dict[str, str]) -> Document:
    csl: dict[str, Any] = described(
        type="article-journal" if kind == "article" else "document",
        title=fields.get("title"),
        author=[person(name) for name in re.split(r"\s+and\s+", fields.get("author", "")) if name],
        container_title=fields.get("journal") or fields.get("booktitle"),
        year=fields.get("year") or fields.get("date"),
        volume=fields.get("volume"),
        issue=fields.get("number"),
        page=fields.get("pages", "").replace("--", "-"),
        DOI=fields.get("doi"),
        PMID=fields.get("pmid"),
        URL=fields.get("url"),
    )
    csl.setdefault("title", "untitled")
    return Document(csl, pieces_of([fields["abstract"]], "Abstract") if fields.get("abstract") else [])


def _entries(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Entries as (type, fields); raises KnowledgeError on an entry that does not close."""
    for match in re.finditer(r"@(\w+)\s*\{", text):
        kind = match[1].lower()
        if kind in ("comment", "string", "preamble"):
            continue
        body = _braced(text, match.end() - 1)
        fields: dict[str, str] = {}
        place = 0
        while found := re.compile(r"(\w[\w-]*)\s*=\s*").search(body, place):
            value, place = _value(body, found.end())
            fields[found[1].lower()] = _plain(value)
        yield kind, fields


def _braced(text: str, start: int) -> str:
    depth = 0
    for place in range(start, len(text)):
        if text[place] in "{}" and text[place - 1] != "\\":
            depth += 1 if text[place] == "{" else -1
            if depth == 0:
                return text[start + 1 : place]
    raise KnowledgeError("truncated: a BibTeX entry does not close")


def _value(body: str, start: int) -> tuple[str, int]:
    if start < len(body) and body[start] == "{":
        inner = _braced(body, start)
        return inner, start + len(inner) + 2
    if start < len(body) and body[start] == '"':
        end = body.find('"', start + 1)
        end = len(body) if end < 0 else end
        return body[start + 1 : end], end + 1
    end = body.find(",", start)
    end = len(body) if end < 0 else end
    return body[start:end], end + 1


def _plain(value: str) -> str:
    value = re.sub(r"\\([&%$#_{}])", r"\1", value)
    value = re.sub(r"\\[a-zA-Z]+\s*", "", value)
    return tidy(re.sub(r"\\[\"'`^~=.]|[{}]", "", value))
