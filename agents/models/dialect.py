"""Two ways of asking for tool calls: the provider's own, and JSON in plain text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field

from .listen import Ear

Dialect = Literal["auto", "native", "json"]

CALLS_AS_JSON = (
    "You act only by JSON. Answer with one JSON object and nothing else: "
    '{"say": "a few words", "calls": [{"name": "a tool", "args": {}}]}. '
    "An empty list of calls means that you need nothing more. These are the tools, each with the JSON schema of its args:\n"
)
RECORD_AS_JSON = "Answer with one JSON object and nothing else. It must fit this JSON schema:\n"
RECORD_BY_CALL = "Answer by one call of {name}; its arguments are your answer."
ONCE_MORE = "That answer cannot be used: {wrong}. Answer again, the whole of it, with nothing but the JSON."


class Ready(BaseModel):
    """Says that tools can be called."""

    word: str = Field(description="The word yes")


async def chosen_dialect(ear: Ear, model: BaseChatModel) -> Dialect | None:
    """Whether the model calls tools in the provider's own way, asked without any case in the question.

    None when nobody answers, with the reason among the problems.
    """
    try:
        bound = model.bind_tools([Ready])
    except NotImplementedError:
        return "json"
    question = [HumanMessage(f"Call the tool {Ready.__name__} with the word yes.")]
    answer = await ear.ask(bound, question, quietly=True)
    if answer is not None:
        return "native" if any(wish.name == Ready.__name__ for wish in answer.wishes) else "json"
    if ear.failure is not None and ear.failure.refuses and await ear.ask(model, question, quietly=True) is not None:
        return "json"
    if ear.failure is not None:
        ear.note(ear.failure.line)
    return None


def ask_for_calls(messages: Sequence[BaseMessage], tools: Sequence[BaseTool]) -> list[BaseMessage]:
    """The messages in the JSON dialect: tools in the system's words, earlier calls and results as text."""
    offered = [{"name": t.name, "description": t.description, "args": _schema_of(t.tool_call_schema)} for t in tools]
    return _with_instruction(messages, CALLS_AS_JSON + "\n".join(json.dumps(tool) for tool in offered))


def ask_for_record(messages: Sequence[BaseMessage], schema: type[BaseModel], dialect: Dialect) -> list[BaseMessage]:
    """The messages that ask for one record."""
    if dialect == "native":
        return _with_instruction(messages, RECORD_BY_CALL.format(name=schema.__name__))
    return _with_instruction(messages, RECORD_AS_JSON + json.dumps(_schema_of(schema)))


def ask_once_more(asked: Sequence[BaseMessage], text: str, wrong: Sequence[str]) -> list[BaseMessage]:
    """The messages with the answer that could not be used and why."""
    return [*asked, AIMessage(text.strip() or "(nothing)"), HumanMessage(ONCE_MORE.format(wrong="; ".join(wrong)))]


def _with_instruction(messages: Sequence[BaseMessage], instruction: str) -> list[BaseMessage]:
    plain = [_plain(message) for message in messages]
    if plain and isinstance(plain[0], SystemMessage) and isinstance(plain[0].content, str):
        return [SystemMessage(f"{plain[0].content}\n\n{instruction}"), *plain[1:]]
    return [SystemMessage(instruction), *plain]


def _plain(message: BaseMessage) -> BaseMessage:
    """A message without calls of its own: calls and their results become text."""
    if isinstance(message, AIMessage) and message.tool_calls:
        calls = [{"name": call["name"], "args": call["args"]} for call in message.tool_calls]
        return AIMessage(json.dumps({"say": str(message.text), "calls": calls}))
    if isinstance(message, ToolMessage):
        return HumanMessage(f"Result of {message.name or 'the call'}: {message.text}")
    return message


def _schema_of(schema: object) -> object:
    """A JSON schema without the titles that pydantic adds."""
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        schema = schema.model_json_schema()
    if isinstance(schema, dict):
        return {k: _schema_of(v) for k, v in schema.items() if not (k == "title" and isinstance(v, str))}
    return [_schema_of(item) for item in schema] if isinstance(schema, list) else schema
