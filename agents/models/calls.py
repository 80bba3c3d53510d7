"""Tool calls as models write them, held against the tools that were offered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.tools import BaseTool
from pydantic import BaseModel, ValidationError

from .json_text import cleaned, json_values, load_json
from .turn import Call

MOST_CALLS = 16
"""Calls taken from one answer; more are dropped."""

_NAMES = ("name", "tool", "function", "tool_name")
_ARGUMENTS = ("args", "arguments", "parameters", "input")
_LISTS = ("calls", "tool_calls", "tools", "actions")

_PLAIN_RULES = (
    "missing",
    "literal_error",
    "enum",
    "greater_than",
    "greater_than_equal",
    "less_than",
    "less_than_equal",
)
"""Rules, with those that end in `_type`, whose message names what is allowed and never what was given."""


@dataclass(frozen=True)
class Wish:
    """A call as it was written. `args` is None when the arguments are no JSON object."""

    name: str
    args: dict[str, Any] | None


def native_wishes(message: AIMessage) -> list[Wish]:
    """The calls of a message in the provider's own form. Half a call's arguments are no arguments."""
    if isinstance(message, AIMessageChunk) and message.tool_call_chunks:
        return [Wish(str(c["name"] or ""), _object(c["args"] or "{}")) for c in message.tool_call_chunks]
    good = [Wish(call["name"], _object(call["args"])) for call in message.tool_calls]
    return good + [Wish(str(call["name"] or ""), _object(call["args"])) for call in message.invalid_tool_calls]


def written_wishes(text: str) -> list[Wish] | None:
    """The calls written as JSON in a text; None when there is no JSON of that kind, [] for "no calls"."""
    found: list[Wish] | None = None
    for value in json_values(text):
        wishes = _wishes_of(value)
        if wishes is not None:
            found = [*(found or []), *wishes]
    return found


def said(text: str) -> str | None:
    """What the answer in JSON says in words, if it does."""
    for value in json_values(text):
        if isinstance(value, dict) and isinstance(value.get("say"), str):
            return str(value["say"])
    return None


def check_calls(wishes: Iterable[Wish], tools: Sequence[BaseTool]) -> tuple[list[Call], list[str]]:
    """The calls that may be made, and a line on each that may not.

    A call is dropped when its tool is unknown, its arguments do not fit the tool's schema (unknown ones included),
    it stands there twice, or MOST_CALLS others came before it.
    """
    schemas = {tool.name: tool.tool_call_schema for tool in tools}
    calls: list[Call] = []
    problems: list[str] = []
    seen: set[str] = set()
    over = 0
    for wish in wishes:
        if wish.name not in schemas:
            problem: str | None = "a call of an unknown tool was dropped"
        elif wish.args is None:
            problem = f"a call of {wish.name} was dropped: its arguments are no JSON object"
        else:
            args, wrong = checked_arguments(wish.args, schemas[wish.name])
            problem = None if wrong is None else f"a call of {wish.name} was dropped: {wrong}"
            key = json.dumps([wish.name, args], sort_keys=True, default=str)
            if problem is None and key in seen:
                problem = f"a repeated call of {wish.name} was dropped"
            elif problem is None and len(calls) == MOST_CALLS:
                over += 1
            elif problem is None:
                seen.add(key)
                calls.append(Call(name=wish.name, args=args))
        if problem is not None and problem not in problems:
            problems.append(problem)
    if over:
        problems.append(f"{over} calls beyond the first {MOST_CALLS} were dropped")
    return calls, problems


def checked_arguments(args: dict[str, Any], schema: Any) -> tuple[dict[str, Any], str | None]:
    """(arguments as the schema has them, None), or ({}, what is wrong with them in one line)."""
    if not (isinstance(schema, type) and issubclass(schema, BaseModel)):
        raise TypeError("tools for a planner describe their arguments by a pydantic model")
    known = {field.alias or name for name, field in schema.model_fields.items()}
    if not set(args) <= known:
        return {}, "it has an argument that the tool does not know"
    try:
        return schema.model_validate(args).model_dump(mode="json", exclude_unset=True, by_alias=True), None
    except ValidationError as error:
        return {}, what_is_wrong(error, schema)


def what_is_wrong(error: ValidationError, schema: type[BaseModel]) -> str:
    """The first slip of a validation in one line, by the schema's own field names and rules; no value is quoted."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    fields = _field_names(schema.model_json_schema())
    where = ".".join(str(part) for part in first["loc"] if isinstance(part, int) or part in fields)
    plain = first["type"].endswith("_type") or first["type"] in _PLAIN_RULES
    words = first["msg"] if plain else first["type"].replace("_", " ")
    return f"{where}: {words}" if where else words


def _field_names(schema: Any) -> set[str]:
    """The names of all fields in a JSON schema."""
    if isinstance(schema, list):
        return set().union(*map(_field_names, schema))
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties")
    return set(own if isinstance(own, dict) else ()).union(*map(_field_names, schema.values()))


def _wishes_of(value: Any) -> list[Wish] | None:
    if isinstance(value, list):
        wishes = [_wish_of(item) for item in value]
        return [wish for wish in wishes if wish is not None] if any(wishes) else None
    if not isinstance(value, dict):
        return None
    for key in _LISTS:
        if isinstance(value.get(key), list):
            return list(_all_wishes(value[key]))
    wish = _wish_of(value)
    return None if wish is None else [wish]


def _all_wishes(items: list[Any]) -> Iterator[Wish]:
    for item in items:
        yield _wish_of(item) or Wish("", None)


def _wish_of(item: Any) -> Wish | None:
    """{"name": ..., "args": ...} or what providers write for it."""
    if not isinstance(item, dict):
        return None
    if isinstance(item.get("function"), dict):
        item = item["function"]
    name = next((item[key] for key in _NAMES if isinstance(item.get(key), str)), None)
    if name is None:
        return None
    return Wish(name, _object(next((item[key] for key in _ARGUMENTS if key in item), {})))


def _object(args: Any) -> dict[str, Any] | None:
    if isinstance(args, str):
        try:
            args = load_json(args)
        except ValueError:
            return None
    return cleaned(args) if isinstance(args, dict) else None
