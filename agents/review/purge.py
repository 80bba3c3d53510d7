"""Purge: a case and all that was kept of it in this home, with no byte left in the databases' free pages.

What another case needs as well (a photograph read in both, and what was found on it) stays. Reports, exports and batch
tables written to folders of the user's own are not known here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...errors import BadSetting, UnreadableImage
from ...imaging.decode import decode
from ...knowledge.cases import forget_photographs
from ...records import ArtifactStore, Finding, Photograph, Record
from ...settings import Settings
from ..checkpoints import Saver, checkpoints
from . import index
from .desk import held, lock_path, reading_lock_path


class Purged(Record):
    """What was removed, in numbers; `shared` counts the case's photographs that stay because another case has them."""

    case: str
    threads: int
    artifacts: int
    findings: int
    kept_cases: int
    files: int
    shared: int


@dataclass
class _Known:
    """Photographs and artifacts by hash that some checkpoints speak of."""

    photographs: set[str] = field(default_factory=set)
    artifacts: set[str] = field(default_factory=set)

    def add(self, state: dict[str, Any]) -> None:
        """Enter what a state refers to."""
        self.photographs |= {p["sha256"] for p in state.get("case", {}).get("photographs", [])}
        self.artifacts |= {ref["sha256"] for ref in state.get("pictures", {}).values()}
        for of_photograph in state.get("findings", {}).values():
            for finding in of_photograph.values():
                self.artifacts |= {ref["sha256"] for ref in finding.get("artifacts", {}).values()}


async def purge(settings: Settings, case: str) -> Purged:
    """Remove a case. Raises BadSetting when it is not known here, with nothing removed."""
    async with held(settings, case), checkpoints(settings) as saver:
        mine, others, threads = await _sorted_out(saver, case)
        if not threads:
            raise BadSetting(f"{case} is not known here; nothing was removed")
        gone = mine.photographs - others.photographs
        kept = await asyncio.to_thread(forget_photographs, settings, gone)
        mine.artifacts |= {str(one.reading["picture"]) for one in kept if one.reading.get("picture")}
        findings = await asyncio.to_thread(_forget_findings, settings.home / "findings", gone, mine, others)
        store = ArtifactStore(settings.artifacts)
        artifacts = sum(_unlink(store.path(sha256)) for sha256 in sorted(mine.artifacts - others.artifacts))
        files = await asyncio.to_thread(_forget_files, settings.home / "ui", case, gone)
        await saver.forget(threads)
        index.forget(settings, case)
    for path in (lock_path(settings, case), reading_lock_path(settings, case)):
        _unlink(path)
    return Purged(
        case=case,
        threads=len(threads),
        artifacts=artifacts,
        findings=findings,
        kept_cases=len(kept),
        files=files,
        shared=len(mine.photographs & others.photographs),
    )


async def _sorted_out(saver: Saver, case: str) -> tuple[_Known, _Known, list[str]]:
    """What the case's checkpoints refer to, what all others do, and the case's threads."""
    mine, others = _Known(), _Known()
    threads: dict[str, None] = {}
    async for kept in saver.alist(None):
        thread = str(kept.config["configurable"]["thread_id"])
        own = thread.rpartition(":")[2] == case
        (mine if own else others).add(kept.checkpoint["channel_values"])
        if own:
            threads[thread] = None
    return mine, others, list(threads)


def _forget_findings(folder: Path, photographs: set[str], mine: _Known, others: _Known) -> int:
    """Remove the cached findings on these photographs; what they and all others refer to is entered."""
    removed = 0
    for path in sorted(folder.glob("*/*.json")):
        try:
            finding = Finding.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue
        own = finding.photograph in photographs
        (mine if own else others).artifacts.update(ref.sha256 for ref in finding.artifacts.values())
        removed += _unlink(path) if own else 0
    return removed


def _forget_files(folder: Path, case: str, photographs: set[str]) -> int:
    """Remove what the reading room wrote of the case and was given for it."""
    return sum(_unlink(path) for path in _files(folder) if _speaks_of(path, case) or _hash_of(path) in photographs)


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _speaks_of(path: Path, case: str) -> bool:
    return case.encode() in path.read_bytes()


def _hash_of(path: Path) -> str | None:
    try:
        return Photograph.from_decoded(decode(path)).sha256
    except UnreadableImage:
        return None


def _unlink(path: Path) -> int:
    """Remove a file and the folder it leaves empty; 1 when it was there."""
    if not path.is_file():
        return 0
    path.unlink()
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
    return 1
