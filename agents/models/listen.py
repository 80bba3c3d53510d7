"""Asking a chat model: within a time, within a size, again where that can help, and never with an exception."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, cast

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable

from .calls import Wish, native_wishes
from .failures import CutShort, Failure, failure_of
from .json_text import clean_text
from .turn import Usage

MOST_TRIES = 3
"""Times one question is asked while the failures are passing ones."""
FIRST_WAIT_S = 0.25
"""Wait before the second try; doubled after that. A server's Retry-After counts instead."""
LONGEST_WAIT_S = 20.0
"""A server that asks to wait longer is not waited for."""
CHARACTERS_PER_TOKEN = 16
"""An answer longer than its tokens times this is cut off."""

REFUSALS = ("content_filter", "refusal", "safety")
OUT_OF_ROOM = ("length", "max_tokens")
"""Providers' words for why an answer ended."""

Model = BaseChatModel | Runnable[LanguageModelInput, AIMessage]


@dataclass(frozen=True)
class Answer:
    """What a model answered: its text, the calls in the provider's own form, whether it refused or had no room left."""

    text: str
    wishes: tuple[Wish, ...] = ()
    refused: bool = False
    out_of_room: bool = False


@dataclass
class Ear:
    """One turn's listening: its deadline, what it cost so far, what went wrong."""

    limit_s: float
    most_characters: int
    problems: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    failure: Failure | None = None
    """Why the last question got no answer; None when it got one."""

    def __post_init__(self) -> None:
        self._started = time.monotonic()
        self._deadline = self._started + self.limit_s

    @property
    def left_s(self) -> float:
        """Seconds left."""
        return self._deadline - time.monotonic()

    def note(self, problem: str) -> None:
        """Remember a problem, once."""
        if problem not in self.problems:
            self.problems.append(problem)

    def done(self) -> Usage:
        """What the turn cost."""
        self.usage.seconds = time.monotonic() - self._started
        return self.usage

    async def ask(self, model: Model, messages: Sequence[BaseMessage], *, quietly: bool = False) -> Answer | None:
        """The model's answer, or None with the reason in `failure` and, unless `quietly`, among the problems."""
        self.failure = None
        for attempt in range(1, MOST_TRIES + 1):
            if self.left_s <= 0:
                self.failure = self.failure or Failure("the time for this answer was used up")
                break
            answer = await self._try(model, messages)
            if answer is not None:
                self.failure = None
                return answer
            failure = cast(Failure, self.failure)
            if not failure.passing or attempt == MOST_TRIES:
                break
            wait = FIRST_WAIT_S * 2 ** (attempt - 1) if failure.wait_s is None else failure.wait_s
            if wait > LONGEST_WAIT_S or wait >= self.left_s:
                self.failure = Failure(f"{failure.line}; it was not waited for", failure.status)
                break
            await asyncio.sleep(wait)
        if not quietly and self.failure is not None:
            self.note(self.failure.line)
        return None

    async def _try(self, model: Model, messages: Sequence[BaseMessage]) -> Answer | None:
        self.usage.model_calls += 1
        self.failure = None
        try:
            async with asyncio.timeout(self.left_s):
                return await self._hear(model, messages)
        except TimeoutError:
            self.failure = Failure("the model gave no answer in time")
        except Exception as error:  # noqa: BLE001 - providers raise whatever they like; each becomes a line
            self.failure = failure_of(error)
        return None

    async def _hear(self, model: Model, messages: Sequence[BaseMessage]) -> Answer:
        """The answer, read as a stream so that an endless one can be stopped; what is left of such a one is its text."""
        chunks: list[AIMessage] = []
        size = 0
        async with aclosing(cast(Any, model.astream(list(messages)))) as stream:
            async for chunk in stream:
                chunks.append(chunk)
                size += _size(chunk)
                if size > self.most_characters:
                    self.note("the model's answer was cut off: it did not end")
                    break
        if not chunks:
            raise CutShort
        first, rest = chunks[0], chunks[1:]
        message = first.__add__(cast(Any, rest)) if isinstance(first, AIMessageChunk) and rest else first
        self._count(message)
        text = clean_text(str(message.text))
        if size > self.most_characters:
            return Answer(text[: self.most_characters])
        ended = _ended(message)
        if message.response_metadata.get("model_provider") == "openai" and not ended:
            raise CutShort
        return Answer(
            text,
            tuple(native_wishes(message)),
            refused=bool(message.additional_kwargs.get("refusal")) or ended in REFUSALS,
            out_of_room=ended in OUT_OF_ROOM,
        )

    def _count(self, message: AIMessage) -> None:
        told: Any = message.usage_metadata or {}
        given, written = told.get("input_tokens"), told.get("output_tokens")
        if isinstance(given, int) and given >= 0:
            self.usage.tokens_in = (self.usage.tokens_in or 0) + given
        if isinstance(written, int) and written >= 0:
            self.usage.tokens_out = (self.usage.tokens_out or 0) + written


def _size(chunk: AIMessage) -> int:
    """Characters of an answer's piece: text, reasoning, calls."""
    written = len(chunk.content) if isinstance(chunk.content, str) else len(str(chunk.content))
    calls = chunk.tool_call_chunks if isinstance(chunk, AIMessageChunk) else []
    thoughts = chunk.additional_kwargs.get("reasoning_content") or ""
    return written + len(str(thoughts)) + sum(len(c["args"] or "") + len(c["name"] or "") for c in calls)


def _ended(message: AIMessage) -> str:
    """Why the answer ended, in the provider's word; "" when it is not said."""
    told = (message.response_metadata.get(key) for key in ("finish_reason", "stop_reason", "done_reason"))
    return next((str(reason).lower() for reason in told if reason), "")
