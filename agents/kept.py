"""Photographs of cases that were read, with their pixels from the store, after they left memory."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from typing import Any

from ..errors import ArtifactMissing
from ..records import ArtifactRef, ArtifactStore, Photograph
from ..settings import Settings
from .checkpoints import checkpoints
from .review import index
from .state import photographs_of


async def kept_photographs(
    settings: Settings, store: ArtifactStore, session: str, cases: Iterable[str], wanted: Collection[str]
) -> dict[str, Photograph]:
    """The wanted photographs of these cases by content hash; those that the store has not got are left out.

    A case is looked for in this session first, then in the others that read it, as a reviewer finds it.
    """
    found: dict[str, Photograph] = {}
    async with checkpoints(settings) as saver:
        for thread in await asyncio.to_thread(_threads, settings, session, cases):
            if set(wanted) <= set(found):
                break
            config: Any = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
            kept = await saver.aget_tuple(config)
            state: Any = {} if kept is None else kept.checkpoint["channel_values"]
            pictures = state.get("pictures", {})
            for photograph in photographs_of(state).values() if pictures else ():
                sha256 = photograph.sha256
                if sha256 in wanted and sha256 in pictures and sha256 not in found:
                    ref = ArtifactRef.model_validate(pictures[sha256])
                    try:
                        found[sha256] = await asyncio.to_thread(photograph.restore, store, ref)
                    except ArtifactMissing:
                        continue
    return found


def _threads(settings: Settings, session: str, cases: Iterable[str]) -> list[str]:
    """The threads of these cases, in the order in which they are looked at; waits for the index of reports."""
    threads: list[str] = []
    for case in dict.fromkeys(cases):
        others = reversed([entry.session for entry in index.entries(settings, case)])
        threads += [f"{name}:{case}" for name in dict.fromkeys([session, *others])]
    return threads
