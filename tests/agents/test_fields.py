"""Several photographs of one eye: the worst decides, and where they differ a person is to look."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fundoscope.agents.compose import draft_claims
from fundoscope.agents.contradictions import DRUSEN_ALIKE
from fundoscope.agents.fields import differences
from fundoscope.agents.reporting.values import eye_values
from fundoscope.agents.state import CaseState, findings_of, primary_findings, references_by_eye, visit_of
from fundoscope.agents.verify import verify
from fundoscope.records import Eye, Finding
from fundoscope.records.report import ConditionResult

from .cases import case_of, eye_findings


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


def test_macular_degeneration_in_another_photograph_makes_drusen_of_exudates_once() -> None:
    degeneration, plain = "age_related_macular_degeneration", _graded(2)
    told = differences(plain, [_graded(2, degeneration), _graded(2, degeneration)], Eye.RIGHT)
    assert [reason for reason in told if "drusen" in reason] == [DRUSEN_ALIKE]
    assert not any("drusen" in reason for reason in differences(_graded(2, degeneration), [plain], Eye.RIGHT))
    assert not any("drusen" in reason for reason in differences(_graded(1), [_graded(1, degeneration)], Eye.RIGHT))


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


def test_a_large_cup_in_another_photograph_alone_is_told() -> None:
    cupped = _graded(1)
    cupped["disc"].measurements[0].value = 0.8
    told = "in another photograph of it the vertical cup-disc ratio is above the 97.5th percentile of large discs"
    assert differences(_graded(1), [cupped], Eye.RIGHT) == [told]
    assert differences(cupped, [cupped], Eye.RIGHT) == []


def _in_another_photograph(findings: dict[str, Finding]) -> dict[str, Finding]:
    return {name: finding.model_copy(update={"photograph": "c" * 64}) for name, finding in findings.items()}


def test_what_another_photograph_of_the_visit_flags_stands_in_impression_step_and_recommendation() -> None:
    shown, other = eye_findings(Eye.LEFT, 2), _in_another_photograph(eye_findings(Eye.LEFT, 0))
    other["conditions"] = _in_another_photograph({"c": eye_findings(Eye.RIGHT)["conditions"]})["c"]
    other["conditions"].eye = Eye.LEFT
    other["disc"].measurements[0].value = 0.8
    state, ledger = case_of((Eye.LEFT, shown), (Eye.LEFT, other))
    state["passages"]["disc"] = ["P1"]
    placed = draft_claims(state)
    degeneration = [p for p in placed if p.claim.slots.get("condition") == "age_related_macular_degeneration"]
    assert {(p.place, p.claim.pattern) for p in degeneration} == {
        ("impression", "summary_condition"),
        ("impression", "summary_drusen"),
        ("conditions", "condition"),
        ("conditions", "condition_reaches"),
        ("recommendation", "condition_apart"),
    }
    assert all(c.probability == 0.83 and c.flagged for c in [_values(state)["age_related_macular_degeneration"]])
    patterns = [p.claim.pattern for p in placed]
    assert "no_condition_flagged" not in patterns and {"summary_cup", "cup_apart"} <= set(patterns)
    kept, removed = verify([p.claim for p in placed if p.claim.pattern != "summary_cup"], ledger)
    assert not [claim for claim in removed if "condition" in claim.slots] and kept


def test_an_earlier_visit_flags_nothing_of_today(state) -> None:
    case = state((0, 0.9, date(2025, 5, 1)), (0, 0.9, date(2024, 5, 1)))
    assert visit_of(case, Eye.RIGHT) == ["photo-1"]
    undated = state((0, 0.9, None), (0, 0.8, date(2024, 5, 1)))
    assert set(visit_of(undated, Eye.RIGHT)) == {"photo-1", "photo-2"}


def _values(state: CaseState) -> dict[str, ConditionResult]:
    visit = [findings_of(state, reference) for reference in visit_of(state, Eye.LEFT)]
    conditions: dict[str, ConditionResult] = eye_values(visit[0], visit)["conditions"]
    return conditions
