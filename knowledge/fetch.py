"""Literature from Europe PMC and PubMed, only when asked for, into a folder of the user's home.

What comes back is stored as JATS XML (open-access full text) or CSL-JSON (abstract) and added to the library like any file.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal
from xml.etree.ElementTree import Element

import httpx

from ..errors import BadSetting, KnowledgeError
from ..records.files import plain_name
from ..settings import Settings
from . import library
from .ingest.document import described, person, tidy
from .ingest.xml import parse, text_of
from .library import AddResult, Progress

SourceName = Literal["europepmc", "pubmed"]
EUROPE_PMC = "https://www.ebi.ac.uk/europepmc/webservices/rest"
PUBMED = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
LARGEST_MAXIMUM = 500
_INTERVAL_S = 0.4
"""Between requests: PubMed allows three a second without a key."""
_ATTEMPTS = 4
_LONGEST_WAIT_S = 60.0
_LARGEST_PORT = 65535
_LARGEST_BYTES = 50 * 1024 * 1024
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)


@dataclass(frozen=True)
class Fetched:
    """One work: its bibliographic item with the abstract, and its full text where that is open access."""

    item: dict[str, Any]
    full_text: bytes | None = None


class Service:
    """Polite requests: identified, spaced, with time limits, repeated with growing waits when the server is busy."""

    def __init__(self, settings: Settings, sleep: Callable[[float], None] = time.sleep) -> None:
        from .. import __version__

        self._contact = settings.contact
        contact = f"; mailto:{settings.contact}" if settings.contact else ""
        self._client = httpx.Client(
            timeout=_TIMEOUT,
            follow_redirects=True,
            headers={"User-Agent": f"fundoscope/{__version__} (literature{contact})"},
        )
        self._sleep = sleep
        self._last = float("-inf")

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, url: str, **parameters: str | int) -> bytes:
        """The body of a page. Raises KnowledgeError when it is not to be had."""
        if self._contact:
            parameters["email"] = self._contact
        reason = ""
        for attempt in range(_ATTEMPTS):
            pause = self._last + _INTERVAL_S - time.monotonic()
            if pause > 0:
                self._sleep(pause)
            wait = 2.0**attempt
            try:
                response, body = self._once(url, parameters)
            except httpx.TransportError as error:
                reason = f"no answer ({type(error).__name__})"
            else:
                if response.status_code == 200:
                    return body
                reason = f"status {response.status_code}"
                if response.status_code != 429 and response.status_code < 500:
                    break
                wait = max(wait, _retry_after(response.headers.get("Retry-After", "")))
            finally:
                self._last = time.monotonic()
            if attempt + 1 < _ATTEMPTS:
                self._sleep(min(wait, _LONGEST_WAIT_S))
        raise KnowledgeError(f"{httpx.URL(url).host}: the literature could not be fetched: {reason}")

    def _once(self, url: str, parameters: dict[str, str | int]) -> tuple[httpx.Response, bytes]:
        body = b""
        with self._client.stream("GET", url, params=parameters) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _LARGEST_BYTES:
                    raise KnowledgeError(f"{httpx.URL(url).host}: the answer is too large")
        return response, body


def _retry_after(value: str) -> float:
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0


def fetch(
    query: str,
    settings: Settings,
    *,
    source: SourceName = "europepmc",
    maximum: int = 25,
    base: str | None = None,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[AddResult]:
    """Fetch works that match `query`, at most `maximum`, and add them to the library.

    `base` is the service's address. Raises KnowledgeError in one line without a network or with a broken answer.
    """
    if not query.strip():
        raise BadSetting("the query is empty")
    if not 1 <= maximum <= LARGEST_MAXIMUM:
        raise BadSetting(f"--max {maximum}: from 1 to {LARGEST_MAXIMUM}")
    if base is not None:
        _check_address(base)
    with Service(settings, sleep) as service:
        if source == "europepmc":
            works = europe_pmc(service, query, maximum, base or EUROPE_PMC)
        elif source == "pubmed":
            works = pubmed(service, query, maximum, base or PUBMED)
        else:
            raise BadSetting(f"--source {source}: europepmc or pubmed")
    folder = settings.home / "fetched"
    folder.mkdir(parents=True, exist_ok=True)
    return library.add([_stored(work, folder) for work in works], settings, progress)


def _check_address(base: str) -> None:
    """Raises BadSetting for what is no address of a service on the web."""
    try:
        url = httpx.URL(base)
        host = url.host.encode("idna")  # as it is looked up
    except (httpx.InvalidURL, UnicodeError) as error:
        raise BadSetting(f"--base {plain_name(base)}: no address of a service ({error})") from error
    if url.scheme not in ("https", "http") or not host:
        raise BadSetting(f"--base {plain_name(base)}: an address begins with https:// or http:// and a host")
    if url.port is not None and url.port > _LARGEST_PORT:
        raise BadSetting(f"--base {plain_name(base)}: a port is {_LARGEST_PORT} at the most")


def europe_pmc(service: Service, query: str, maximum: int, base: str = EUROPE_PMC) -> list[Fetched]:
    """Works from Europe PMC with an abstract; with full text where that is open access."""
    answer = service.get(
        f"{base}/search", query=f"({query}) AND HAS_ABSTRACT:Y", format="json", resultType="core", pageSize=maximum
    )
    try:
        results = json.loads(answer)["resultList"]["result"]
    except (ValueError, KeyError, TypeError) as error:
        raise KnowledgeError("Europe PMC: the answer is not the JSON that was asked for") from error
    works = []
    for result in results[:maximum]:
        journal = result.get("journalInfo") or {}
        item = described(
            type="article-journal",
            title=tidy(_untagged(result.get("title", ""))).rstrip("."),
            author=[person(name) for name in result.get("authorString", "").rstrip(".").split(", ") if name],
            container_title=(journal.get("journal") or {}).get("title"),
            year=result.get("pubYear"),
            volume=journal.get("volume"),
            issue=journal.get("issue"),
            page=result.get("pageInfo"),
            DOI=result.get("doi"),
            PMID=result.get("pmid"),
            license=result.get("license"),
            abstract=tidy(_untagged(result.get("abstractText", ""))),
        )
        full = None
        if result.get("isOpenAccess") == "Y" and result.get("pmcid"):
            full = _whole(service, f"{base}/{result['pmcid']}/fullTextXML")
        if item.get("abstract") or full is not None:
            works.append(Fetched(item, full))
    return works


def _whole(service: Service, url: str) -> bytes | None:
    """The full text, None when it is not to be had or not well formed: the abstract then stands in for it."""
    try:
        body = service.get(url)
        parse(body)
    except KnowledgeError:
        return None
    return body


def pubmed(service: Service, query: str, maximum: int, base: str = PUBMED) -> list[Fetched]:
    """Works from PubMed that have an abstract."""
    found = parse(service.get(f"{base}/esearch.fcgi", db="pubmed", term=query, retmax=maximum, tool="fundoscope"))
    ids = [text_of(element) for element in found.findall("./IdList/Id")]
    if not ids:
        return []
    answer = parse(
        service.get(
            f"{base}/efetch.fcgi", db="pubmed", id=",".join(ids), rettype="abstract", retmode="xml", tool="fundoscope"
        )
    )
    works = [Fetched(_pubmed_item(article)) for article in answer.iter("PubmedArticle")]
    return [work for work in works if work.item.get("abstract")][:maximum]


def _pubmed_item(record: Element) -> dict[str, Any]:
    def first(path: str) -> str:
        return tidy(text_of(record.find(path)))

    ids = {e.get("IdType"): tidy(text_of(e)) for e in record.findall("./PubmedData/ArticleIdList/ArticleId")}
    abstract = [
        (f"{part.get('Label', '').capitalize()}: " if part.get("Label") else "") + tidy(text_of(part))
        for part in record.findall(".//Abstract/AbstractText")
    ]
    authors = [
        {"family": tidy(text_of(one.find("LastName"))), "given": tidy(text_of(one.find("ForeName")))}
        for one in record.findall(".//AuthorList/Author")
        if one.find("LastName") is not None
    ]
    return described(
        type="article-journal",
        title=first(".//ArticleTitle").rstrip("."),
        author=authors,
        container_title=first(".//Journal/Title"),
        year=first(".//JournalIssue/PubDate/Year") or first(".//JournalIssue/PubDate/MedlineDate"),
        volume=first(".//JournalIssue/Volume"),
        issue=first(".//JournalIssue/Issue"),
        page=first(".//Pagination/MedlinePgn"),
        DOI=ids.get("doi"),
        PMID=ids.get("pubmed") or first("./MedlineCitation/PMID"),
        license=first(".//Abstract/CopyrightInformation"),
        abstract=" ".join(abstract),
    )


def _stored(work: Fetched, folder: Path) -> Path:
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", str(work.item.get("PMID") or work.item.get("DOI") or work.item["title"]))[
        :80
    ]
    path = folder / (f"{name}.xml" if work.full_text is not None else f"{name}.json")
    path.write_bytes(
        work.full_text if work.full_text is not None else json.dumps([work.item], ensure_ascii=False, indent=1).encode()
    )
    return path


def _untagged(text: str) -> str:
    return re.sub(r"<[^>]{1,40}>", " ", text)
