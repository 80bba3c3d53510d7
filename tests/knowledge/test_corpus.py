"""The corpus: every sentence has a source, every source with facts is cited, nothing unsourced is printed."""

from __future__ import annotations

import re

import pytest
from fundoscope.errors import KnowledgeError
from fundoscope.knowledge import corpus, references

TEXT = "\n".join(passage.text for passage in corpus.passages())


def test_every_sentence_has_keys_that_exist() -> None:
    keys = set(references.reference_keys())
    for sentence in corpus.sentences():
        assert sentence.keys and set(sentence.keys) <= keys, sentence.id


def test_a_sentence_without_a_key_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="without its reference key"):
        corpus.parse_note("note", "# Title\n\nMicroaneurysms are red.\n")


def test_every_reference_with_facts_is_cited_and_none_without() -> None:
    cited = {key for sentence in corpus.sentences() for key in sentence.keys}
    with_facts = {key for key in references.reference_keys() if references.custom(key)["has_facts"]}
    assert cited == with_facts
    assert len(references.reference_keys()) == 116


def test_ids_and_sentences_are_unique() -> None:
    passages = corpus.passages()
    assert len({passage.id for passage in passages}) == len({passage.text for passage in passages}) == len(passages)


def test_passage_carries_source_and_place() -> None:
    passage = corpus.by_id()["irma#1"]
    assert passage.reference == "amoaku2020"
    assert passage.year == 2020
    assert passage.guideline == "UKCWG"
    assert passage.place == "Intraretinal microvascular abnormalities (IRMA), sentence 1"
    assert "irma" in passage.topics
    assert "[" not in passage.text


@pytest.mark.parametrize(
    "forbidden",
    [
        r"80\s*/\s*95",
        r"half of (?:eyes with )?severe NPDR",
        r"[Tt]hree-year survival|survival",
        r"10\.1136/bjophthalmol-2018-312543",
        r"12917150",
        r"Albert|Colmain",
        r"(?:IMDRF|N12).*categor(?:y|ies) (?:I|IV|four)",
        r"AI Act.*(?:2025|2026|2027)",
    ],
)
def test_statements_without_a_source_are_not_printed(forbidden: str) -> None:
    everything = TEXT + "\n".join(references.citation(key).text for key in references.reference_keys())
    assert not re.search(forbidden, everything)


def test_superseded_pattern_is_marked_in_every_passage() -> None:
    for passage in corpus.passages():
        if passage.reference == "aao_ppp_dr2020":
            assert passage.superseded_by == "aao_ppp_dr2025"
            assert "superseded" in passage.text


def test_superseded_by_names_a_reference_or_a_doi() -> None:
    keys = set(references.reference_keys())
    marked = {k: s for k in keys if (s := references.custom(k)["superseded_by"])}
    assert set(marked) == {"aao_ppp_dr2020", "claim2020"}
    assert all(by in keys or by.startswith("doi:") for by in marked.values())


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("crowston2004", "97.5th percentiles, not 95th"),
        ("abramoff2018", "87.2 %"),
        ("fda_den180001", "87.4 %"),
        ("hubbard1999", "0.84"),
        ("mcgrory2018_siva_vampire", "0.159-0.410"),
        ("marcus2022_protocolAA", "hazard ratio 0.78"),
        ("qin2025_lmod", "21,993"),
        ("etdrs1_1985", "500 µm"),
    ],
)
def test_figures_of_known_conflicts_stand_with_their_source(key: str, number: str) -> None:
    assert any(number in passage.text for passage in corpus.passages() if key in passage.references)


def test_corpus_hash_is_a_sha256() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", corpus.corpus_sha256())
