"""A case: the photographs of one pseudonymous patient and what is asked of them."""

from __future__ import annotations

from pydantic import Field

from .base import Record
from .photograph import Photograph


class Case(Record):
    """`id` is pseudonymous (made from the photographs' hashes unless given); `context` is clinical context in words.

    `noticed` are faults of the photographs that were got over; the report's limits say them.
    """

    id: str
    photographs: list[Photograph] = Field(min_length=1)
    context: str = ""
    question: str = ""
    noticed: list[str] = Field(default_factory=list)
