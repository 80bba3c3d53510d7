"""The command line: thin commands over the SDK."""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from . import __version__
from .cli_batch import batch
from .cli_cases import app as cases_app
from .cli_chat import chat
from .cli_consult import consult
from .cli_knowledge import app as knowledge_app
from .cli_letter import letter
from .cli_outline import outline
from .cli_phantom import phantom
from .cli_read import read
from .cli_review import purge, review
from .cli_show import spinner
from .cli_site import LabelsOption, RetrainOption, calibrate, convert, evaluate_labels, evaluate_retrained
from .errors import BadSetting, FundoscopeError
from .threads import finish

_INTERRUPTED = 130
"""The exit status of a program that was stopped by Ctrl-C."""


class _Stoppable(TyperGroup):
    """The commands; Ctrl-C in one of them is one line."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _interrupted()


app = typer.Typer(
    name="fundoscope",
    cls=_Stoppable,
    help="Read colour fundus photographs into reports whose every sentence stands on evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
experts_app = typer.Typer(help="The installed experts and their cards.", invoke_without_command=True)
app.add_typer(experts_app, name="experts")
app.add_typer(knowledge_app, name="knowledge")
app.add_typer(cases_app, name="cases")
app.command()(read)
app.command()(batch)
app.command()(chat)
app.command()(review)
app.command()(purge)
app.command()(letter)
app.command()(consult)
app.command()(outline)
app.command()(convert)
app.command()(calibrate)
app.command()(phantom)

DataOption = Annotated[Path | None, typer.Option("--data", help="The labelled photographs (default FUNDOSCOPE_DATA)")]


def main() -> None:
    """Run a command; what Fundoscope refuses, and a fault of disk or store, is one line on stderr and exit status 2."""
    try:
        _run()
    except SystemExit as end:
        try:
            ended = finish()
        except KeyboardInterrupt:
            _interrupted()
        if not ended:
            _leave(end.code if isinstance(end.code, int) else int(end.code is not None))
        raise


def _run() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("fundoscope").setLevel(logging.ERROR)
    try:
        app()
    except FundoscopeError as error:
        _refuse(str(error))
    except OSError as error:
        place = error.filename2 or error.filename
        _refuse(f"{place}: {error.strerror}" if place and error.strerror else str(error))
    except sqlite3.Error as error:
        _refuse(f"a database of Fundoscope's cannot be used ({error})")
    except KeyboardInterrupt:
        _interrupted()


def _refuse(line: str) -> NoReturn:
    print(f"fundoscope: {line}", file=sys.stderr)
    sys.exit(2)


def _interrupted() -> NoReturn:
    print("fundoscope: interrupted", file=sys.stderr)
    _leave(_INTERRUPTED)


def _leave(status: int) -> NoReturn:
    """Leave at once: networks that are still being read in threads would abort an orderly exit. What is done is on the disk."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _print_version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def _common(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and leave.", is_eager=True, callback=_print_version),
    ] = False,
) -> None: ...


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1")] = 7860,
) -> None:
    """Open the reading room on this machine."""
    if not 0 < port < 65536:
        raise BadSetting(f"a port is 1 to 65535, not {port}")
    from .ui.app import launch

    launch(port, on_ready=lambda address: print(f"The reading room is open at {address}", flush=True))


@app.command()
def mcp(
    folder: Annotated[Path, typer.Argument(help="The photographs that the client may ask for", metavar="FOLDER")],
) -> None:
    """Serve the experts, whole readings and the literature to an MCP client over stdin and stdout."""
    from .ui.mcp_server import serve

    serve(folder)


@experts_app.callback()
def experts(context: typer.Context) -> None:
    """List the installed experts."""
    if context.invoked_subcommand is not None:
        return
    from .experts import expert_names, load_card
    from .experts.registry import broken_plug_ins, prompted_names

    for name in (*expert_names(), *prompted_names()):
        card = load_card(name)
        print(f"{name:<10} {card.version:<6} {card.task}")
    for broken in broken_plug_ins():
        print(f"{broken.name:<10} unavailable: {broken.line}")


@experts_app.command("card")
def expert_card(name: Annotated[str, typer.Argument(help="The expert's name")]) -> None:
    """Print an expert's card."""
    from .experts import load_card

    print(load_card(name).model_dump_json(indent=2))


@app.command()
def schema(name: Annotated[str, typer.Argument(help="report, finding, card, case, claim, ...")]) -> None:
    """Print the JSON schema of a record."""
    import json

    from . import records

    known = {
        key.lower(): value
        for key in records.__all__
        if isinstance(value := getattr(records, key), type) and issubclass(value, records.Record)
    }
    known["card"] = records.ExpertCard
    if name.lower() not in known:
        raise BadSetting(f"no record is named {name!r}; there are {', '.join(sorted(known))}")
    print(json.dumps(known[name.lower()].model_json_schema(), indent=2))


@app.command()
def doctor() -> None:
    """Check versions, weights, embedder, devices and folders; exit 1 with the mend when something is missing."""
    from .evals.doctor import examine

    with spinner("Looking"):
        findings = examine()
    for finding in findings:
        print(f"{'ok ' if finding.ok else 'BAD'} {finding.what}: {finding.state}")
        if not finding.ok and finding.mend:
            print(f"    mend: {finding.mend}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


@app.command("eval")
def evaluate(
    name: Annotated[str, typer.Argument(help="An evaluation, or all")],
    data: DataOption = None,
    labels: LabelsOption = None,
    record: Annotated[
        Path | None, typer.Option(help="Folder in which the table is kept, with RESULTS.md beside it")
    ] = None,
    retrain: RetrainOption = None,
    jobs: Annotated[
        int, typer.Option(help="How many evaluations run at a time; seconds are measured by one alone")
    ] = 1,
) -> None:
    """Measure an expert or a part on labelled data; exit 1 when a row misses its bar."""
    if retrain is not None:
        if labels is not None or record is not None:
            raise BadSetting("--retrain goes with neither --labels nor --record")
        if evaluate_retrained(name, data, retrain):
            return
        raise typer.Exit(1)
    if labels is not None:
        evaluate_labels(name, labels)
        return
    from .evals.results import made
    from .evals.results import record as keep
    from .evals.run import evaluations, run_evaluations
    from .evals.table import to_markdown
    from .settings import default_settings

    folder = data or default_settings().data
    names = evaluations(name, folder)
    kept = made(record) if record is not None else None
    ending = run_evaluations(names, folder, jobs)
    missed = False
    while True:
        with spinner(f"Measuring {name}"):
            ended = next(ending, None)
        if ended is None:
            break
        one, results = ended
        for title, rows in results.items():
            print(f"\n## {title}\n\n{to_markdown(rows)}", flush=True)
            missed |= any(row.passed is False for row in rows)
        if kept is not None:
            print(f"\n{keep(results, one, kept)}", flush=True)
    if missed:
        raise typer.Exit(1)


@app.command()
def bench(
    width: Annotated[int, typer.Option(help="Width of the phantom photograph, px")] = 4288,
    height: Annotated[int, typer.Option(help="Height of the phantom photograph, px")] = 2848,
) -> None:
    """Time a whole reading of a phantom, warm, and its peak memory."""
    from .evals.bench import run_bench
    from .evals.table import to_markdown

    with spinner("Measuring"):
        rows = run_bench(width, height)
    print(to_markdown(rows))
    if any(row.passed is False for row in rows):
        raise typer.Exit(1)
