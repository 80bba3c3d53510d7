"""Each format gives its text, its place and its description; each bad file gives one reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundoscope.errors import KnowledgeError
from fundoscope.knowledge.ingest import Document, read_documents
from fundoscope.knowledge.ingest.document import PASSAGE_WORDS, pieces_of

from . import samples

PDF = samples.pdf(["The echidna cornea refracts 44 dioptres in every season.", "Its second page speaks of spines."])


def read(name: str, data: bytes) -> list[Document]:
    return read_documents(Path(name), data)


def test_pdf_keeps_page_numbers() -> None:
    (document,) = read("echidna.pdf", PDF)
    assert [(piece.place, piece.text) for piece in document.pieces] == [
        ("p. 1", "The echidna cornea refracts 44 dioptres in every season."),
        ("p. 2", "Its second page speaks of spines."),
    ]
    assert document.csl["title"] == "echidna"


def test_jats_gives_description_licence_and_sections() -> None:
    (document,) = read("quokka.xml", samples.JATS)
    assert document.csl["title"] == "Tapetal glow in the quokka"
    assert document.csl["PMID"] == "123456" and document.csl["DOI"] == "10.1000/quokka"
    assert document.csl["issued"] == {"date-parts": [[2019]]}
    assert document.csl["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert [piece.place for piece in document.pieces] == ["Abstract", "Results"]
    assert not any("Never cited" in piece.text for piece in document.pieces)


def test_medline_takes_records_with_abstracts() -> None:
    (document,) = read("wombat.nbib", samples.NBIB)
    assert document.csl["title"] == "Wombat choroid imaged by moonlight"
    assert document.csl["author"] == [{"family": "Burrow", "given": "Carl D"}]
    assert document.csl["DOI"] == "10.1000/wombat" and document.csl["PMID"] == "987654"


def test_bibtex_unwraps_braces_and_escapes() -> None:
    (document,) = read("numbat.bib", samples.BIBTEX)
    assert document.csl["title"] == "Numbat lens & termite optics"
    assert document.csl["container-title"] == "Marsupial Optics"
    assert document.pieces[0].text == "The numbat lens focuses termites at 27 dioptres."


def test_csl_json_takes_the_abstract() -> None:
    (document,) = read("bilby.json", samples.CSL)
    assert document.csl["title"] == "Bilby pupils" and document.pieces[0].place == "Abstract"


def test_markdown_headings_become_places() -> None:
    (document,) = read("protocol.md", samples.MARKDOWN)
    assert document.csl["title"] == "Clinic protocol"
    assert [(piece.place, piece.text) for piece in document.pieces] == [
        ("Recall", "Eyes with platypus oedema return after 17 days.")
    ]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.pdf", b"", "empty file"),
        ("half.pdf", PDF[: len(PDF) // 2], "truncated"),
        ("locked.pdf", samples.encrypted(PDF), "encrypted"),
        ("scan.pdf", samples.pdf(["", ""]), "scanned"),
        ("text.pdf", b"I am a text, not a PDF.", "mislabelled"),
        ("page.xml", b"<html><body>No article</body></html>", "mislabelled"),
        ("other.xml", b"<?xml version='1.0'?><rss><item>news</item></rss>", "no JATS article"),
        ("half.xml", samples.JATS[:700], "truncated or malformed"),
        ("picture.txt", b"\x89PNG\0\0\0", "mislabelled"),
        ("latin.txt", "Größe".encode("latin-1"), "not UTF-8"),
        ("half.bib", samples.BIBTEX[:120], "truncated"),
        ("half.json", samples.CSL[:-5], "truncated"),
        ("bare.nbib", b"PMID- 1\nTI  - No abstract here.\n", "no text or abstract"),
        ("movie.mp4", b"....", "not a format"),
    ],
)
def test_a_bad_file_has_one_reason(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(KnowledgeError, match=reason) as caught:
        read(name, data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/hostname">',
        '<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;',
    ],
)
def test_xml_entities_are_refused(declaration: str) -> None:
    text = f'<?xml version="1.0"?><!DOCTYPE article [{declaration}]><article><body><p>text</p></body></article>'
    with pytest.raises(KnowledgeError, match="entity"):
        read("bomb.xml", text.encode())
    with pytest.raises(KnowledgeError):
        read("bomb.xml", text.encode("utf-16"))


def test_passages_hold_whole_sentences_and_are_not_long() -> None:
    text = " ".join(f"Sentence number {number} has exactly seven words." for number in range(60))
    pieces = pieces_of([text], "p. 1")
    assert all(piece.text.endswith("words.") and len(piece.text.split()) <= PASSAGE_WORDS for piece in pieces)
    assert " ".join(piece.text for piece in pieces) == text
    assert max(len(piece.text.split()) for piece in pieces_of(["word " * 1000], "p. 1")) <= 2 * PASSAGE_WORDS
