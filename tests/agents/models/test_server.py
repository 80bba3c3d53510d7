"""The real OpenAI client against a server that behaves well and badly."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from fundoscope.agents.models import Speaker, Turn, picture_block, speaker
from fundoscope.agents.models.calls import MOST_CALLS
from fundoscope.evals.scripted.server import (
    ScriptedServer,
    answers_bytes,
    calls,
    cut,
    endless,
    fails,
    hangs,
    refusal,
    text,
)
from fundoscope.settings import load_settings
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from .test_speaker import Note, look, written

ASK = [SystemMessage("You plan."), HumanMessage("What next?")]
GOOD = calls(("look", {"photograph": "photo-1"}))


@pytest.fixture(autouse=True)
def no_time_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fundoscope.agents.models.listen.FIRST_WAIT_S", 0.001)


def connect(server: ScriptedServer, home: Path, **settings: Any) -> Speaker:
    values = {"planner": "openai:any", "planner_base_url": server.url, "home": home, **settings}
    return speaker(load_settings(**values))


async def ask(server: ScriptedServer, home: Path, limit_s: float = 20, **settings: Any) -> Turn:
    return await connect(server, home, **{"planner_dialect": "native", **settings}).call_tools(
        ASK, [look], limit_s=limit_s
    )


@pytest.mark.parametrize("stream", [True, False])
async def test_native_calls_come_back_checked_with_what_they_cost(
    model_server: ScriptedServer, tmp_path: Path, stream: bool
) -> None:
    model_server.say(GOOD)
    turn = await ask(model_server, tmp_path, planner_stream=stream)
    assert [(c.name, c.args) for c in turn.calls] == [("look", {"photograph": "photo-1"})]
    assert turn.problems == []
    assert (turn.usage.model_calls, turn.usage.tokens_in, turn.usage.tokens_out) == (1, 100, 20)
    assert bool(model_server.requests[0].get("stream")) is stream
    assert model_server.requests[0]["max_tokens"] == 2048


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
async def test_the_address_may_end_in_v1_or_not(model_server: ScriptedServer, tmp_path: Path, path: str) -> None:
    model_server.say(GOOD)
    turn = await ask(model_server, tmp_path, planner_base_url=model_server.url + path)
    assert len(turn.calls) == 1
    assert model_server.paths == ["/v1/chat/completions"]


async def test_the_dialect_is_found_out_once_and_remembered(model_server: ScriptedServer, tmp_path: Path) -> None:
    model_server.native = False
    model_server.say(text(written(("look", {"photograph": "photo-1"}))), text(written()))
    first = connect(model_server, tmp_path)
    turn = await first.call_tools(ASK, [look], limit_s=20)
    assert len(turn.calls) == 1 and turn.usage.model_calls == 2
    assert "tools" not in model_server.requests[0]
    again = await connect(model_server, tmp_path).call_tools(ASK, [look], limit_s=20)
    assert again.usage.model_calls == 1
    assert "look" not in str(model_server.everything[:200])


async def test_a_model_that_calls_tools_is_asked_natively(model_server: ScriptedServer, tmp_path: Path) -> None:
    model_server.say(GOOD, GOOD)
    one = connect(model_server, tmp_path)
    assert [(await one.call_tools(ASK, [look], limit_s=20)).usage.model_calls for _ in range(2)] == [2, 1]
    assert model_server.requests[0]["tools"][0]["function"]["name"] == "look"


async def test_a_server_that_refuses_tools_gets_json(model_server: ScriptedServer, tmp_path: Path) -> None:
    def behaviour(request: dict[str, Any]) -> Any:
        return fails(400) if "tools" in request else text(written(("look", {"photograph": "photo-1"})))

    model_server.otherwise = behaviour  # type: ignore[assignment]
    model_server.answers_ready = False
    turn = await connect(model_server, tmp_path).call_tools(ASK, [look], limit_s=20)
    assert len(turn.calls) == 1 and turn.problems == []


async def test_calls_written_as_text_by_a_native_model_count(model_server: ScriptedServer, tmp_path: Path) -> None:
    model_server.say(text('<tool_call>{"name": "look", "arguments": {"photograph": "photo-1"}}</tool_call>'))
    assert len((await ask(model_server, tmp_path)).calls) == 1


async def test_earlier_calls_and_results_are_told_in_plain_text_where_tools_are_json(
    model_server: ScriptedServer, tmp_path: Path
) -> None:
    model_server.say(text(written()))
    call = {"name": "look", "args": {"photograph": "photo-1"}, "id": "1", "type": "tool_call"}
    told = [*ASK, AIMessage("", tool_calls=[call]), ToolMessage("2 spots", tool_call_id="1", name="look")]
    await connect(model_server, tmp_path, planner_dialect="json").call_tools(told, [look], limit_s=20)
    roles = [m["role"] for m in model_server.requests[0]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert model_server.requests[0]["messages"][-1]["content"] == "Result of look: 2 spots"


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ([text("")], "the model's answer was empty"),
        ([text("I'm sorry, but I can't help with photographs.")], "the model refused"),
        ([text("part", finish="content_filter")], "the model refused"),
        ([text("part", finish="length")], "the model's answer was cut off at its most tokens"),
        ([calls(("look", '{"photograph": "pho'))], "a call of look was dropped: its arguments are no JSON object"),
        ([calls(("look", "[" * 5000))] * 3, None),
        ([calls(("look", '"photo-1"'))] * 3, None),
        ([calls(("", "{}"))], "a call of an unknown tool was dropped"),
        ([fails(500)] * 3, "the model's server answered an error (status 500)"),
        ([fails(401)], "the model's server refused the key (status 401)"),
        (
            [fails(307, location="http://127.0.0.1:9/v1/chat/completions")],
            "the model's server answered an error (status 307)",
        ),
        ([answers_bytes(b'{"choices": [{"message": {"content": "\xff\xfe"')] * 3, None),
        ([answers_bytes(b"<html>no model here</html>")] * 3, None),
        ([answers_bytes(b"null")] * 3, None),
        ([answers_bytes(b"")] * 3, None),
        ([cut(text("a" * 400), 3), cut(text("a" * 400), 3), cut(text("a" * 400), 3)], "the model's answer broke off"),
        ([cut(text("a" * 400), 3, clean=True)] * 3, "the model's answer broke off"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
async def test_what_goes_wrong_is_one_line(
    model_server: ScriptedServer, tmp_path: Path, script: list[Any], problem: str | None, stream: bool
) -> None:
    if not stream and any(s.clean_cut for s in script):
        pytest.skip("without a stream a cut is never clean")
    model_server.say(*script)
    turn = await ask(model_server, tmp_path, planner_stream=stream)
    assert turn.calls == []
    assert len(turn.problems) == 1
    assert "\n" not in turn.problems[0] and turn.problems[0].startswith(("the model", "a call"))
    assert problem is None or turn.problems == [problem]


@pytest.mark.parametrize(("stream", "problem"), [(False, "the model refused"), (True, "the model's answer was empty")])
async def test_a_refusal_in_a_field_of_its_own_is_one_line(
    model_server: ScriptedServer, tmp_path: Path, stream: bool, problem: str
) -> None:
    model_server.say(refusal())
    assert (await ask(model_server, tmp_path, planner_stream=stream)).problems == [problem]


async def test_of_fifty_calls_at_once_the_first_are_taken(model_server: ScriptedServer, tmp_path: Path) -> None:
    model_server.say(calls(*(("look", {"photograph": f"photo-{n}"}) for n in range(50))))
    turn = await ask(model_server, tmp_path)
    assert [c.args["photograph"] for c in turn.calls] == [f"photo-{n}" for n in range(MOST_CALLS)]
    assert turn.problems == [f"{50 - MOST_CALLS} calls beyond the first {MOST_CALLS} were dropped"]


@pytest.mark.parametrize("failure", [fails(500), fails(503), cut(GOOD, 2), answers_bytes(b"{")])
async def test_a_passing_failure_is_asked_again(model_server: ScriptedServer, tmp_path: Path, failure: Any) -> None:
    model_server.say(failure, calls(("look", {"photograph": "photo-1"})))
    turn = await ask(model_server, tmp_path)
    assert len(turn.calls) == 1 and turn.usage.model_calls == 2


async def test_retry_after_is_waited_for(model_server: ScriptedServer, tmp_path: Path) -> None:
    model_server.say(fails(429, retry_after="1"), calls(("look", {"photograph": "photo-1"})))
    started = time.monotonic()
    assert len((await ask(model_server, tmp_path)).calls) == 1
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize("wait", ["nan", "-5", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"])
async def test_a_retry_after_without_sense_delays_nothing(
    model_server: ScriptedServer, tmp_path: Path, wait: str
) -> None:
    model_server.say(fails(429, retry_after=wait), calls(("look", {"photograph": "photo-1"})))
    assert len((await ask(model_server, tmp_path)).calls) == 1


@pytest.mark.parametrize("wait", ["3600", "inf", "Wed, 21 Oct 2099 07:28:00 GMT"])
async def test_a_long_retry_after_is_not_waited_for(model_server: ScriptedServer, tmp_path: Path, wait: str) -> None:
    model_server.say(fails(429, retry_after=wait))
    turn = await ask(model_server, tmp_path)
    assert turn.problems == ["the model's server has too many requests (status 429); it was not waited for"]
    assert turn.usage.model_calls == 1


async def test_an_answer_that_comes_too_late_is_given_up(model_server: ScriptedServer, tmp_path: Path) -> None:
    model_server.say(hangs(30))
    turn = await ask(model_server, tmp_path, limit_s=0.5)
    assert turn.problems == ["the model gave no answer in time"]
    assert turn.usage.seconds < 10


@pytest.mark.parametrize("stream", [True, False])
async def test_an_answer_without_end_is_cut_off(model_server: ScriptedServer, tmp_path: Path, stream: bool) -> None:
    model_server.say(endless())
    turn = await ask(model_server, tmp_path, planner_max_tokens=64, planner_stream=stream)
    assert turn.problems[0] == "the model's answer was cut off: it did not end"
    assert len(turn.text) < 4096


async def test_an_answer_that_drips_is_given_up_in_time(model_server: ScriptedServer, tmp_path: Path) -> None:
    model_server.say(endless(pace_s=0.05))
    turn = await ask(model_server, tmp_path, limit_s=0.5)
    assert turn.problems == ["the model gave no answer in time"]


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
async def test_a_response_that_says_nothing_without_end_is_broken_off(
    model_server: ScriptedServer, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundoscope.agents.models.transport.MOST_BYTES", 100_000)
    model_server.say(answers_bytes(b": nothing\n\n" * 10_000, kind))
    turn = await ask(model_server, tmp_path, planner_stream=kind == "text/event-stream")
    assert turn.problems == ["the model's server sent more than any answer needs"]


async def test_a_server_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    settings = load_settings(planner="openai:any", planner_base_url="http://127.0.0.1:9", home=tmp_path)
    turn = await speaker(settings).call_tools(ASK, [look], limit_s=20)
    assert turn.problems == ["the model's server could not be reached"]


async def test_text_that_no_file_takes_is_cleaned(model_server: ScriptedServer, tmp_path: Path) -> None:
    model_server.say(calls(("look", '{"photograph": "photo-1\\ud800\\u0000"}'), words="a\ud800b\x00c"))
    turn = await ask(model_server, tmp_path)
    assert turn.calls[0].args == {"photograph": "photo-1?"}
    assert turn.text == "a?bc"


@pytest.mark.parametrize("dialect", ["native", "json"])
async def test_a_record_is_written(model_server: ScriptedServer, tmp_path: Path, dialect: str) -> None:
    good = calls(("Note", {"grade": 2})) if dialect == "native" else text('Here it is: {"grade": 2}')
    model_server.say(text("The grade is two."), good)
    record, turn = await connect(model_server, tmp_path, planner_dialect=dialect).write(ASK, Note, limit_s=20)
    assert record == Note(grade=2)
    assert turn.problems == ["the model was asked again: its answer holds no JSON object"]


async def test_pictures_are_sent_and_counted(model_server: ScriptedServer, tmp_path: Path) -> None:
    model_server.say(GOOD)
    shown = [HumanMessage([{"type": "text", "text": "Look."}, picture_block(b"jpeg")])]
    turn = await connect(model_server, tmp_path, planner_dialect="native").call_tools(shown, [look], limit_s=20)
    assert turn.usage.pictures == 1
    assert (
        model_server.requests[0]["messages"][0]["content"][1]["image_url"]["url"] == "data:image/jpeg;base64,anBlZw=="
    )


async def test_a_model_that_takes_no_pictures_is_shown_none_from_then_on(
    model_server: ScriptedServer, tmp_path: Path
) -> None:
    model_server.takes_pictures = False
    shown = [HumanMessage([{"type": "text", "text": "Look."}, picture_block(b"jpeg")])]
    one = connect(model_server, tmp_path, planner_dialect="native")
    assert one.sees
    turn = await one.call_tools(shown, [look], limit_s=20)
    assert turn.problems == [
        "pictures were left out: the model takes none",
    ]
    assert not one.sees and not connect(model_server, tmp_path).sees


async def test_a_refused_request_is_not_blamed_on_its_pictures(model_server: ScriptedServer, tmp_path: Path) -> None:
    model_server.say(fails(400))
    shown = [HumanMessage([{"type": "text", "text": "Look."}, picture_block(b"jpeg")])]
    one = connect(model_server, tmp_path, planner_dialect="native")
    turn = await one.call_tools(shown, [look], limit_s=20)
    assert turn.problems == ["the model's server answered an error (status 400)"]
    assert one.sees


async def test_no_problem_quotes_the_key_or_the_case(model_server: ScriptedServer, tmp_path: Path) -> None:
    model_server.say(
        answers_bytes(b'{"error": "sk-secret about Meier"}'), fails(401), calls(("Meier", {"Meier": "Meier"}))
    )
    for _ in range(3):
        turn = await ask(model_server, tmp_path, planner_api_key="sk-secret")
        assert "sk-secret" not in turn.model_dump_json() and "Meier" not in " ".join(turn.problems)
    assert model_server.headers[0]["authorization"] == "Bearer sk-secret"
