"""The command that reads a folder of photographs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from .jobs.batch import BatchSummary

_NAMED = 5
"""At most so many failures are named below the summary; `results.csv` has all."""


def batch(
    folder: Annotated[Path, typer.Argument(help="A folder of photographs, searched deeply")],
    out: Annotated[Path, typer.Option(help="Folder for results.csv and the reports")],
    workers: Annotated[int, typer.Option(help="Processes that read side by side, each with memory of its own")] = 1,
) -> None:
    """Read every photograph of a folder once; a second start skips what is done and takes over what was signed since; exit 1
    when something was not read."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from .sdk import Fundoscope

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Reading", total=None)
        summary = Fundoscope().batch(folder, out, on_file=lambda _name: progress.advance(task), workers=workers)
    _tell(summary)
    if summary.failures or summary.unseen:
        raise typer.Exit(1)


def _tell(summary: BatchSummary) -> None:
    from .records.files import plain_name

    again = (
        f" ({summary.again} of them again: by another version, other weights or other settings before)"
        if summary.again
        else ""
    )
    updated = f" ({summary.updated} brought up to date: signed or asked about since)" if summary.updated else ""
    purged = f", {summary.purged} purged" if summary.purged else ""
    repeated = f"; {summary.repeated} identical to another of them" if summary.repeated else ""
    others = f"; {summary.others} other file{'s' if summary.others != 1 else ''}" if summary.others else ""
    unseen = f"; {len(summary.unseen)} could not be looked at" if summary.unseen else ""
    print(
        f"{summary.total} photograph{'s' if summary.total != 1 else ''}: {summary.read} read now{again}, "
        f"{summary.skipped} done before{updated}, {summary.failed} could not be read{purged}; "
        f"{summary.waiting} need{'s' if summary.waiting == 1 else ''} a person{repeated}{others}{unseen}"
    )
    if summary.purged:
        print(
            f"  purged: {summary.purged} row{'s' if summary.purged != 1 else ''} emptied and not read again, since the case "
            "was removed; a report under the batch's folder stays until you delete it"
        )
    if summary.elsewhere:
        print(
            f"  not kept here: {summary.elsewhere} of those done before, whose case this FUNDOSCOPE_HOME does not keep; "
            "what is signed of them elsewhere is not seen"
        )
    for line in summary.unseen:
        print(f"  not seen: {line}")
    for name, reason in list(summary.failures.items())[:_NAMED]:
        print(f"  not read: {name}: {reason}")
    if len(summary.failures) > _NAMED:
        print(f"  and {len(summary.failures) - _NAMED} more that could not be read")
    print(plain_name(summary.results))
