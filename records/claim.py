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


class Ground(Record):
    """What speaks for an interpretation or against it, or is missing to it.

    `rule` names the rule that says so (agents/weighing), `text` is that rule's; `evidence` are the findings it stands on,
    for something missing those that did not assess it (none where no finding is of it).
    """

    rule: str
    text: str
    evidence: list[str] = Field(default_factory=list)


class Claim(Record):
    """One sentence.

    `pattern` and `slots` are the structure it was rendered from (agents/lexicon); `text` is the rendering;
    `evidence` the ledger ids it stands on; `reason` says what verification found wrong. An interpretation is weighed:
    `supporting`, `opposing` and `missing` say what else of the ledger speaks for it, against it, or is not there.
    """

    id: str
    text: str
    kind: ClaimKind
    eye: Eye | None = None
    pattern: str | None = None
    slots: dict[str, str | int | float] = Field(default_factory=dict)
    evidence: list[str] = Field(default_factory=list)
    supporting: list[Ground] = Field(default_factory=list)
    opposing: list[Ground] = Field(default_factory=list)
    missing: list[Ground] = Field(default_factory=list)
    status: ClaimStatus = ClaimStatus.UNSUPPORTED
    reason: str | None = None


class ReasoningStep(Record):
    """One step of the reading, in the order a reader works."""

    name: str
    claims: list[Claim] = Field(default_factory=list)
