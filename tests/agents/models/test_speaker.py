"""The speaker, with models made on the spot: what comes back is checked, what goes wrong is one line."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from fundoscope.agents.models import Speaker, speaker
from fundoscope.agents.models.calls import MOST_CALLS
from fundoscope.agents.planner import planner_messages
from fundoscope.settings import load_settings
from langchain_core.language_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.tools import tool
from pydantic import BaseModel, Field

ASK = [SystemMessage("You plan."), HumanMessage("What next?")]


class Look(BaseModel):
    photograph: str
    times: int = 1


@tool(args_schema=Look)
def look(photograph: str, times: int = 1) -> str:
    """Look at a photograph."""
    return photograph


class Note(BaseModel):
    grade: int = Field(ge=0, le=4)


class Seen(BaseModel):
    kind: Literal["seen"]
    counts: dict[str, int]


class Unseen(BaseModel):
    kind: Literal["unseen"]


class Told(BaseModel):
    claim: Seen | Unseen = Field(discriminator="kind")


def scripted(*answers: str | AIMessage, **settings: Any) -> Speaker:
    model = FakeMessagesListChatModel(responses=[a if isinstance(a, AIMessage) else AIMessage(a) for a in answers])
    return Speaker(model, **{"dialect": "json", **settings})


def written(*calls: tuple[str, Any]) -> str:
    return json.dumps({"say": "now", "calls": [{"name": name, "args": args} for name, args in calls]})


async def test_the_built_in_planner_asks_for_what_is_open() -> None:
    brief = {"open": [["look", "photo-1"]]}
    turn = await speaker(load_settings(planner="protocol")).call_tools(planner_messages(brief), [look], limit_s=5)
    assert [(c.name, c.args) for c in turn.calls] == [("look", {"photograph": "photo-1"})]
    assert turn.problems == [] and turn.usage.model_calls == 1


async def test_the_built_in_planner_stays_here_sees_nothing_and_writes_nothing() -> None:
    built_in = speaker(load_settings(planner="protocol"))
    assert (built_in.name, built_in.remote, built_in.sees) == ("protocol", False, False)
    record, turn = await built_in.write(ASK, Note, limit_s=5)
    assert record is None and turn.problems == ["the built-in planner writes nothing"]


@pytest.mark.parametrize(
    "text",
    [
        written(("look", {"photograph": "photo-1"})),
        "```json\n" + written(("look", {"photograph": "photo-1"})) + "\n```\nThat is all.",
        '<think>{"calls": []} or not?</think>Sure: {"calls": [{"name": "look", "args": {"photograph": "photo-1",},}]}',
        '<tool_call>{"name": "look", "arguments": "{\\"photograph\\": \\"photo-1\\"}"}</tool_call>',
        '[{"type": "function", "function": {"name": "look", "arguments": {"photograph": "photo-1"}}}]',
    ],
)
async def test_calls_are_found_however_the_text_wraps_them(text: str) -> None:
    turn = await scripted(text).call_tools(ASK, [look], limit_s=5)
    assert [(c.name, c.args) for c in turn.calls] == [("look", {"photograph": "photo-1"})]
    assert turn.problems == []


async def test_an_answer_without_json_is_asked_for_once_more_with_the_error() -> None:
    good = written(("look", {"photograph": "photo-2"}))
    turn = await scripted("Let me look at it.", good).call_tools(ASK, [look], limit_s=5)
    assert turn.calls[0].args == {"photograph": "photo-2"}
    assert turn.problems == ["the model was asked again: its answer holds no JSON with calls"]
    assert turn.usage.model_calls == 2


async def test_a_record_that_does_not_fit_is_asked_for_once_more() -> None:
    record, turn = await scripted('{"grade": 9}', 'So: {"grade": 2}').write(ASK, Note, limit_s=5)
    assert record == Note(grade=2)
    assert turn.problems == ["the model was asked again: grade: Input should be less than or equal to 4"]
    record, turn = await scripted('{"grade": 9}', '{"grade": 9}').write(ASK, Note, limit_s=5)
    assert record is None and turn.problems[-1] == "grade: Input should be less than or equal to 4"


@pytest.mark.parametrize(
    ("calls", "kept", "problem"),
    [
        ([("erase", {})], 0, "a call of an unknown tool was dropped"),
        ([("look", {})], 0, "a call of look was dropped: photograph: Field required"),
        ([("look", {"photograph": 3})], 0, "a call of look was dropped: photograph: Input should be a valid string"),
        (
            [("look", {"photograph": "photo-1", "patient": "Meier"})],
            0,
            "a call of look was dropped: it has an argument that the tool does not know",
        ),
        ([("look", {"photograph": "photo-1"})] * 2, 1, "a repeated call of look was dropped"),
        (
            [("look", {"photograph": f"photo-{n}"}) for n in range(50)],
            MOST_CALLS,
            f"{50 - MOST_CALLS} calls beyond the first {MOST_CALLS} were dropped",
        ),
    ],
)
async def test_calls_that_may_not_be_made_are_dropped_with_a_line(
    calls: list[tuple[str, Any]], kept: int, problem: str
) -> None:
    turn = await scripted(written(*calls), written(*calls)).call_tools(ASK, [look], limit_s=5)
    assert len(turn.calls) == kept
    assert problem in turn.problems
    assert "Meier" not in " ".join(turn.problems)


async def test_a_model_without_calls_of_its_own_is_spoken_with_in_json_whatever_is_forced() -> None:
    one = scripted(written(("look", {"photograph": "photo-1"})), '{"grade": 1}', dialect="native")
    assert len((await one.call_tools(ASK, [look], limit_s=5)).calls) == 1
    assert (await one.write(ASK, Note, limit_s=5))[0] == Note(grade=1)


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        ({"kind": "Meier"}, "claim: union tag invalid"),
        ({"kind": "seen", "counts": {"Meier": "many"}}, "claim.counts: int parsing"),
        ({"kind": "seen", "counts": "Meier"}, "claim.counts: Input should be a valid dictionary"),
    ],
)
async def test_what_is_wrong_with_a_record_is_said_without_its_words(claim: Any, wrong: str) -> None:
    text = json.dumps({"claim": claim})
    record, turn = await scripted(text, text).write(ASK, Told, limit_s=5)
    assert record is None
    assert turn.problems == [f"the model was asked again: {wrong}", wrong]
