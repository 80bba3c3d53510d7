"""A vision-language model on this machine, through transformers: `transformers:FOLDER`."""

from __future__ import annotations

import asyncio
import copy
import queue
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from ...settings import Settings
from ...threads import start
from .conversation import conversation, without_system
from .local_files import load, model_folder


def local_model(model: str, settings: Settings) -> LocalChatModel:
    """The model of a folder or a hub name. Raises BadSetting, in one line."""
    folder = model_folder(model, settings)
    network, processor = load(folder, settings)
    shown = folder.name if Path(model).expanduser().is_dir() else model
    return LocalChatModel(network, processor, name=shown, max_tokens=settings.planner_max_tokens)


class LocalChatModel(BaseChatModel):
    """A loaded network with its processor. It calls no tools of its own: the JSON dialect is spoken with it.

    Answers are greedy, so the same messages get the same answer. One answer is generated at a time.
    """

    max_tokens: int = 2048
    _network: Any = PrivateAttr()
    _processor: Any = PrivateAttr()
    _turn: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    def __init__(self, network: Any, processor: Any, **values: Any) -> None:
        super().__init__(**values)
        self._network = network
        self._processor = processor

    @property
    def sees(self) -> bool:
        """Whether the processor takes pictures."""
        return getattr(self._processor, "image_processor", None) is not None

    @property
    def _llm_type(self) -> str:
        return "fundoscope-transformers"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        pieces = list(self._stream(messages))
        whole = pieces[0] + pieces[1:]
        return ChatResult(generations=[whole])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        answer = _Answer(self, messages)
        try:
            while (piece := answer.next()) is not None:
                yield piece
        finally:
            answer.stop()

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        answer = _Answer(self, messages)
        try:
            while (piece := await asyncio.to_thread(answer.next)) is not None:
                yield piece
        finally:
            answer.stop()

    def inputs(self, messages: Sequence[BaseMessage]) -> Any:
        """What the network is given: tokens of the processor's own chat template and the pictures."""
        told = conversation(messages, self._processor.tokenizer)
        options = {"add_generation_prompt": True, "tokenize": True, "return_dict": True, "return_tensors": "pt"}
        try:
            prepared = self._processor.apply_chat_template(told, **options)
        except TemplateError:
            prepared = self._processor.apply_chat_template(without_system(told), **options)
        return prepared.to(self._network.device, dtype=self._network.dtype)

    def answer_into(self, messages: Sequence[BaseMessage], streamer: Any, stopped: threading.Event) -> UsageMetadata:
        """Generate into `streamer` until the answer ends, has its most tokens, or `stopped` is set."""
        import torch
        from transformers import StoppingCriteriaList

        settings = copy.deepcopy(self._network.generation_config)
        settings.update(do_sample=False, temperature=None, top_p=None, top_k=None, max_length=None)
        settings.update(max_new_tokens=self.max_tokens)
        with self._turn, torch.inference_mode():
            inputs = self.inputs(messages)
            tokens = self._network.generate(
                **inputs,
                generation_config=settings,
                streamer=streamer,
                stopping_criteria=StoppingCriteriaList([lambda ids, scores, **_: _all(ids, stopped.is_set())]),
            )
        given = int(inputs["input_ids"].shape[1])
        written = int(tokens.shape[1]) - given
        return UsageMetadata(input_tokens=given, output_tokens=written, total_tokens=given + written)


def _all(ids: Any, stop: bool) -> Any:
    import torch

    return torch.full((ids.shape[0],), stop, dtype=torch.bool, device=ids.device)


class _Answer:
    """An answer that is being generated in a thread of its own."""

    def __init__(self, model: LocalChatModel, messages: Sequence[BaseMessage]) -> None:
        self._model = model
        self._messages = messages
        self._pieces: queue.Queue[ChatGenerationChunk | Exception | None] = queue.Queue()
        self._stopped = threading.Event()
        start(self._run, "local model", at_end=self.stop)

    def next(self) -> ChatGenerationChunk | None:
        """The next piece, waited for; None at the end. Raises what went wrong."""
        piece = self._pieces.get()
        if isinstance(piece, Exception):
            raise piece
        return piece

    def stop(self) -> None:
        """Let the generating end with its next token."""
        self._stopped.set()

    def _run(self) -> None:
        from transformers import TextStreamer

        pieces = self._pieces

        class Streamer(TextStreamer):
            """Hands the text on, piece by piece."""

            def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
                if text:
                    pieces.put(ChatGenerationChunk(message=AIMessageChunk(content=text)))

        tokenizer = self._model._processor.tokenizer
        try:
            usage = self._model.answer_into(
                self._messages, Streamer(tokenizer, skip_prompt=True, skip_special_tokens=True), self._stopped
            )
        except Exception as error:  # noqa: BLE001 - raised again by `next`, in the thread that asked
            pieces.put(error)
            return
        ended = "length" if usage["output_tokens"] >= self._model.max_tokens else "stop"
        last = AIMessageChunk(content="", usage_metadata=usage, response_metadata={"finish_reason": ended})
        pieces.put(ChatGenerationChunk(message=last))
        pieces.put(None)
