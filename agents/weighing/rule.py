"""A rule that weighs evidence: which interpretations it is about, and when it speaks for or against them or misses something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ...records import Claim, Eye, Finding, Measurement, Status


class Side(StrEnum):
    """Where a ground stands in a claim."""

    SUPPORTING = "supporting"
    OPPOSING = "opposing"
    MISSING = "missing"


@dataclass(frozen=True)
class Weighed:
    """An interpretation of one eye and every finding of the photograph that it is about; `other` those of the other eye."""

    claim: Claim
    eye: Eye
    findings: Mapping[str, Finding]
    other: Mapping[str, Finding] = field(default_factory=dict)

    def number(self, expert: str, name: str) -> float | None:
        """A measurement; None when it was not assessed."""
        return self.findings[expert].number(name) if expert in self.findings else None

    def measurement(self, expert: str, name: str) -> Measurement | None:
        """A measurement with its interval or its reason."""
        return self.findings[expert].measurement(name) if expert in self.findings else None

    def assessed(self, expert: str) -> bool:
        """Whether the expert read the photograph."""
        return expert in self.findings and self.findings[expert].status is not Status.NOT_ASSESSED

    def not_assessed(self, expert: str, *names: str) -> bool:
        """Whether the expert says of each of these that it was not assessed."""
        made = [self.measurement(expert, name) for name in names]
        return all(m is not None and m.status is Status.NOT_ASSESSED for m in made)

    @property
    def grade(self) -> int | None:
        """The grade given to this eye."""
        return self.findings["grade"].value if "grade" in self.findings else None


@dataclass(frozen=True)
class Rule:
    """When it applies, findings of `experts` (those that are there) speak for or against claims of the patterns in `about`.

    `text` has no values, so that it can be neither right nor wrong about a number; `others` experts are the other eye's.
    """

    name: str
    side: Side
    about: frozenset[str]
    experts: tuple[str, ...]
    text: str
    applies: Callable[[Weighed], bool]
    others: tuple[str, ...] = ()


def about(*patterns: str) -> frozenset[str]:
    """The patterns of the claims that a rule weighs."""
    return frozenset(patterns)
