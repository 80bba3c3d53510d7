"""`fundoscope chat`: read photographs, or take up a case again, and answer questions in the terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from .cli_show import (
    BaseUrlOption,
    DialectOption,
    EyeOption,
    PlannerOption,
    PolicyOption,
    given,
    print_answer,
    print_report,
    spinner,
)
from .errors import BadSetting, FundoscopeError

LAST_WORDS = ("quit", "exit", "bye")
_CASE = re.compile(r"case-[0-9a-f]{16}")


def chat(
    photographs: Annotated[
        list[str],
        typer.Argument(help="The photographs of one patient, or the case of an earlier chat", metavar="PHOTO..."),
    ],
    eye: EyeOption = None,
    planner: PlannerOption = None,
    base_url: BaseUrlOption = None,
    dialect: DialectOption = None,
    policy: PolicyOption = None,
) -> None:
    """Read photographs, then answer questions about them, a line each, until `quit`. The case can be taken up later."""
    from .sdk import Fundoscope

    scope = Fundoscope(**given(planner=planner, planner_base_url=base_url, planner_dialect=dialect, policy=policy))
    with spinner("Reading"):
        if len(photographs) == 1 and _CASE.fullmatch(photographs[0]) and not Path(photographs[0]).exists():
            if eye is not None:
                raise BadSetting("--eye goes with photographs; the eyes of a case that was read stay what they are")
            report = scope.report(photographs[0])
        else:
            report = scope.read([Path(name) for name in photographs], eye=eye)
    print_report(report)
    print(f"{report.case}: ask a question, or quit.", flush=True)
    for question in _questions():
        try:
            with spinner("Looking"):
                answer = scope.ask(report, question)
        except FundoscopeError as error:
            print(f"fundoscope: {error}", file=sys.stderr)
            continue
        print_answer(answer)
        print(flush=True)


def _questions() -> Iterator[str]:
    """Lines from the user until one ends the talk; with a prompt on a terminal."""
    from rich.console import Console

    console = Console()
    asks = sys.stdin.isatty() and console.is_terminal
    while True:
        try:
            line = console.input("[bold]? [/bold]") if asks else sys.stdin.readline()
        except EOFError:
            return
        if not asks and not line:
            return
        if line.strip().lower() in LAST_WORDS:
            return
        if line.strip():
            yield line.strip()
