"""Several photographs of one eye: the worst decides, and where they differ a person is to look."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fundoscope.agents.fields import differences
from fundoscope.agents.state import primary_findings, references_by_eye
from fundoscope.records import Eye, Finding

from .cases import eye_findings


def _case(*photographs: tuple[int | None, float, date | None]) -> dict[str, Any]:
    """A state of photographs of one right eye by grade, quality score and day."""
    findings, records = {}, []
    for number, (grade, score, day) in enumerate(photographs, start=1):
        own = eye_findings(Eye.RIGHT, grade or 0)
        if grade is None:
            del own["grade"]
        own["quality"].measurements[0].value = score
        findings[f"photo-{number}"] = own
        records.append((f"photo-{number}", day))
    return {"findings": findings, "records": records}


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch):
    def made(*photographs: tuple[int | None, float, date | None]) -> Any:
        case = _case(*photographs)
        days = dict(case["records"])
        monkeypatch.setattr("fundoscope.agents.state.findings_of", lambda _, at: case["findings"][at])
        monkeypatch.setattr(
            "fundoscope.agents.state.photographs_of",
            lambda _: {at: type("Record", (), {"acquired": day}) for at, day in days.items()},
        )
        return {"eyes": dict.fromkeys(days, Eye.RIGHT.value), "usable": list(days)}

    return made


def test_of_one_visit_the_worst_graded_photograph_decides_however_sharp_another_is(state) -> None:
    case = state((0, 0.99, None), (3, 0.6, None), (1, 0.9, None))
    assert references_by_eye(case)[Eye.RIGHT] == ["photo-2", "photo-3", "photo-1"]
    assert primary_findings(case)[Eye.RIGHT]["grade"].value == 3


def test_a_later_visit_decides_even_where_an_earlier_one_was_worse(state) -> None:
    case = state((3, 0.99, date(2024, 5, 1)), (1, 0.6, date(2025, 5, 1)))
    assert references_by_eye(case)[Eye.RIGHT][0] == "photo-2"


def test_without_grades_the_sharpest_comes_first(state) -> None:
    assert references_by_eye(state((None, 0.5, None), (None, 0.9, None)))[Eye.RIGHT] == ["photo-2", "photo-1"]


def _graded(grade: int, *flags: str) -> dict[str, Finding]:
    """A photograph whose lesions and conformal set agree with its grade."""
    counts = {"MA": min(grade, 1) * 3, "HE": 0, "EX": 0, "SE": 0}
    findings = eye_findings(Eye.RIGHT, grade, counts if grade < 2 else None)
    findings["grade"].conformal_set = [grade]
    findings["conditions"].flags = list(flags)
    return findings


@pytest.mark.parametrize(
    ("followed", "other", "differ"),
    [(3, 0, True), (2, 1, True), (2, 0, True), (4, 2, True), (1, 0, False), (3, 2, False), (2, 2, False), (0, 3, True)],
)
def test_grades_that_lead_elsewhere_or_lie_far_apart_are_told(followed: int, other: int, differ: bool) -> None:
    told = differences(_graded(followed), [_graded(other)], Eye.RIGHT)
    ending = "the worse grade is followed" if other < followed else "which of them is the later is not known"
    assert told == ([f"another photograph of it was read as grade {other}; {ending}"] if differ else [])


def test_a_condition_flagged_in_another_photograph_alone_is_told_once() -> None:
    others = [_graded(1, "cataract_or_haze", "glaucoma_suspect"), _graded(1, "glaucoma_suspect")]
    told = differences(_graded(1, "cataract_or_haze"), others, Eye.RIGHT)
    assert told == ["suspected glaucoma is flagged in another photograph of it"]
    assert differences(_graded(1), [], Eye.RIGHT) == []


def test_what_another_photograph_leaves_open_is_told_unless_the_eye_is_referable_anyhow() -> None:
    wide, strange = _graded(1), _graded(0)
    wide["grade"].conformal_set = [1, 2]
    strange["grade"].flags = ["out_of_distribution"]
    assert differences(_graded(1), [wide, strange], Eye.RIGHT) == [
        "with 90 % coverage another photograph of it may be referable or not",
        "another photograph of it is unlike those the grading model learnt from",
    ]
    assert differences(_graded(2), [wide], Eye.RIGHT) == [
        "another photograph of it was read as grade 1; the worse grade is followed"
    ]


def test_lesions_in_another_photograph_of_grade_0_are_told() -> None:
    bled = _graded(0)
    bled["lesions"] = eye_findings(Eye.RIGHT, 0, {"MA": 0, "HE": 4, "EX": 0, "SE": 0})["lesions"]
    (told,) = differences(_graded(0), [bled, bled], Eye.RIGHT)
    assert told.startswith("in another photograph of it: ") and "lesions beyond microaneurysms" in told
    assert differences(bled, [bled], Eye.RIGHT) == [], "the eye's own contradiction is told already"
