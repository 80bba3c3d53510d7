"""Search returns what answers, with its source; filters hold; nothing comes back for what is not there."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from fundoscope.errors import BadSetting, KnowledgeError
from fundoscope.knowledge.ranking import Tuning, adaptive_cut, diversified, fuse
from fundoscope.knowledge.retrieve import Retriever
from fundoscope.knowledge.terms import terms


def test_severe_npdr_under_ico_comes_first(retriever: Retriever) -> None:
    found = retriever.search("how soon should severe NPDR be seen?", guideline="ICO")
    assert "under 3 months" in found[0].text
    assert found[0].reference == "wong2018_ico" and found[0].year == 2018
    assert found[0].place and found[0].score is not None


def test_guideline_filter_keeps_only_that_body(retriever: Retriever) -> None:
    for passage in retriever.search("follow-up of moderate retinopathy", guideline="nice"):
        assert "nice_ng242_2024" in passage.references


def test_topic_and_year_filters_hold(retriever: Retriever) -> None:
    found = retriever.search("sensitivity and specificity of screening", topics=["ai"], year_from=2018)
    assert found
    assert all("ai" in passage.topics and (passage.year or 0) >= 2018 for passage in found)


@pytest.mark.parametrize("question", ["best pizza in Naples", "who won the football world cup", ""])
def test_nothing_comes_back_for_what_is_not_there(retriever: Retriever, question: str) -> None:
    assert retriever.search(question) == []


def test_limit_holds(retriever: Retriever) -> None:
    assert len(retriever.search("microaneurysms", limit=1)) == 1
    with pytest.raises(BadSetting):
        retriever.search("microaneurysms", limit=0)


def test_superseded_source_ranks_below_a_current_one(retriever: Retriever) -> None:
    found = retriever.search("interval for moderate NPDR", limit=8)
    current = [place for place, passage in enumerate(found) if passage.superseded_by is None]
    assert current and current[0] == 0


def test_same_question_gives_the_same_bytes_from_many_threads(retriever: Retriever) -> None:
    def ask(_: int) -> str:
        return json.dumps([p.model_dump() for p in retriever.search("cup-disc ratio of a large disc")])

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_passage_by_id(retriever: Retriever) -> None:
    assert retriever.passage("irma#1").reference == "amoaku2020"
    with pytest.raises(KnowledgeError):
        retriever.passage("irma#1000")


def test_reciprocal_rank_fusion_by_hand() -> None:
    tuning = Tuning(rank_constant=1.0, dense_weight=1.0, lexical_weight=1.0)
    fused = fuse([("a", 0.9), ("b", 0.8)], [("b", 5.0)], tuning)
    # a: 1/2; b: 1/3 + 1/2; a passage first in both lists would have 1/2 + 1/2 = 1
    assert fused == [("b", 0.8333), ("a", 0.5)]


def test_adaptive_cut_stops_where_the_score_falls_away() -> None:
    assert adaptive_cut([("a", 1.0), ("b", 0.5), ("c", 0.1)], 0.25, 8) == [("a", 1.0), ("b", 0.5)]
    assert adaptive_cut([], 0.25, 8) == []


def test_spellings_and_synonyms_share_terms() -> None:
    assert terms("hemorrhages") == terms("Haemorrhage")
    assert set(terms("cotton wool spots")) <= set(terms("soft exudates"))
    assert terms("non-proliferative diabetic retinopathy") == terms("NPDR")
    assert terms("proliferative diabetic retinopathy") == terms("PDR") != terms("NPDR")


def test_further_passages_of_a_source_count_less() -> None:
    weighed = diversified([("a1", 1.0), ("a2", 0.9), ("b1", 0.8), ("a3", 0.7)], lambda name: name[0], 0.5)
    assert weighed == [("a1", 1.0), ("b1", 0.8), ("a2", 0.45), ("a3", 0.175)]


@pytest.mark.parametrize(
    ("query", "reference"),
    [
        (
            "International clinical severity scale: definition of severe non-proliferative diabetic retinopathy",
            "wilkinson2003",
        ),
        ("International clinical severity scale: definition of proliferative diabetic retinopathy", "wilkinson2003"),
        ("When should moderate NPDR be seen again under ICO?", "wong2018_ico"),
        ("microaneurysms in diabetic retinopathy: what they are", "amoaku2020"),
        ("hard exudates near the fovea on a photograph as a surrogate for macular oedema", "nhs_desp_def2021"),
    ],
)
def test_what_a_report_looks_up_is_found_first(retriever: Retriever, query: str, reference: str) -> None:
    assert retriever.search(query, limit=1)[0].reference == reference
