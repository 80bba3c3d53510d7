"""A planner that does as it is told: a chat model with a script, and a scope that plans with it and shares the experts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from fundoscope import Fundoscope
from fundoscope.agents.models import Speaker
from fundoscope.agents.state import Engine
from fundoscope.settings import load_settings
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from pydantic import PrivateAttr

Answer = AIMessage | Exception | Callable[[list[BaseMessage]], AIMessage]


def asks(*wanted: tuple[str, dict[str, Any]], words: str = "") -> AIMessage:
    """An answer that calls tools."""
    calls = [
        {"name": name, "args": args, "id": f"call-{n}", "type": "tool_call"} for n, (name, args) in enumerate(wanted)
    ]
    return AIMessage(words, tool_calls=calls)


def brief_of(messages: Sequence[BaseMessage]) -> dict[str, Any]:
    """What the planner was told, from its messages."""
    content = messages[-1].content
    words = content if isinstance(content, str) else content[0]["text"]  # type: ignore[index]
    return dict(json.loads(words))


def pictures_of(messages: Sequence[BaseMessage]) -> list[str]:
    """The pictures of the messages, base64."""
    content = messages[-1].content
    return (
        []
        if isinstance(content, str)
        else [p["base64"] for p in content if isinstance(p, dict) and p["type"] == "image"]
    )


class ScriptedModel(BaseChatModel):
    """Answers from its script in turn, the last for ever, and keeps what it was asked."""

    script: list[Any]
    _asked: list[list[BaseMessage]] = PrivateAttr(default_factory=list)
    _offered: list[list[str]] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def asked(self) -> list[list[BaseMessage]]:
        return self._asked

    @property
    def offered(self) -> list[list[str]]:
        return self._offered

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Runnable[Any, AIMessage]:
        self._offered.append([tool.name for tool in tools])
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        answer = self.script[min(len(self._asked), len(self.script) - 1)]
        self._asked.append(messages)
        if isinstance(answer, Exception):
            raise answer
        message = answer if isinstance(answer, AIMessage) else answer(messages)
        return ChatResult(generations=[ChatGeneration(message=message)])


def planned_by(
    scope: Fundoscope,
    *script: Answer,
    sees: bool = True,
    remote: bool = True,
    session: str = "planned",
    **settings: Any,
) -> tuple[Fundoscope, ScriptedModel]:
    """A scope whose planner follows the script, with the experts of `scope`."""
    model = ScriptedModel(script=list(script))
    speaker = Speaker(model, name="scripted", remote=remote, sees=sees, dialect="native")
    planned = Fundoscope(load_settings(**{**scope.settings.model_dump(), **settings}), session=session)
    planned._engine = Engine(planned.settings, scope.engine.bench, speaker, scope.engine.shelf)
    return planned, model
