"""Restating a passage: its parts whole, nothing new, nothing dropped that changes what is left."""

from __future__ import annotations

import pytest
from fundoscope.agents.language.passages import cited_keys, says_what_the_passage_says
from fundoscope.knowledge import corpus

SEVERITY, FOLLOW, RULE = "severity-scale#4", "follow-up#4", "rule-4-2-1#1"
ADA, SEVERAL, SCOTTISH, REFERRAL = "follow-up#11", "follow-up#31", "hard-exudates#5", "referral#1"


def restates(passage: str, sentence: str) -> bool:
    text, keys = cited_keys(sentence)
    return says_what_the_passage_says(text, keys, corpus.by_id()[passage])


@pytest.mark.parametrize(
    ("passage", "sentence"),
    [
        (SEVERITY, "Moderate NPDR means more than just microaneurysms but less than severe NPDR [wilkinson2003]."),
        (FOLLOW, "ICO 2018 calls for re-examination of severe NPDR in less than three months [wong2018_ico]."),
        (FOLLOW, "Under ICO 2018, severe NPDR is referred to an ophthalmologist [wong2018_ico]."),
        (
            RULE,
            "Prominent IRMA in at least one quadrant suffices for severe NPDR under the 4-2-1 rule [wilkinson2003].",
        ),
        (ADA, "Under the ADA 2017 position statement, moderate NPDR is referred within 3-6 months [solomon2017_ada]."),
        (SEVERAL, "The follow-up of severe NPDR is 3-6 months under NICE [nice_ng242_2024]."),
        (REFERRAL, "ICO 2018 requires referral to an ophthalmologist from moderate NPDR upward [wong2018_ico]."),
    ],
)
def test_whole_parts_in_other_words_restate_a_passage(passage: str, sentence: str) -> None:
    assert restates(passage, sentence)


@pytest.mark.parametrize(
    ("passage", "sentence"),
    [
        (SEVERITY, "Moderate NPDR means microaneurysms alone but less than severe NPDR [wilkinson2003]."),
        (SEVERITY, "Moderate NPDR means more than severe NPDR [wilkinson2003]."),
        (SEVERITY, "Moderate NPDR means more than just microaneurysms but less than severe NPDR [etdrs10_1991]."),
        (FOLLOW, "ICO 2018 calls for re-examination of severe NPDR in three months [wong2018_ico]."),
        (FOLLOW, "Under ICO 2018, severe NPDR is not referred to an ophthalmologist [wong2018_ico]."),
        (FOLLOW, "Under ICO 2018, re-examination is in under 3 months [wong2018_ico]."),
        (RULE, "Prominent IRMA in at least two quadrants suffices for severe NPDR [wilkinson2003]."),
        (
            RULE,
            "Prominent IRMA in at least two quadrants suffices for severe NPDR under the 4-2-1 rule [wilkinson2003].",
        ),
        (RULE, "More than 20 intraretinal haemorrhages suffice for severe NPDR [wilkinson2003]."),
        (ADA, "Under the ADA 2017 position statement, moderate NPDR is referred within 6-9 months [solomon2017_ada]."),
        (SEVERAL, "The follow-up of severe NPDR is under 3 months under NICE [nice_ng242_2024]."),
        (
            SCOTTISH,
            "In the Scottish scheme hard exudates within 1 disc diameter of the fovea are M1 [philip2005_scottish].",
        ),
        (REFERRAL, "Under ICO 2018 referral is required for mild NPDR [wong2018_ico]."),
        (REFERRAL, "Under ICO 2018 referral is not required for moderate NPDR [wong2018_ico]."),
    ],
)
def test_parts_mixed_or_cut_do_not(passage: str, sentence: str) -> None:
    assert not restates(passage, sentence)


def test_every_passage_restates_itself() -> None:
    failed = [p.id for p in corpus.passages() if not says_what_the_passage_says(p.text, p.references, p)]
    assert len(failed) <= 0.1 * len(corpus.passages()), failed
