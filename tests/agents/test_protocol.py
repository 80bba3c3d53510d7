"""The protocol: what is mandatory, and that no planner can leave it out."""

from __future__ import annotations

from fundoscope.agents.planner import ProtocolChatModel, planner_messages
from fundoscope.agents.protocol import FULL_READING, TRIAGE, mandatory_tools, open_items


def test_a_reading_makes_everything_mandatory() -> None:
    assert mandatory_tools("") == FULL_READING


def test_a_question_makes_its_topic_and_triage_mandatory() -> None:
    assert mandatory_tools("how many microaneurysms?") == (*TRIAGE, "detect_lesions")
    assert mandatory_tools("how severe is the retinopathy?") == (*TRIAGE, "detect_lesions", "grade_retinopathy")
    assert mandatory_tools("who painted the Mona Lisa") == TRIAGE


def test_a_grade_is_never_left_without_the_lesions_it_is_held_against() -> None:
    assert "detect_lesions" in mandatory_tools("show the heatmap")
    assert "detect_lesions" in mandatory_tools("is it sharp?", asked=["grade_retinopathy"])


def test_done_items_are_not_open() -> None:
    done = [(tool, "photo-1") for tool in TRIAGE]
    items = open_items("", ["photo-1"], done)
    assert [tool for tool, _ in items] == [tool for tool in FULL_READING if tool not in TRIAGE]


def test_builtin_planner_calls_what_is_open_and_nothing_else() -> None:
    brief = {"question": "", "photographs": ["photo-1"], "found": {}, "open": [["detect_lesions", "photo-1"]]}
    answer = ProtocolChatModel().invoke(planner_messages(brief))
    assert [(c["name"], c["args"]) for c in answer.tool_calls] == [("detect_lesions", {"photograph": "photo-1"})]
    assert ProtocolChatModel().invoke(planner_messages({**brief, "open": []})).tool_calls == []
