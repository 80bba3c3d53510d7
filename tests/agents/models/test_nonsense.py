"""Whatever a server puts in place of what belongs there, nothing is raised and no call comes through unchecked."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fundoscope.evals.scripted.server import ScriptedServer, answers_bytes, completion, events, text

from .test_server import ASK, GOOD, connect
from .test_speaker import Note, look

NONSENSE = (
    None,
    5,
    -1.5,
    True,
    "x" * 50,
    "\ud800",
    [],
    [[]],
    {},
    {"type": "text", "text": {}},
    [{"type": "text", "text": 5}],
)


def spoilt(value: Any) -> Iterator[Any]:
    """Copies of a JSON value, each with one part replaced by nonsense or left out."""
    for path in _paths(value):
        for nonsense in NONSENSE:
            yield _with(value, path, nonsense)
        yield _with(value, path, _LEFT_OUT)


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key in ("object", "created", "model"):
            continue
        yield (*above, key)
        yield from _paths(item, (*above, key))


_LEFT_OUT = object()


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    made = copy.deepcopy(value)
    *above, last = path
    target = made
    for key in above:
        target = target[key]
    if new is _LEFT_OUT:
        del target[last]
    else:
        target[last] = new
    return made


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
@pytest.mark.parametrize("stream", [True, False])
async def test_nonsense_is_never_raised(
    model_server: ScriptedServer, tmp_path: Path, stream: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundoscope.agents.models.listen.MOST_TRIES", 1)
    one = connect(model_server, tmp_path, planner_dialect="native", planner_stream=stream)
    if stream:
        good = [json.loads(event) for event in events(GOOD, True) if event != b"[DONE]"]
        bodies = [b"".join(b"data: " + json.dumps(e).encode() + b"\n\n" for e in bad) for bad in spoilt(good)][::2]
    else:
        bodies = [json.dumps(bad).encode() for bad in spoilt(completion(GOOD))]
    assert len(bodies) > 200
    for body in bodies:
        model_server.say(answers_bytes(body, "text/event-stream" if stream else "application/json"))
        turn = await one.call_tools(ASK, [look], limit_s=20)
        assert all(call.name == "look" and isinstance(call.args["photograph"], str) for call in turn.calls)
        assert all("\n" not in problem for problem in turn.problems)
        turn.model_dump_json().encode()


@pytest.mark.parametrize("dialect", ["native", "json"])
@pytest.mark.parametrize(
    "words", ["{" * 5000, "[" * 5000, '{"calls": [' * 500, '{"calls": NaN}', "\x00", '{"a":' + "9" * 9000 + "}"]
)
async def test_text_that_is_hard_to_parse_is_one_line(
    model_server: ScriptedServer, tmp_path: Path, dialect: str, words: str
) -> None:
    model_server.otherwise = text(words)
    one = connect(model_server, tmp_path, planner_dialect=dialect)
    turn = await one.call_tools(ASK, [look], limit_s=20)
    assert turn.calls == []
    record, turn = await one.write(ASK, Note, limit_s=20)
    assert record is None and turn.problems
