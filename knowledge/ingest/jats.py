"""JATS XML as PubMed Central gives it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ...errors import KnowledgeError
from .document import Document, Piece, described, pieces_of, tidy
from .xml import parse, text_of

_SKIPPED = frozenset({"ref-list", "table-wrap", "fig", "ack", "fn-group", "app-group", "disp-formula"})


def read(data: bytes, name: str) -> list[Document]:
    """The articles of a file; raises KnowledgeError when there is none."""
    articles = list(parse(data).iter("article"))
    if not articles:
        raise KnowledgeError("XML, but no JATS article in it")
    return [_article(article, name) for article in articles]


def _article(article: Element, name: str) -> Document:
    meta = article.find("./front/article-meta")
    meta = Element("article-meta") if meta is None else meta
    ids = {element.get("pub-id-type"): tidy(text_of(element)) for element in meta.findall("article-id")}
    licence = meta.find("./permissions/license")
    authors = [
        {"family": tidy(text_of(one.find("surname"))), "given": tidy(text_of(one.find("given-names")))}
        for one in meta.findall("./contrib-group/contrib/name")
    ]
    first, last = (tidy(text_of(meta.find(tag))) for tag in ("fpage", "lpage"))
    csl = described(
        type="article-journal",
        title=tidy(text_of(meta.find("./title-group/article-title"))) or name,
        author=authors,
        container_title=tidy(text_of(article.find(".//journal-title"))),
        year=text_of(meta.find("./pub-date/year")),
        volume=tidy(text_of(meta.find("volume"))),
        issue=tidy(text_of(meta.find("issue"))),
        page=f"{first}-{last}" if first and last else first,
        DOI=ids.get("doi"),
        PMID=ids.get("pmid"),
        license=(licence.get("href") or tidy(text_of(licence))) if licence is not None else None,
    )
    pieces: list[Piece] = []
    for abstract in meta.findall("abstract"):
        pieces += _section(abstract, "Abstract")
    body = article.find("body")
    if body is not None:
        pieces += _section(body, "Text")
    return Document(csl, pieces)


def _section(element: Element, place: str) -> list[Piece]:
    title = element.find("title")
    if title is not None and element.tag == "sec":
        place = tidy(text_of(title)) or place
    pieces: list[Piece] = []
    for child in element:
        if child.tag == "p":
            pieces += pieces_of([text_of(child)], place)
        elif child.tag not in _SKIPPED:
            pieces += _section(child, place)
    return pieces
