"""What comes back from a model: calls that may be made, text, what went wrong, and what it cost."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ...records.base import Record


class Usage(Record):
    """What one turn cost. `tokens_*` are None when the model does not say; `pictures` were in the messages sent."""

    model_calls: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None
    seconds: float = 0.0
    pictures: int = 0


class Call(Record):
    """A tool call whose name and arguments were checked against the tools offered."""

    name: str
    args: dict[str, Any]


class Turn(Record):
    """One answer of a model. `problems` are one line each and quote neither the model, nor its server, nor the case."""

    calls: list[Call] = Field(default_factory=list)
    text: str = ""
    problems: list[str] = Field(default_factory=list)
    usage: Usage = Field(default_factory=Usage)
