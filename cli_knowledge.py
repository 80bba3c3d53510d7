"""The knowledge commands: search the literature, bring one's own, and print references."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .errors import BadSetting

if TYPE_CHECKING:
    from .knowledge.library import AddResult, Progress
    from .settings import Settings

app = typer.Typer(help="The clinical literature: search it, cite it, add to it.", no_args_is_help=True)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="A question or keywords")],
    guideline: Annotated[str | None, typer.Option(help="Only passages citing this body, for example ICO")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Only passages of this topic; may be repeated")] = None,
    year_from: Annotated[int | None, typer.Option(help="Only sources of this year or later")] = None,
    limit: Annotated[int, typer.Option(help="At most this many passages")] = 8,
    as_json: JsonOption = False,
) -> None:
    """Print the passages that answer a query, each with source, year and place; nothing when nothing is relevant."""
    from .knowledge.retrieve import Retriever
    from .knowledge.store import Filters, check_filters

    if not query.strip():
        raise BadSetting("the query is empty")
    check_filters(Filters(None if topic is None else tuple(topic), guideline, year_from))
    found = Retriever(_settings()).search(query, topics=topic, guideline=guideline, year_from=year_from, limit=limit)
    if as_json:
        print(json.dumps([passage.model_dump(mode="json") for passage in found], indent=2, ensure_ascii=False))
        return
    if not found:
        print("Nothing in the literature here answers that.")
    for passage in found:
        superseded = f", superseded by {passage.superseded_by}" if passage.superseded_by else ""
        print(f"{passage.text} [{', '.join(passage.references or [passage.reference])}]")
        print(f"    {passage.title} ({passage.year or 'no year'}{superseded}); {passage.place}; score {passage.score}")


@app.command()
def guidelines(
    grade: Annotated[int | None, typer.Option(min=0, max=4, help="Only this ICDR grade")] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what each guideline says of each grade, with its source; "no statement" where none was found."""
    from .knowledge.guidelines import guideline_names, recommendation

    asked = range(5) if grade is None else (grade,)
    cells = [(g, name, recommendation(name, g)) for g in asked for name in guideline_names()]
    if as_json:
        rows = [{"grade": g, "guideline": n, "statement": c and c.model_dump(mode="json")} for g, n, c in cells]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for g, name, cell in cells:
        if cell is None:
            print(f"{g}  {name:<5} no statement")
            continue
        superseded = f"; superseded by {cell.superseded_by}" if cell.superseded_by else ""
        told = f"{cell.interval or 'no interval'}; {cell.referral or 'no word on referral'}"
        print(f"{g}  {name:<5} {told} [{cell.references[0]}{superseded}]")


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of them", metavar="PATH...")],
    as_json: JsonOption = False,
) -> None:
    """Add PDF, JATS XML, .nbib, BibTeX, CSL-JSON, Markdown or text; exit status 2 when no file could be read."""
    from .knowledge import library

    settings = _settings()
    with _progress() as progress:
        results = library.add(paths, settings, progress)
    _print_results(results, as_json)
    if not results:
        raise typer.Exit(2)


@app.command()
def remove(source: Annotated[str, typer.Argument(help="A source's id, the beginning of it, or its path")]) -> None:
    """Remove one of your own sources."""
    from .knowledge import library

    removed = library.remove(source, _settings())
    print(f"removed {removed.id} ({removed.passages} passages): {removed.title}")


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List your own sources."""
    from .knowledge import library

    sources = library.list_sources(_settings())
    if as_json:
        print(json.dumps([vars(source) for source in sources], indent=2, ensure_ascii=False))
        return
    for source in sources:
        print(f"{source.id}  {source.passages:6d} passages  {source.title}  {source.path}")


@app.command()
def fetch(
    query: Annotated[str, typer.Argument(help="A query in the service's own language")],
    source: Annotated[str, typer.Option(help="europepmc or pubmed")] = "europepmc",
    maximum: Annotated[int, typer.Option("--max", help="At most this many works")] = 25,
    base: Annotated[str | None, typer.Option(help="Another address of the service")] = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch open literature over the network and add it. FUNDOSCOPE_CONTACT names an address for the service."""
    from .knowledge.fetch import fetch as fetch_works

    settings = _settings()
    with _progress() as progress:
        results = fetch_works(query, settings, source=source, maximum=maximum, base=base, progress=progress)  # type: ignore[arg-type]
    _print_results(results, as_json)


@app.command()
def bibtex(keys: Annotated[list[str] | None, typer.Argument(help="Reference keys; all without any")] = None) -> None:
    """Print references as BibTeX."""
    from .knowledge.references import bibtex as exported

    print(exported(keys or None), end="")


def _settings() -> Settings:
    from .quiet import quiet_dependencies
    from .settings import default_settings

    settings = default_settings()
    quiet_dependencies(settings)
    return settings


def _print_results(results: list[AddResult], as_json: bool) -> None:
    from .records.files import plain_name

    if as_json:
        rows = [{**vars(result), "path": plain_name(result.path)} for result in results]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    for result in results:
        if result.status == "refused":
            typer.echo(f"fundoscope: {plain_name(result.path)}: {result.reason}", err=True)
        elif not as_json:
            print(f"{result.status} {result.source} ({result.passages} passages): {plain_name(result.path)}")
    if not results:
        typer.echo("fundoscope: nothing was found to add", err=True)
    if results and all(result.status == "refused" for result in results):
        raise typer.Exit(2)


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar for each file on a terminal; silence elsewhere."""
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    tasks: dict[Path, TaskID] = {}
    with Bars(console=console, transient=True) as bars:

        def told(path: Path, done: int, total: int) -> None:
            if path not in tasks:
                tasks[path] = bars.add_task(path.name, total=total)
            bars.update(tasks[path], completed=done)

        yield told
