"""What a planner may look up beside the experts: the literature, and the photographs that were kept with their reading."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field

from ..knowledge import corpus
from ..records import Photograph
from ..records.comparison import COMPARE
from .bench import Bench
from .experts import PhotographArguments
from .similar import similar_cases

if TYPE_CHECKING:
    from ..knowledge.cases import KeptCase
    from ..knowledge.retrieve import Retriever

SEARCH = "search_literature"
SIMILAR = "find_similar_cases"
MOST_FOUND = 4
"""Passages, or cases, of one look-up."""

Found = list[dict[str, Any]]
LookUp = Callable[..., Awaitable[Found]]


class LiteratureArguments(BaseModel):
    """Arguments of `search_literature`."""

    query: str = Field(min_length=3, max_length=300, description="What to look for, in a few words")


def lookup_tools(search: LookUp, similar: LookUp) -> list[BaseTool]:
    """The two tools; `search` takes a query, `similar` a photograph's reference."""
    return [
        StructuredTool.from_function(
            coroutine=search,
            name=SEARCH,
            description="Search guidelines and literature on diabetic retinopathy. Returns passages with their sources.",
            args_schema=LiteratureArguments,
        ),
        StructuredTool.from_function(
            coroutine=similar,
            name=SIMILAR,
            description="Find kept photographs like this one. Returns their confirmed grades. They are no measurement.",
            args_schema=PhotographArguments,
        ),
    ]


def compare_tool(compare: LookUp) -> BaseTool:
    """The tool that holds a photograph against the earlier visit of its eye; `compare` takes the photograph's reference."""
    return StructuredTool.from_function(
        coroutine=compare,
        name=COMPARE,
        description="Hold a photograph against the earlier visit of the same eye. Returns lesions detected now only, then only "
        "and at both, both grades, and measures with what an unchanged eye differs by. Vessels, lesions and grade come first.",
        args_schema=PhotographArguments,
    )


def literature(retriever: Retriever, query: str, *, shipped_only: bool) -> Found:
    """Passages that answer a query, best first; with `shipped_only` none of the user's own documents."""
    passages = retriever.search(query, limit=MOST_FOUND)
    return [
        {"text": passage.text, "reference": passage.reference, "year": passage.year}
        for passage in passages
        if not shipped_only or passage.id in corpus.by_id()
    ]


def kept_like(bench: Bench, photograph: Photograph) -> Found:
    """The confirmed readings of the kept photographs most like this one, best first; their notes stay here."""
    return [without_note(case) for case in similar_cases(bench, photograph, MOST_FOUND)]


def without_note(case: KeptCase) -> dict[str, Any]:
    """What is told of a kept photograph to whoever is not the user."""
    return {"grade": case.reading["grade"], "eye": case.reading["eye"], "similarity": case.similarity}
