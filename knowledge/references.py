"""The sources, kept as CSL-JSON, and how they are printed."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import KnowledgeError
from ..records.claim import Citation

_PATH = Path(__file__).with_name("references.json")
_BIBTEX_TYPES = {"article-journal": "article", "paper-conference": "inproceedings"}
_PRINTED_AUTHORS = 6


@lru_cache(maxsize=1)
def _references() -> dict[str, dict[str, Any]]:
    try:
        items = json.loads(_PATH.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KnowledgeError(f"{_PATH.name}: the references cannot be read ({error}); reinstall fundoscope") from error
    return {item["id"]: item for item in items}


def reference_keys() -> list[str]:
    """The keys of all shipped references, sorted."""
    return sorted(_references())


_registered: dict[str, dict[str, Any]] = {}


def register(item: dict[str, Any]) -> None:
    """Make a document of the user's library citable; its key is made from its content, so that it never changes."""
    _registered[item["id"]] = {
        **item,
        "custom": {"topics": [], "guideline": None, "edition": None, "superseded_by": None},
    }


def csl(key: str) -> dict[str, Any]:
    """The CSL-JSON item of `key`; raises KnowledgeError for a key that does not exist."""
    if key in _references():
        return _references()[key]
    if key.startswith("user-") and key not in _registered:
        from ..settings import settings_in_use
        from .library import described_source

        if (item := described_source(key, settings_in_use())) is not None:
            register(item)
    try:
        return _registered[key]
    except KeyError:
        raise KnowledgeError(f"{key}: there is no such reference") from None


def custom(key: str) -> dict[str, Any]:
    """Our own fields of a reference: topics, guideline, edition, superseded_by, confidence."""
    return csl(key)["custom"]


def year(key: str) -> int | None:
    """The year of publication, None where it was not seen."""
    return item_year(csl(key))


def names(key: str) -> list[str]:
    """The family names (or the body's name) of the first authors of a reference."""
    return [author.get("literal") or author["family"] for author in csl(key).get("author", [])[:8]]


def item_year(item: dict[str, Any]) -> int | None:
    """The year of a CSL-JSON item."""
    parts = (item.get("issued") or {}).get("date-parts") or [[None]]
    found = parts[0][0] if parts and parts[0] else None
    return int(found) if found is not None and str(found).isdigit() else None


def citation(key: str) -> Citation:
    """The printed citation of a shipped reference."""
    item = csl(key)
    doi, pmid = item.get("DOI"), item.get("PMID")
    url = item.get("URL") or (f"https://doi.org/{doi}" if doi else None)
    if url is None and pmid:
        url = f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"
    return Citation(
        key=key,
        text=printed(item),
        year=item_year(item),
        doi=doi,
        pmid=pmid,
        url=url,
        superseded_by=item["custom"]["superseded_by"],
    )


def printed(item: dict[str, Any]) -> str:
    """Authors, title, container, year, volume, issue and pages of a CSL-JSON item as one line."""
    authors = [_printed_name(author) for author in item.get("author", [])]
    complete = (item.get("custom") or {}).get("authors_complete", True)
    names = ", ".join(authors[:_PRINTED_AUTHORS])
    if authors and (len(authors) > _PRINTED_AUTHORS or not complete):
        names += ", et al"
    title = item.get("title", "untitled").rstrip(".")
    parts = ([f"{names}."] if names else []) + [f"{title}."]
    where = item.get("container-title", "")
    place = item.get("volume", "")
    if item.get("issue"):
        place += f"({item['issue']})"
    if item.get("page"):
        place += f":{item['page']}" if place else f"pp {item['page']}"
    issued = item_year(item)
    tail = ". ".join(part for part in (where, "; ".join(str(p) for p in (issued, place) if p)) if part)
    return " ".join([*parts, f"{tail}."] if tail else parts)


def _printed_name(author: dict[str, str]) -> str:
    if "literal" in author:
        return author["literal"]
    initials = "".join(part[0] for part in re.split(r"[\s.\-]+", author.get("given", "")) if part)
    suffix = f" {author['suffix']}" if author.get("suffix") else ""
    return f"{author.get('family', '')} {initials}".strip() + suffix


def bibtex(keys: list[str] | None = None) -> str:
    """The references (all, or those of `keys`) as BibTeX."""
    return "\n\n".join(_bibtex_entry(csl(key)) for key in (reference_keys() if keys is None else keys)) + "\n"


def _bibtex_entry(item: dict[str, Any]) -> str:
    kind = _BIBTEX_TYPES.get(item["type"], "misc")
    names = [
        f"{{{author['literal']}}}" if "literal" in author else f"{author['family']}, {author.get('given', '')}"
        for author in item.get("author", [])
    ]
    if names and not item["custom"].get("authors_complete", True):
        names.append("others")
    fields = {
        "author": " and ".join(names),
        "title": f"{{{_escaped(item['title'])}}}",
        {"article": "journal", "inproceedings": "booktitle"}.get(kind, "howpublished"): _escaped(
            item.get("container-title", "")
        ),
        "year": item_year(item) or "",
        "volume": item.get("volume", ""),
        "number": _escaped(item.get("issue", "")),
        "pages": item.get("page", "").replace("-", "--"),
        "doi": item.get("DOI", ""),
        "pmid": item.get("PMID", ""),
        "url": item.get("URL", ""),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{kind}{{{item['id']},\n" + ",\n".join(lines) + "\n}"


def _escaped(text: str) -> str:
    return re.sub(r"([&%$#_])", r"\\\1", text)
