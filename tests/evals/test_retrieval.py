"""The retrieval evaluation: its questions are fit to judge by, and its measures are the textbook's."""

from __future__ import annotations

import math

import pytest
from fundoscope.evals.retrieval import ndcg, questions, recall_at, reciprocal_rank
from fundoscope.knowledge import corpus, references
from fundoscope.records.claim import Passage


def passage(*keys: str) -> Passage:
    return Passage(id="x#1", text="t", reference=keys[0], references=list(keys), title="t")


FOUND = [passage("a"), passage("b", "c"), passage("d")]


def test_recall_counts_answers_among_the_first_passages() -> None:
    assert recall_at(FOUND, ["c", "z"]) == 0.5
    assert recall_at(FOUND, ["d"], depth=2) == 0.0


def test_reciprocal_rank_is_of_the_first_answer() -> None:
    assert reciprocal_rank(FOUND, ["c"]) == 0.5
    assert reciprocal_rank(FOUND, ["z"]) == 0.0


def test_ndcg_by_hand() -> None:
    assert ndcg(FOUND, ["a"]) == 1.0
    assert ndcg(FOUND, ["b", "d"]) == pytest.approx((1 / math.log2(3) + 1 / math.log2(4)) / (1 + 1 / math.log2(3)))


def test_there_are_enough_questions_and_their_answers_exist() -> None:
    confirmation = [question for question in questions() if question.half == "confirmation"]
    assert sum(bool(question.answers) for question in confirmation) >= 130
    assert sum(not question.answers for question in confirmation) >= 50
    assert {question.half for question in questions()} == {"development", "confirmation"}
    assert len({question.id for question in questions()}) == len(questions())
    assert {key for question in questions() for key in question.answers} <= set(references.reference_keys())
    assert len({question.question for question in questions()}) == len(questions())


def test_questions_are_not_the_sentences_of_the_corpus() -> None:
    texts = {passage.text.lower().rstrip(".") for passage in corpus.passages()}
    assert not any(question.question.lower().rstrip("?.") in texts for question in questions())
