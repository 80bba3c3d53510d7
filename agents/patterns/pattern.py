"""A sentence with typed slots, rendered from values and parsed back into them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ...records import Claim, ClaimKind, Eye
from .slots import COUNTING, SLOT_TYPES, Counting, Slots, SlotType

OBSERVATION, MEASUREMENT = ClaimKind.OBSERVATION, ClaimKind.MEASUREMENT
INTERPRETATION, RECOMMENDATION = ClaimKind.INTERPRETATION, ClaimKind.RECOMMENDATION


@dataclass(frozen=True)
class Pattern:
    """A sentence with slots `{name:type}`; `{counted}` stands for a lesion type with its count.

    `types` and `counting` are the words of the language it is in, English unless given.
    """

    id: str
    kind: ClaimKind
    template: str
    types: Mapping[str, SlotType] = field(default_factory=lambda: SLOT_TYPES, repr=False, compare=False)
    counting: Counting = field(default=COUNTING, repr=False, compare=False)

    @cached_property
    def slots(self) -> dict[str, str]:
        """Slot names with their types."""
        return dict(re.findall(r"\{(\w+):(\w+)\}", self.template))

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        pieces = re.split(r"(\{\w+(?::\w+)?\})", self.template)
        regex = ""
        for piece in pieces:
            if piece == "{counted}":
                regex += f"(?P<counted>{self.counting.regex})"
            elif piece.startswith("{"):
                name, slot_type = piece[1:-1].split(":")
                regex += f"(?P<{name}>{self.types[slot_type].regex})"
            else:
                regex += re.escape(piece)
        return re.compile(regex, re.ASCII)

    def render(self, slots: Mapping[str, str | int | float]) -> str:
        """The sentence for these values. Raises KeyError for a missing slot."""
        text = self.template
        if "{counted}" in text:
            text = text.replace("{counted}", self.counting.write(str(slots["lesion"]), int(slots["count"])))
        for name, slot_type in self.slots.items():
            text = text.replace(f"{{{name}:{slot_type}}}", self.types[slot_type].write(slots[name]))
        return text[0].upper() + text[1:]

    def claim(
        self, name: str, eye: Eye | None, slots: Mapping[str, str | int | float], evidence: Sequence[str]
    ) -> Claim:
        """The sentence for these values as a claim with the id `name`. Raises KeyError for a missing slot."""
        return Claim(
            id=name,
            text=self.render(slots),
            kind=self.kind,
            eye=eye,
            pattern=self.id,
            slots=dict(slots),
            evidence=list(evidence),
        )

    def parse(self, text: str) -> Slots | None:
        """The values in a sentence, or None when it is not of this pattern."""
        match = self._regex.fullmatch(text) or self._regex.fullmatch(text[:1].lower() + text[1:])
        if match is None:
            return None
        slots: Slots = {}
        for name, words in match.groupdict().items():
            if name == "counted":
                slots["lesion"], slots["count"] = self.counting.read(words)
            else:
                slots[name] = self.types[self.slots[name]].read(words)
        return slots
