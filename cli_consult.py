"""The command that asks one expert about a photograph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .cli_show import EyeOption, print_measurements, spinner


def consult(
    expert: Annotated[
        str, typer.Argument(help="The expert's name, as `fundoscope experts` lists them", metavar="EXPERT")
    ],
    photograph: Annotated[Path, typer.Argument(help="The photograph", metavar="PHOTO")],
    eye: EyeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the finding as JSON.")] = False,
) -> None:
    """Ask one expert about a photograph, after quality and those it needs; exit 1 when it did not assess it."""
    from .records import Status
    from .sdk import Fundoscope

    with spinner("Asking"):
        finding = Fundoscope().consult(expert, photograph, eye=eye)
    assessed = finding.status is Status.MEASURED
    if as_json:
        print(finding.model_dump_json(indent=2))
    elif not assessed:
        print(f"Not assessed: {finding.reason}.")
    else:
        print(
            f"{finding.expert} {finding.version}, {finding.eye} eye" + (f": {finding.label}" if finding.label else "")
        )
        for flag in finding.flags:
            print(f"flag: {flag}")
        print_measurements(finding)
        for note in finding.notes:
            print(note)
        print("Research software, not a medical device.")
    if not assessed:
        raise typer.Exit(1)
