"""The guideline table says what NOTES verified, cell by cell."""

from __future__ import annotations

import pytest
from fundoscope.errors import BadSetting
from fundoscope.knowledge import corpus
from fundoscope.knowledge.guidelines import guideline_names, oedema_recommendation, recommendation

INTERVALS = {
    "ICO": ["1-2 years", "6-12 months", "3-6 months", "under 3 months", "under 1 month"],
    "ADA": ["1-2 years", "1 year", "6-9 months", "3-6 months", "3 months"],
    "AAO": ["12 months", "12 months (3-12 months in a combined row)", "3-12 months", "2-4 months", "2-4 months"],
    "NICE": [None, None, "6-12 months", "3-6 months", None],
    "NHS": [None] * 5,
}


@pytest.mark.parametrize("guideline", INTERVALS)
def test_intervals_by_grade(guideline: str) -> None:
    found = [recommendation(guideline, grade) for grade in range(5)]
    assert [statement and statement.interval for statement in found] == INTERVALS[guideline]


def test_every_sentence_is_a_corpus_passage_with_the_same_source() -> None:
    for guideline in guideline_names():
        for grade in range(5):
            statement = recommendation(guideline, grade)
            if statement is not None:
                passage = corpus.by_id()[statement.passage_id]
                assert passage.text == statement.sentence
                assert passage.references == statement.references
                assert passage.guideline == guideline
                assert passage.superseded_by == statement.superseded_by


def test_ico_refers_from_moderate_upward() -> None:
    referrals = [recommendation("ICO", grade).referral for grade in range(5)]  # type: ignore[union-attr]
    assert [text.startswith("no ") for text in referrals] == [True, True, False, False, False]  # type: ignore[union-attr]


def test_aao_is_superseded() -> None:
    assert all(recommendation("AAO", grade).superseded_by == "aao_ppp_dr2025" for grade in range(5))  # type: ignore[union-attr]


def test_nice_treats_pdr_and_says_nothing_of_milder_grades() -> None:
    assert recommendation("NICE", 0) is None and recommendation("NICE", 1) is None
    statement = recommendation("NICE", 4)
    assert statement is not None and "4 weeks" in str(statement.referral)


def test_nhs_levels_are_not_mapped() -> None:
    assert all(recommendation("NHS", grade) is None for grade in range(5))


def test_macular_oedema_by_guideline() -> None:
    statement = oedema_recommendation("ICO", "centre-involving")
    assert statement is not None and statement.interval == "1 month"
    assert oedema_recommendation("NICE", "centre-involving") is None


def test_unknown_guideline_and_grade_are_refused() -> None:
    with pytest.raises(BadSetting, match="not one of"):
        recommendation("WHO", 2)
    with pytest.raises(BadSetting, match="0 to 4"):
        recommendation("ICO", 5)
