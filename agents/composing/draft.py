"""Claims as they are written, and where each stands in the report."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...records import Claim, Evidence, Eye, Record
from ..lexicon import PATTERNS


class PlacedClaim(Record):
    """A claim and where it stands: a step of an eye, the impression or the recommendation."""

    place: str
    eye: Eye | None = None
    claim: Claim


@dataclass
class Draft:
    """Claims as they are written, numbered C1, C2, ..."""

    claims: list[PlacedClaim] = field(default_factory=list)

    def say(
        self, place: str, pattern: str, eye: Eye | None, evidence: list[Evidence | None], **slots: str | int | float
    ) -> None:
        """Write one claim of a pattern; the eye slot is filled where the pattern has one."""
        shape = PATTERNS[pattern]
        if "eye" in shape.slots and eye is not None:
            slots = {"eye": eye.value, **slots}
        named = [entry.id for entry in evidence if entry is not None]
        claim = shape.claim(f"C{len(self.claims) + 1}", eye, slots, named)
        self.claims.append(PlacedClaim(place=place, eye=eye, claim=claim))
