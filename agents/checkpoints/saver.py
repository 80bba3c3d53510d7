"""What Fundoscope asks of a checkpoint store beyond LangGraph."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from langgraph.checkpoint.base import BaseCheckpointSaver


class Saver(BaseCheckpointSaver[str]):
    """A LangGraph checkpoint store that keeps no more than is gone on from, and forgets for good."""

    @abstractmethod
    async def keep_latest(self, thread: str) -> None:
        """Delete all but the newest checkpoint of a thread: a conversation goes on from there, and nothing goes back."""

    @abstractmethod
    async def forget(self, threads: Sequence[str]) -> None:
        """Delete threads, with no byte of them left in the database's free pages."""
