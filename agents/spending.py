"""What a case has cost so far, held against its policy, and written down for the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..records.report import Planning
from .models import Turn
from .policy import Spent
from .state import CaseState, elapsed

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

CHARACTERS_PER_TOKEN = 4
MOST_LINES = 20
"""Problems and cuts of a case that the report lists."""


def spent_of(state: CaseState, record: Planning) -> Spent:
    """What this run has cost, and how many pictures the case."""
    before = state["before"]
    return Spent(
        wall_s=elapsed(state),
        rounds=state["rounds"],
        model_calls=record.turns - before["turns"],
        tool_calls=record.tool_calls - before["tool_calls"],
        tokens=record.tokens - before["tokens"],
        pictures=len(record.pictures),
    )


def charge(record: Planning, turn: Turn, messages: Sequence[BaseMessage], picture_tokens: int = 0) -> None:
    """Add a turn of the model to the record: its calls, its tokens (estimated where it does not say) and its problems."""
    record.turns += max(1, turn.usage.model_calls)
    told = [count for count in (turn.usage.tokens_in, turn.usage.tokens_out) if count is not None]
    written = sum(len(str(message.text)) for message in messages) + len(turn.text)
    estimate = (written // CHARACTERS_PER_TOKEN + picture_tokens) * max(1, turn.usage.model_calls)
    record.tokens += sum(told) if told else estimate
    note(record.problems, *turn.problems)


def note(lines: list[str], *more: str) -> None:
    """Add lines, each once, while there is room."""
    for line in more:
        if line not in lines and len(lines) < MOST_LINES:
            lines.append(line)
