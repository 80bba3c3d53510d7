"""Fetching speaks the services' interfaces, waits when told to, and ends in one line when it cannot go on."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fundoscope.errors import BadSetting, KnowledgeError
from fundoscope.knowledge import library
from fundoscope.knowledge.fetch import fetch
from fundoscope.knowledge.references import citation
from fundoscope.knowledge.retrieve import Retriever
from fundoscope.settings import Settings

from . import samples

SEARCH = {
    "resultList": {
        "result": [
            {"pmid": "123456", "pmcid": "PMC1", "isOpenAccess": "Y", "title": "Tapetal glow", "abstractText": "Short."},
            {
                "pmid": "222",
                "isOpenAccess": "N",
                "title": "Dingo <i>retina</i>.",
                "authorString": "Pack A, Howl BC.",
                "pubYear": "2017",
                "license": "cc by",
                "journalInfo": {"volume": "3", "journal": {"title": "Canine Vision"}},
                "abstractText": "<h4>Aim</h4>The dingo retina has 5 zones.",
            },
        ]
    }
}
ESEARCH = b"<?xml version='1.0'?><eSearchResult><IdList><Id>333</Id></IdList></eSearchResult>"
EFETCH = b"""<?xml version='1.0'?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "https://dtd.nlm.nih.gov/x.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>333</PMID><Article><Journal><JournalIssue><PubDate><Year>2015</Year>
</PubDate></JournalIssue><Title>Kookaburra Eye</Title></Journal><ArticleTitle>Two foveae.</ArticleTitle><Abstract>
<AbstractText Label="RESULTS">The kookaburra has 2 foveae.</AbstractText></Abstract><AuthorList><Author>
<LastName>Laugh</LastName><ForeName>Kay</ForeName></Author></AuthorList></Article></MedlineCitation></PubmedArticle>
</PubmedArticleSet>"""

Answer = tuple[int, dict[str, str], bytes] | None


class Server:
    """A service on loopback whose answers are scripted: per path a list, the last of which repeats; None cuts off."""

    def __init__(self, script: dict[str, list[Answer]]) -> None:
        self.requests: list[tuple[str, dict[str, list[str]], str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                outer.requests.append((parts.path, parse_qs(parts.query), self.headers["User-Agent"]))
                answers = script[parts.path]
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if answer is None:
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b"cut")
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(**script: list[Answer]) -> Server:
        servers.append(
            Server({f"/{name.replace('__', '/').replace('_fcgi', '.fcgi')}": a for name, a in script.items()})
        )
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, contact="reader@example.org")


def ok(body: bytes) -> Answer:
    return 200, {}, body


def test_europe_pmc_brings_open_full_text_and_abstracts(serve: Callable[..., Server], settings: Settings) -> None:
    server = serve(search=[ok(json.dumps(SEARCH).encode())], PMC1__fullTextXML=[ok(samples.JATS)])
    results = fetch("marsupial eyes", settings, maximum=2, base=server.base, sleep=lambda s: None)
    assert [(result.path.name, result.status) for result in results] == [("123456.xml", "added"), ("222.json", "added")]
    path, parameters, agent = server.requests[0]
    assert path == "/search" and parameters["pageSize"] == ["2"] and parameters["email"] == ["reader@example.org"]
    assert agent.startswith("fundoscope/") and "mailto:reader@example.org" in agent
    retriever = Retriever(settings)
    assert "21 minutes" in retriever.search("how long did the quokka glow last", topics=["own"])[0].text
    dingo = retriever.search("zones of the dingo retina", topics=["own"])[0]
    assert citation(dingo.reference).text == "Pack A, Howl BC. Dingo retina. Canine Vision. 2017; 3."
    assert citation(dingo.reference).pmid == "222"


def test_pubmed_brings_labelled_abstracts(serve: Callable[..., Server], settings: Settings) -> None:
    server = serve(esearch_fcgi=[ok(ESEARCH)], efetch_fcgi=[ok(EFETCH)])
    (result,) = fetch("kookaburra", settings, source="pubmed", base=server.base, sleep=lambda s: None)
    assert result.status == "added" and result.path.name == "333.json"
    found = Retriever(settings).search("foveae of the kookaburra", topics=["own"])[0]
    assert found.text == "Results: The kookaburra has 2 foveae." and found.year == 2015


def test_busy_server_is_waited_for_as_it_asks(serve: Callable[..., Server], settings: Settings) -> None:
    busy: Answer = (429, {"Retry-After": "7"}, b"")
    server = serve(esearch_fcgi=[busy, (500, {}, b""), ok(ESEARCH)], efetch_fcgi=[None, ok(EFETCH)])
    slept: list[float] = []
    (result,) = fetch("kookaburra", settings, source="pubmed", base=server.base, sleep=slept.append)
    assert result.status == "added"
    assert 7.0 in slept and 2.0 in slept
    assert len(server.requests) == 5


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((429, {"Retry-After": "1"}, b""), "status 429"),
        ((500, {}, b""), "status 500"),
        ((404, {}, b""), "status 404"),
        (None, "no answer"),
        ((200, {}, b"<eSearchResult><IdList>"), "malformed XML"),
        ((200, {}, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "entity"),
    ],
)
def test_what_cannot_be_fetched_is_one_line_and_leaves_nothing(
    serve: Callable[..., Server], settings: Settings, answer: Answer, reason: str
) -> None:
    server = serve(esearch_fcgi=[answer])
    with pytest.raises(KnowledgeError, match=reason) as caught:
        fetch("kookaburra", settings, source="pubmed", base=server.base, sleep=lambda s: None)
    assert "\n" not in str(caught.value)
    assert library.list_sources(settings) == []


def test_malformed_full_text_falls_back_to_the_abstract(serve: Callable[..., Server], settings: Settings) -> None:
    server = serve(search=[ok(json.dumps(SEARCH).encode())], PMC1__fullTextXML=[ok(samples.JATS[:500])])
    results = fetch("eyes", settings, base=server.base, sleep=lambda s: None)
    assert [result.path.name for result in results] == ["123456.json", "222.json"]


def test_html_instead_of_json_is_one_line(serve: Callable[..., Server], settings: Settings) -> None:
    server = serve(search=[ok(b"<html>maintenance</html>")])
    with pytest.raises(KnowledgeError, match="not the JSON"):
        fetch("eyes", settings, base=server.base, sleep=lambda s: None)


def test_without_a_network_there_is_a_clear_line(settings: Settings) -> None:
    with pytest.raises(KnowledgeError, match="could not be fetched: no answer"):
        fetch("eyes", settings, base="http://127.0.0.1:9", sleep=lambda s: None)


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("https://a:b", "no address of a service"),
        ("https://[::1", "no address of a service"),
        ("http://a..b", "no address of a service"),
        ("http://\n", "no address of a service"),
        ("http://:80", "begins with https:// or http:// and a host"),
        ("https:///path", "begins with https:// or http:// and a host"),
        ("ftp://host", "begins with https:// or http:// and a host"),
        ("http://127.0.0.1:99999", "a port is 65535 at the most"),
    ],
)
def test_what_is_no_address_is_one_line(settings: Settings, base: str, told: str) -> None:
    with pytest.raises(BadSetting, match=told) as refused:
        fetch("eyes", settings, base=base, sleep=lambda s: None)
    assert str(refused.value).startswith("--base http" if base != "ftp://host" else "--base ftp")
    assert "\n" not in str(refused.value)


def test_a_scheme_in_capitals_is_one(serve: Callable[..., Server], settings: Settings) -> None:
    server = serve(search=[ok(json.dumps(SEARCH).encode())], PMC1__fullTextXML=[ok(samples.JATS)])
    results = fetch("eyes", settings, base=server.base.replace("http", "HTTP"), sleep=lambda s: None)
    assert [result.status for result in results] == ["added", "added"]


def test_bad_arguments_are_refused(settings: Settings) -> None:
    with pytest.raises(BadSetting):
        fetch("  ", settings)
    with pytest.raises(BadSetting):
        fetch("eyes", settings, maximum=0)
    with pytest.raises(BadSetting):
        fetch("eyes", settings, source="arxiv")  # type: ignore[arg-type]
