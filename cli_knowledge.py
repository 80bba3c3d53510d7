"""The knowledge commands: search the literature, and print its references."""

from __future__ import annotations

import json
from typing import Annotated

import typer

app = typer.Typer(help="The clinical literature: search it, cite it.", no_args_is_help=True)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="A question or keywords")],
    guideline: Annotated[str | None, typer.Option(help="Only passages citing this body, for example ICO")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Only passages of this topic; may be repeated")] = None,
    year_from: Annotated[int | None, typer.Option(help="Only sources of this year or later")] = None,
    limit: Annotated[int, typer.Option(help="At most this many passages")] = 8,
    as_json: Annotated[bool, typer.Option("--json", help="Print the passages as a JSON list.")] = False,
) -> None:
    """Print the passages that answer a query, each with source, year and place; nothing when nothing is relevant."""
    from .knowledge.retrieve import Retriever
    from .quiet import quiet_dependencies
    from .settings import default_settings

    settings = default_settings()
    quiet_dependencies(settings)
    found = Retriever(settings).search(query, topics=topic, guideline=guideline, year_from=year_from, limit=limit)
    if as_json:
        print(json.dumps([passage.model_dump(mode="json") for passage in found], indent=2, ensure_ascii=False))
        return
    if not found:
        print("Nothing in the literature here answers that.")
    for passage in found:
        superseded = f", superseded by {passage.superseded_by}" if passage.superseded_by else ""
        print(f"{passage.text} [{', '.join(passage.references or [passage.reference])}]")
        print(f"    {passage.title} ({passage.year}{superseded}); {passage.place}; score {passage.score}")
