"""The real clients of the other providers, each against a server that speaks its protocol on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fundoscope.agents.models import picture_block, speaker
from fundoscope.settings import load_settings
from langchain_core.messages import HumanMessage, SystemMessage

from .test_speaker import Note, look

ARGUMENTS = {"Ready": {"word": "yes"}, "look": {"photograph": "photo-1"}, "Note": {"grade": 2}}
SHOWN = [SystemMessage("You plan."), HumanMessage([{"type": "text", "text": "Look."}, picture_block(b"jpeg")])]


class Handler(BaseHTTPRequestHandler):
    """Calls the first tool it is offered, in Ollama's words or in Anthropic's."""

    seen: list[dict[str, Any]]

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append({"path": self.path, "headers": str(self.headers), **request})
        tool = request["tools"][0]
        name = tool.get("function", tool)["name"]
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if self.path == "/v1/messages" else "application/x-ndjson")
        self.end_headers()
        for line in anthropic(name) if self.path == "/v1/messages" else ollama(name):
            self.wfile.write(line)


def ollama(name: str) -> Iterator[bytes]:
    head = {"model": "any", "created_at": "2026-01-01T00:00:00Z"}
    call = {"function": {"name": name, "arguments": ARGUMENTS[name]}}
    yield json.dumps({**head, "message": {"role": "assistant", "content": "", "tool_calls": [call]}}).encode() + b"\n"
    last = {"done": True, "done_reason": "stop", "prompt_eval_count": 7, "eval_count": 3}
    yield json.dumps({**head, "message": {"role": "assistant", "content": ""}, **last}).encode() + b"\n"


def anthropic(name: str) -> Iterator[bytes]:
    message = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "any", "stop_reason": None}
    block = {"type": "tool_use", "id": "t", "name": name, "input": {}}
    written = {"type": "input_json_delta", "partial_json": json.dumps(ARGUMENTS[name])}
    for event in (
        {"type": "message_start", "message": {**message, "usage": {"input_tokens": 7, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": written},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 3}},
        {"type": "message_stop"},
    ):
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


@pytest.fixture
def server() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(the address, the requests it got)."""
    seen: list[dict[str, Any]] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Seen", (Handler,), {"seen": seen})) as http:
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}", seen
        http.shutdown()


@pytest.mark.parametrize("provider", ["ollama", "anthropic"])
@pytest.mark.parametrize("path", ["", "/v1"])
async def test_a_provider_is_spoken_with_in_its_own_protocol(
    provider: str, path: str, server: tuple[str, list[dict[str, Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(f"langchain_{provider}")
    for name in ("ANTHROPIC_API_KEY", "OLLAMA_API_KEY"):
        monkeypatch.setenv(name, "own")
    url, seen = server
    one = speaker(load_settings(planner=f"{provider}:any", planner_base_url=url + path, home=tmp_path))
    assert (one.name, one.remote) == (f"{provider}:any at {url}", False)
    turn = await one.call_tools(SHOWN, [look], limit_s=20)
    assert [(c.name, c.args) for c in turn.calls] == [("look", {"photograph": "photo-1"})]
    assert turn.problems == [] and turn.usage.tokens_out == 3 + 3
    record, _ = await one.write(SHOWN, Note, limit_s=20)
    assert record == Note(grade=2)
    assert {r["path"] for r in seen} == {"/api/chat" if provider == "ollama" else "/v1/messages"}
    assert (
        "anBlZw==" in json.dumps(seen[1]) and ": own" not in json.dumps(seen) and "Bearer own" not in json.dumps(seen)
    )
