"""Similar cases: kept on request, found by likeness, removed without a trace."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fundoscope.errors import BadSetting, KnowledgeError
from fundoscope.knowledge.cases import KeptCase, SimilarCases
from fundoscope.settings import Settings

MODEL = "0123456789abcdef"


@pytest.fixture
def cases(tmp_path: Path) -> SimilarCases:
    return SimilarCases(Settings(home=tmp_path), MODEL)


def test_nearest_case_comes_first_with_its_reading(cases: SimilarCases) -> None:
    cases.keep(KeptCase(id="a", photograph="pa", reading={"grade": 2}), [1.0, 0.0, 0.0])
    cases.keep(KeptCase(id="b", photograph="pb", reading={"grade": 4}), [0.0, 3.0, 0.0])
    found = cases.find([0.6, 0.8, 0.0])
    assert [(case.id, case.similarity) for case in found] == [("b", 0.8), ("a", 0.6)]
    assert found[0].reading == {"grade": 4}
    assert [case.id for case in cases.find([0.6, 0.8, 0.0], but="pb", limit=1)] == ["a"]


def test_nothing_kept_nothing_found(cases: SimilarCases) -> None:
    assert cases.kept() == [] and cases.find([1.0, 0.0]) == []


def test_removed_case_is_gone_and_others_stay(cases: SimilarCases) -> None:
    for name in "ab":
        cases.keep(KeptCase(id=name, photograph=name), np.eye(2)[ord(name) - 97])
    cases.remove("a")
    assert [case.id for case in cases.kept()] == ["b"]
    with pytest.raises(KnowledgeError, match="no such case"):
        cases.remove("a")


def test_vectors_of_another_model_are_never_compared(cases: SimilarCases, tmp_path: Path) -> None:
    cases.keep(KeptCase(id="a", photograph="pa"), [1.0, 0.0])
    assert SimilarCases(Settings(home=tmp_path), "fedcba9876543210").find([1.0, 0.0]) == []


def test_empty_embedding_is_refused(cases: SimilarCases) -> None:
    with pytest.raises(BadSetting):
        cases.keep(KeptCase(id="a", photograph="pa"), [0.0, 0.0])
