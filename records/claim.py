"""Sentences of a report and what they stand on."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from .base import Eye, Record
from .finding import Finding


class ClaimKind(StrEnum):
    """What sort of sentence a claim is."""

    OBSERVATION = "observation"
    MEASUREMENT = "measurement"
    INTERPRETATION = "interpretation"
    RECOMMENDATION = "recommendation"


class ClaimStatus(StrEnum):
    """What verification found."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"


class Passage(Record):
    """A piece of literature. `reference` is the key of its source, `place` where in the corpus it stands."""

    id: str
    text: str
    reference: str
    references: list[str] = Field(default_factory=list)
    title: str
    year: int | None = None
    guideline: str | None = None
    edition: str | None = None
    superseded_by: str | None = None
    topics: list[str] = Field(default_factory=list)
    place: str = ""
    score: float | None = None


class Citation(Record):
    """A cited source as it is printed. Identifiers that were not seen stay null."""

    key: str
    text: str
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    superseded_by: str | None = None


class Evidence(Record):
    """An entry of the ledger: a Finding (`E1`, `E2`, ...) or a Passage (`P1`, ...)."""

    id: str
    eye: Eye | None = None
    finding: Finding | None = None
    passage: Passage | None = None


class Claim(Record):
    """One sentence.

    `pattern` and `slots` are the structure it was rendered from (agents/lexicon); `text` is the rendering;
    `evidence` the ledger ids it stands on; `reason` says what verification found wrong.
    """

    id: str
    text: str
    kind: ClaimKind
    eye: Eye | None = None
    pattern: str | None = None
    slots: dict[str, str | int | float] = Field(default_factory=dict)
    evidence: list[str] = Field(default_factory=list)
    status: ClaimStatus = ClaimStatus.UNSUPPORTED
    reason: str | None = None


class ReasoningStep(Record):
    """One step of the reading, in the order a reader works."""

    name: str
    claims: list[Claim] = Field(default_factory=list)
