"""The one who speaks with a chat model for the graph: tool calls and written records, whatever model it is."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.tools import BaseTool
from pydantic import BaseModel, ValidationError

from .calls import check_calls, said, what_is_wrong, written_wishes
from .dialect import Dialect, ask_for_calls, ask_for_record, ask_once_more, chosen_dialect
from .json_text import json_values, without_reasoning
from .listen import CHARACTERS_PER_TOKEN, Answer, Ear, Model
from .memory import Memory
from .pictures import count_pictures, grey_square, without_pictures
from .turn import Call, Turn, Usage

__all__ = ["Call", "Speaker", "Turn", "Usage"]

R = TypeVar("R", bound=BaseModel)

_REFUSAL = re.compile(
    r"\W*(i'?m sorry|i am sorry|sorry,|i can(?:no|'|’)t|i'?m (?:not able|unable)|i am (?:not able|unable))", re.I
)


class Speaker:
    """Wraps one chat model. Nothing that the model or its server does is raised: it becomes a line in `problems`.

    `name`: the setting, secrets left out; `remote`: whether messages leave this machine; `sees`: whether pictures may be
    put in; `dialect`: `auto` finds out once, by a question without any case in it, and remembers it in the file `memory`;
    without `sees_for_sure` a model that refuses pictures is shown none from then on.
    """

    def __init__(
        self,
        model: BaseChatModel,
        *,
        name: str = "model",
        remote: bool = False,
        sees: bool = False,
        sees_for_sure: bool = True,
        writes: bool = True,
        dialect: Dialect = "auto",
        memory: Path | None = None,
        max_tokens: int = 2048,
        timeout: float = 300.0,
    ) -> None:
        self.model = model
        self.name = name
        self.remote = remote
        self._writes = writes
        self._dialect: Dialect = dialect
        self._memory = Memory(memory, name)
        self._sees_for_sure = sees_for_sure
        self.sees = sees and (sees_for_sure or self._memory.recall("sees") != "no")
        self._most_characters = max_tokens * CHARACTERS_PER_TOKEN
        self._timeout = timeout

    @property
    def dialect(self) -> Dialect:
        """How the model calls tools; `auto` until it was found out."""
        return self._dialect

    async def call_tools(self, messages: Sequence[BaseMessage], tools: Sequence[BaseTool], *, limit_s: float) -> Turn:
        """Ask the model which tools to call. Every call that comes back fits its tool's argument schema."""
        ear = self._ear(limit_s)
        dialect = await self._settled(ear)
        if dialect is None:
            return Turn(problems=ear.problems, usage=ear.done())
        model, dialect = self._bound(dialect, list(tools))
        asked = list(messages) if dialect == "native" else ask_for_calls(messages, tools)
        answer = await self._answer(ear, model, asked)
        if answer is None:
            return Turn(problems=ear.problems, usage=ear.done())
        turn = _calls_of(answer, tools, dialect)
        if dialect == "json" and turn.problems and not _refused(answer):
            ear.note("the model was asked again: " + turn.problems[0])
            answer = await self._answer(ear, model, ask_once_more(asked, answer.text, turn.problems)) or answer
            turn = _calls_of(answer, tools, dialect)
        if _refused(answer) and not turn.calls:
            turn.problems = ["the model refused"]
        turn.problems = list(dict.fromkeys([*ear.problems, *turn.problems]))
        turn.usage = ear.done()
        return turn

    async def write(self, messages: Sequence[BaseMessage], schema: type[R], *, limit_s: float) -> tuple[R | None, Turn]:
        """Ask the model for one record. (a validated instance or None, the turn)."""
        if not self._writes:
            return None, Turn(problems=["the built-in planner writes nothing"])
        ear = self._ear(limit_s)
        dialect = await self._settled(ear)
        if dialect is None:
            return None, Turn(problems=ear.problems, usage=ear.done())
        model, dialect = self._bound(dialect, [schema])
        asked = ask_for_record(messages, schema, dialect)
        answer = await self._answer(ear, model, asked)
        record, wrong = (None, "") if answer is None else _record_of(answer, schema)
        if answer is not None and record is None and not _refused(answer):
            ear.note("the model was asked again: " + wrong)
            written = answer.text or json.dumps([wish.args for wish in answer.wishes])
            answer = await self._answer(ear, model, ask_once_more(asked, written, [wrong])) or answer
            record, wrong = _record_of(answer, schema)
        text = "" if answer is None else without_reasoning(answer.text)
        if answer is not None and record is None:
            ear.note("the model refused" if _refused(answer) else wrong)
        return record, Turn(text=text, problems=ear.problems, usage=ear.done())

    def _ear(self, limit_s: float) -> Ear:
        return Ear(min(limit_s, self._timeout), self._most_characters)

    async def _settled(self, ear: Ear) -> Dialect | None:
        """The model's dialect, found out and remembered on first use; None when nobody answers."""
        if self._dialect == "auto":
            known = cast("Dialect | None", self._memory.recall("dialect"))
            found = known if known in ("native", "json") else await chosen_dialect(ear, self.model)
            if found is None:
                return None
            self._dialect = found
            self._memory.keep("dialect", found)
        return self._dialect

    def _bound(self, dialect: Dialect, tools: Sequence[BaseTool | type[BaseModel]]) -> tuple[Model, Dialect]:
        """The model that knows the tools; a model that cannot call any is spoken with in JSON, whatever is forced."""
        if dialect == "native":
            try:
                return self.model.bind_tools(tools), dialect
            except NotImplementedError:
                self._dialect = "json"
        return self.model, "json"

    async def _answer(self, ear: Ear, model: Model, messages: Sequence[BaseMessage]) -> Answer | None:
        """The answer. Pictures are left out for a model that takes none, which shows when it refuses them."""
        pictures = count_pictures(messages)
        if pictures and not self.sees:
            return await self._without_pictures(ear, model, messages)
        ear.usage.pictures = max(ear.usage.pictures, pictures)
        answer = await ear.ask(model, messages, quietly=True)
        failure = ear.failure
        if answer is not None or failure is None:
            return answer
        if pictures and failure.refuses and not self._sees_for_sure and await self._takes_no_pictures(ear):
            self.sees = False
            self._memory.keep("sees", "no")
            return await self._without_pictures(ear, model, messages)
        ear.note(failure.line)
        return None

    async def _without_pictures(self, ear: Ear, model: Model, messages: Sequence[BaseMessage]) -> Answer | None:
        ear.note("pictures were left out: the model takes none")
        return await ear.ask(model, without_pictures(messages))

    async def _takes_no_pictures(self, ear: Ear) -> bool:
        """Whether the model refuses a grey square where it takes words."""
        square = HumanMessage([{"type": "text", "text": "Say yes."}, grey_square()])
        if await ear.ask(self.model, [square], quietly=True) is not None or not (ear.failure and ear.failure.refuses):
            return False
        return await ear.ask(self.model, [HumanMessage("Say yes.")], quietly=True) is not None


def _calls_of(answer: Answer, tools: Sequence[BaseTool], dialect: Dialect) -> Turn:
    wishes = (answer.wishes if dialect == "native" else None) or written_wishes(answer.text)
    calls, problems = check_calls(wishes or (), tools)
    if not wishes and not answer.text.strip():
        problems.append("the model's answer was empty")
    elif wishes is None and dialect == "json":
        problems.append("its answer holds no JSON with calls")
    if answer.out_of_room:
        problems.append("the model's answer was cut off at its most tokens")
    words = said(answer.text) if dialect == "json" else None
    return Turn(calls=calls, text=without_reasoning(answer.text) if words is None else words, problems=problems)


def _record_of(answer: Answer, schema: type[R]) -> tuple[R | None, str]:
    """(the record, "") or (None, why not, in one line)."""
    wrong = "its answer holds no JSON object"
    written = [wish.args for wish in answer.wishes if wish.args is not None]
    for value in [*written, *json_values(answer.text)]:
        if isinstance(value, dict):
            try:
                return schema.model_validate(value), ""
            except ValidationError as error:
                wrong = what_is_wrong(error, schema)
    return None, wrong


def _refused(answer: Answer) -> bool:
    """Whether the provider says that the model refused, or its words begin so."""
    text = without_reasoning(answer.text)
    return answer.refused or (_REFUSAL.match(text) is not None and "{" not in text)
