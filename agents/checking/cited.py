"""The evidence a sentence names, and the checks that many patterns share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...records import Evidence, Eye, Finding, Passage
from ..language import Wrong
from ..patterns.slots import SLOT_TYPES, Slots


@dataclass(frozen=True)
class Cited:
    """The evidence one claim names, sorted by what it is."""

    slots: Slots
    entries: tuple[Evidence, ...]

    @property
    def eye(self) -> Eye | None:
        eye = self.slots.get("eye")
        return None if eye is None else Eye(str(eye))

    def finding(self, expert: str) -> Finding:
        """The cited finding of an expert on the eye the sentence speaks of. Raises Wrong."""
        found = [e for e in self.entries if e.finding is not None and e.finding.expert == expert]
        if not found:
            raise Wrong(f"it cites no finding of {expert}", unsupported=True)
        for entry in found:
            if entry.finding is not None and (self.eye is None or entry.eye is self.eye):
                return entry.finding
        raise Wrong(f"the cited {expert} finding is of another eye")

    def own(self) -> dict[str, Finding]:
        """The cited findings on the eye the sentence speaks of, by expert."""
        return {e.finding.expert: e.finding for e in self.entries if e.finding is not None and e.eye is self.eye}

    def passage(self) -> Passage:
        """The cited passage. Raises Wrong."""
        found = next((e.passage for e in self.entries if e.passage is not None), None)
        if found is None:
            raise Wrong("it cites no passage", unsupported=True)
        return found


Check = Callable[[Cited], None]


def same(cited: Cited, slot: str, slot_type: str, measured: float | int | None, scale: float = 1.0) -> None:
    """The number in the sentence is the measured one at the decimals it is written with. Raises Wrong."""
    if measured is None:
        raise Wrong(f"{slot} was not assessed")
    written = SLOT_TYPES[slot_type].write(measured * scale)
    if SLOT_TYPES[slot_type].write(cited.slots[slot]) != written:
        raise Wrong(f"{slot} is {written} in the evidence, {cited.slots[slot]} in the sentence")


def measured(expert: str, name: str, slot: str, slot_type: str, scale: float = 1.0) -> Check:
    """The slot is a measurement of the expert's finding, times `scale`."""

    def check(cited: Cited) -> None:
        same(cited, slot, slot_type, cited.finding(expert).number(name), scale)

    return check


def unit(expert: str, name: str) -> Check:
    """The slot `unit` is the measurement's."""

    def check(cited: Cited) -> None:
        measurement = cited.finding(expert).measurement(name)
        if measurement is None or measurement.unit != cited.slots["unit"]:
            raise Wrong("the unit is not the measured one")

    return check


def labelled(expert: str, wanted: str) -> Check:
    """The expert's finding has this label."""

    def check(cited: Cited) -> None:
        if cited.finding(expert).label != wanted:
            raise Wrong(f"{expert} did not say so")

    return check


def require(test: Callable[[Cited], bool], reason: str) -> Check:
    """The test is true of what is cited; `reason` says what is wrong where it is not."""

    def check(cited: Cited) -> None:
        if not test(cited):
            raise Wrong(reason)

    return check
