"""A local HTTP server that speaks OpenAI chat completions as it is told to, well or badly, and keeps every byte it receives.

    with ScriptedServer() as server:                 # or the fixture `model_server`
        server.say(calls(("grade_retinopathy", {"photograph": "photo-1"})), text("Nothing more."))
        settings = load_settings(planner="openai:any", planner_base_url=server.url)
        ...
        assert b"Meier" not in server.everything

Behaviours are used up in their order, one a request; a function of the request's JSON may stand for one. After the last,
`server.otherwise` answers. The question by which Fundoscope finds out whether a model calls tools (`Ready`) is answered
by the server itself, with a call when `server.native`, and uses up no behaviour, unless `server.answers_ready` is False.
"""

from __future__ import annotations

import io
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Behaviour:
    """What one request gets. `content` and `calls` make a good answer; the others spoil it."""

    content: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    finish: str | None = None
    refusal: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    delay_s: float = 0.0
    cut_after: int | None = None
    clean_cut: bool = False
    endless: str = ""
    pace_s: float = 0.0


Script = Behaviour | Callable[[dict[str, Any]], Behaviour]


def text(words: str, finish: str | None = None) -> Behaviour:
    """An answer in words."""
    return Behaviour(content=words, finish=finish)


def calls(*wanted: tuple[str, Any], words: str = "") -> Behaviour:
    """Native tool calls: (name, arguments as a dict, or as a string that is sent as it is)."""
    return Behaviour(words, tuple((name, a if isinstance(a, str) else json.dumps(a)) for name, a in wanted))


def refusal(words: str = "I cannot help with that.") -> Behaviour:
    """A refusal in the protocol's own field."""
    return Behaviour(refusal=words)


def fails(status: int, **headers: str) -> Behaviour:
    """An HTTP error; `retry_after="1"` becomes the header Retry-After."""
    body = json.dumps({"error": {"message": "no", "type": "server_error"}}).encode()
    return Behaviour(status=status, body=body, headers={k.replace("_", "-").title(): v for k, v in headers.items()})


def answers_bytes(body: bytes, kind: str = "application/json") -> Behaviour:
    """These bytes as the whole answer."""
    return Behaviour(body=body, headers={"Content-Type": kind})


def hangs(seconds: float) -> Behaviour:
    """Nothing for so long, then an answer."""
    return Behaviour("late", delay_s=seconds)


def cut(behaviour: Behaviour, after: int, *, clean: bool = False) -> Behaviour:
    """The answer, broken off after so many pieces; `clean` closes the connection as if it were whole."""
    return replace(behaviour, cut_after=after, clean_cut=clean)


def endless(piece: str = "and so on ", *, pace_s: float = 0.0) -> Behaviour:
    """A stream that never ends; `pace_s`: seconds before each piece."""
    return Behaviour(endless=piece, pace_s=pace_s)


class ScriptedServer:
    """The server; a context manager."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        """The JSON of every request but the server's own answers to `Ready`."""
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.everything = bytearray()
        """Every byte received: request lines, headers and bodies."""
        self.native = True
        self.answers_ready = True
        self.takes_pictures = True
        self.otherwise: Script = text("Nothing more.")
        self.stopped = threading.Event()
        self._script: deque[Script] = deque()
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def say(self, *script: Script) -> None:
        """Behaviours for the next requests."""
        self._script.extend(script)

    def __enter__(self) -> ScriptedServer:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._http.shutdown()
        self._http.server_close()

    def behaviour_for(self, request: dict[str, Any]) -> Behaviour:
        """What this request gets."""
        names = [tool["function"]["name"] for tool in request.get("tools", [])]
        if names == ["Ready"] and self.answers_ready:
            return calls(("Ready", {"word": "yes"})) if self.native else text("yes")
        with self._lock:
            self.requests.append(request)
            if not self.takes_pictures and '"image_url"' in json.dumps(request):
                return fails(400)
            script = self._script.popleft() if self._script else self.otherwise
        return script if isinstance(script, Behaviour) else script(request)


class _Tee(io.BufferedIOBase):
    """Reads on, keeping a copy."""

    def __init__(self, source: Any, copy: bytearray) -> None:
        self._source, self._copy = source, copy

    def read(self, size: int | None = -1) -> bytes:
        data = self._source.read(size)
        self._copy.extend(data)
        return data

    def readline(self, size: int | None = -1) -> bytes:
        data = self._source.readline(size)
        self._copy.extend(data)
        return data

    def close(self) -> None:
        self._source.close()


class _Handler(BaseHTTPRequestHandler):
    owner: ScriptedServer
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.rfile = _Tee(self.rfile, self.owner.everything)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.owner.paths.append(self.path)
        self.owner.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.close_connection = True
        if self.path != "/v1/chat/completions":
            self._whole(404, b"{}", {})
            return
        behaviour = self.owner.behaviour_for(request)
        self.owner.stopped.wait(behaviour.delay_s)
        try:
            if behaviour.body is not None or behaviour.status != 200:
                self._whole(behaviour.status, behaviour.body or b"", behaviour.headers)
            elif request.get("stream"):
                usage = bool((request.get("stream_options") or {}).get("include_usage"))
                self._stream(behaviour, usage)
            else:
                self._whole(200, json.dumps(completion(behaviour)).encode(), {}, behaviour.cut_after)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _whole(self, status: int, body: bytes, headers: dict[str, str], cut_after: int | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if cut_after is None else body[:cut_after])

    def _stream(self, behaviour: Behaviour, usage: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, event in enumerate(events(behaviour, usage)):
            if behaviour.cut_after is not None and number >= behaviour.cut_after:
                if behaviour.clean_cut:
                    self._piece(b"")
                return
            if self.owner.stopped.wait(behaviour.pace_s):
                return
            self._piece(b"data: " + event + b"\n\n")
        self._piece(b"")

    def _piece(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


def completion(behaviour: Behaviour) -> dict[str, Any]:
    """The answer whole."""
    message: dict[str, Any] = {"role": "assistant", "content": behaviour.content or behaviour.endless * 200_000}
    if behaviour.refusal:
        message["refusal"] = behaviour.refusal
    if behaviour.calls:
        message["tool_calls"] = [_call(n, name, args) for n, (name, args) in enumerate(behaviour.calls)]
    choice = {"index": 0, "message": message, "finish_reason": _finish(behaviour)}
    return {**_head("chat.completion"), "choices": [choice], "usage": _USAGE}


def events(behaviour: Behaviour, usage: bool) -> Iterator[bytes]:
    """The answer as a stream's events."""
    yield _chunk({"role": "assistant", "content": ""})
    while behaviour.endless:
        yield _chunk({"content": behaviour.endless})
    for start in range(0, len(behaviour.content), 24):
        yield _chunk({"content": behaviour.content[start : start + 24]})
    if behaviour.refusal:
        yield _chunk({"refusal": behaviour.refusal})
    for n, (name, args) in enumerate(behaviour.calls):
        half = len(args) // 2
        yield _chunk({"tool_calls": [{**_call(n, name, args[:half]), "index": n}]})
        yield _chunk({"tool_calls": [{"index": n, "function": {"arguments": args[half:]}}]})
    yield _chunk({}, _finish(behaviour))
    if usage:
        yield json.dumps({**_head("chat.completion.chunk"), "choices": [], "usage": _USAGE}).encode()
    yield b"[DONE]"


_USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


def _head(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": int(time.time()), "model": "any"}


def _chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({**_head("chat.completion.chunk"), "choices": [choice]}).encode()


def _call(number: int, name: str, arguments: str) -> dict[str, Any]:
    return {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": arguments}}


def _finish(behaviour: Behaviour) -> str:
    return behaviour.finish or ("tool_calls" if behaviour.calls else "stop")
