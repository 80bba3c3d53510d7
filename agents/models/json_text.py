"""JSON in a model's text: inside fences, after reasoning, before trailing words, with the slips models make."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MOST_STARTS = 200
"""Places of one text where a JSON value is looked for."""
DEEPEST = 64
"""Levels of nesting that are read; deeper text is no answer of ours."""

_REASONING = re.compile(r"<(think|thinking|reasoning)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def clean_text(text: str) -> str:
    """The text without what no file or database takes: lone surrogates, control characters."""
    return _CONTROL.sub("", text.encode("utf-8", "replace").decode("utf-8"))


def cleaned(value: Any) -> Any:
    """`clean_text` on every string of a JSON value."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    return value


def without_reasoning(text: str) -> str:
    """The text without the thoughts that some models write before they answer."""
    return _REASONING.sub("", text).strip()


def load_json(text: str) -> Any:
    """A whole text as JSON; trailing commas are forgiven, NaN and Infinity are not. Raises ValueError."""
    text = text.strip()
    if _depth(text) > DEEPEST:
        raise ValueError("nested too deeply")
    try:
        value = json.loads(text, parse_constant=_refuse, strict=False)
    except ValueError:
        value = json.loads(_TRAILING_COMMA.sub(r"\1", text), parse_constant=_refuse, strict=False)
    return value


def json_values(text: str) -> Iterator[Any]:
    """The JSON objects and arrays of a text, outermost first, in their order."""
    decoder = json.JSONDecoder(parse_constant=_refuse, strict=False)
    text = without_reasoning(text)
    if _depth(text) > DEEPEST:
        return
    text = _TRAILING_COMMA.sub(r"\1", text)
    position = 0
    for _ in range(MOST_STARTS):
        start = re.compile(r"[{\[]").search(text, position)
        if start is None:
            return
        try:
            value, position = decoder.raw_decode(text, start.start())
        except ValueError:
            position = start.end()
            continue
        yield cleaned(value)


def _depth(text: str) -> int:
    """How deeply brackets are nested, those inside strings included: an upper bound."""
    depth = deepest = 0
    for character in text:
        if character in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}]":
            depth = max(depth - 1, 0)
    return deepest


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")
