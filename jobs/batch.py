"""Batch review: every photograph of a folder once, one row an eye, nothing lost when it is killed."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from .. import __version__
from ..experts import expert_names, load_card
from ..formats import csv_rows
from ..records.files import check_writable, plain_name, write_whole
from ..settings import Settings
from .folder import photographs_in
from .ledger import Ledger
from .reading import Read, Reader, read_into
from .taking import Outcome, Taking
from .workers import check_workers, started

SHAPING = ("guideline", "lesion_method")
"""Settings under which a photograph is read again. Who plans and words a report is not among them: a batch that goes on with
another planner keeps what was read."""


@dataclass(frozen=True)
class BatchSummary:
    """What a batch did: each photograph was read now, done before, failed (now or before) or purged; `total` is their sum.

    `again` of those read now had been read by another version, with other weights or other settings (SHAPING). Of those
    done before, `updated` were brought up to date with what was signed or asked since, and `elsewhere` are of a case that
    this home does not keep, so that nothing is known of their reviews. `waiting` photographs need a person, and `repeated`
    files hold a photograph that another file holds too. `failures` holds the reason of each file that could not be read,
    `others` counts the files that are no photographs, and `unseen` has a line for each folder, link or file that could not
    be looked at.
    """

    total: int
    read: int
    skipped: int
    failed: int
    results: Path
    again: int = 0
    updated: int = 0
    elsewhere: int = 0
    purged: int = 0
    waiting: int = 0
    repeated: int = 0
    failures: Mapping[str, str] = field(default_factory=dict)
    others: int = 0
    unseen: tuple[str, ...] = ()


async def run_batch(
    reader: Reader, folder: Path, out: Path, on_file: Callable[[str], None] | None = None, workers: int = 1
) -> BatchSummary:
    """Read each photograph under `folder`; write `results.csv` and a report folder per photograph under `out`.

    With more `workers` than one, that many processes read side by side.

    A file that cannot be read is a row with its reason. What was read before is not read again: its row and report follow
    what a person signed since, and say so when its case was purged. Raises BadSetting when `folder` is not a folder or
    holds nothing, when `out` cannot be written or holds the results of another folder, and for a number of workers that cannot be.
    """
    check_workers(workers)
    found = await asyncio.to_thread(photographs_in, folder, out)
    check_writable(out)
    results = out / "results.csv"
    files = {plain_name(file.relative_to(folder)): file for file in found.photographs}
    names, done = set(files), Counter[Outcome]()
    with closing(Ledger(out / "batch.sqlite")) as ledger:
        ledger.belong_to(folder)
        _write_results(results, ledger, names)
        async with _reads(reader, workers) as reads:
            taking = Taking(reader, reads, out, ledger, _edition(reader.settings))

            async def take(name: str, file: Path) -> None:
                outcome = await taking.take(file, name)
                done[outcome] += 1
                if outcome not in (Outcome.DONE, Outcome.ELSEWHERE):
                    _write_results(results, ledger, names)
                if on_file is not None:
                    on_file(name)

            await _each(take, files.items(), workers)
        _write_results(results, ledger, names)  # rows of an earlier ledger that were made anew
        return BatchSummary(
            total=len(files),
            read=done[Outcome.READ] + done[Outcome.READ_AGAIN],
            skipped=done[Outcome.DONE] + done[Outcome.UPDATED] + done[Outcome.ELSEWHERE],
            failed=done[Outcome.FAILED],
            results=results,
            again=done[Outcome.READ_AGAIN],
            updated=done[Outcome.UPDATED],
            elsewhere=done[Outcome.ELSEWHERE],
            purged=done[Outcome.PURGED],
            waiting=ledger.waiting(names),
            repeated=ledger.repeated(names),
            failures=ledger.failures(names),
            others=found.others,
            unseen=tuple(found.unseen),
        )


@asynccontextmanager
async def _reads(reader: Reader, workers: int) -> AsyncIterator[Read]:
    """What reads a file: this process, or as many as there are workers."""
    if workers == 1:
        yield partial(read_into, reader)
        return
    async with started(reader.settings, reader.session, workers) as read:
        yield read


async def _each(
    take: Callable[[str, Path], Awaitable[None]], files: Iterable[tuple[str, Path]], at_a_time: int
) -> None:
    """Take the files in their order, so many at a time. What one of them raises ends all."""
    waiting = iter(files)

    async def go() -> None:
        for name, file in waiting:
            await take(name, file)

    going = [asyncio.create_task(go()) for _ in range(at_a_time)]
    try:
        await asyncio.gather(*going)
    finally:
        for task in going:
            task.cancel()
        await asyncio.wait(going)


def _edition(settings: Settings) -> str:
    """What reads: the version of the package, and a hash of the experts' versions and weights and of SHAPING where set."""
    cards = [load_card(name, settings) for name in expert_names(settings)]
    told = [f"{card.name} {card.version} {card.weights_sha256}" for card in cards]
    for name in SHAPING:
        if (value := getattr(settings, name)) != Settings.model_fields[name].default:
            told.append(f"{name}={value}")
    whole = hashlib.sha256("\n".join(told).encode())
    return f"{__version__} {whole.hexdigest()[:16]}"


def _write_results(path: Path, ledger: Ledger, names: set[str]) -> None:
    write_whole(path, (csv_rows.HEADER + "".join(ledger.lines(names))).encode())
