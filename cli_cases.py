"""The commands for kept cases: keep a confirmed photograph, find similar ones, list, remove."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from .knowledge.cases import KeptCase

app = typer.Typer(help="Photographs kept with their confirmed reading, and those like a new one.", no_args_is_help=True)
PhotographArgument = Annotated[Path, typer.Argument(help="A photograph", metavar="PHOTO")]


@app.command()
def keep(
    photograph: PhotographArgument,
    grade: Annotated[int, typer.Option(help="The confirmed ICDR grade, 0 to 4")],
    eye: Annotated[str | None, typer.Option(help="right or left (R, L, OD, OS too)")] = None,
    note: Annotated[str, typer.Option(help="A word of your own; no names")] = "",
) -> None:
    """Keep a photograph with its confirmed reading, on this machine only."""
    from .sdk import Fundoscope

    case = Fundoscope().keep(photograph, grade, eye=eye, note=note)
    for line in case.noticed:
        print(f"fundoscope: {line}", file=sys.stderr)
    _print(case)


@app.command()
def similar(
    photograph: PhotographArgument,
    limit: Annotated[int, typer.Option(help="At most this many")] = 5,
) -> None:
    """Print the kept photographs most like this one, with their confirmed readings."""
    from .sdk import Fundoscope

    found = Fundoscope().similar(photograph, limit)
    if not found:
        print("No other photograph is kept yet.")
    for case in found:
        _print(case)


@app.command("list")
def list_cases() -> None:
    """List the kept photographs."""
    from .sdk import Fundoscope

    for case in Fundoscope().kept():
        _print(case)


@app.command()
def remove(case_id: Annotated[str, typer.Argument(help="A kept case's id", metavar="ID")]) -> None:
    """Remove a kept photograph and its copy."""
    from .sdk import Fundoscope

    Fundoscope().forget(case_id)


def _print(case: KeptCase) -> None:
    from .tools.similar import told

    likeness = "" if case.similarity is None else f"similarity {case.similarity:.3f}  "
    print(f"{case.id}  {likeness}{told(case.reading)}")
