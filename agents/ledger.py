"""The ledger: every finding and passage of a case under a short id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..records import Evidence, Eye, Finding, Passage


class Ledger:
    """Evidence in the order it was entered: findings as `E1`, `E2`, ..., passages as `P1`, `P2`, ..."""

    def __init__(self, entries: Iterable[Evidence] = ()) -> None:
        self._entries: dict[str, Evidence] = {entry.id: entry for entry in entries}

    def __iter__(self) -> Iterator[Evidence]:
        return iter(self._entries.values())

    def get(self, evidence_id: str) -> Evidence | None:
        """The entry under an id, or None."""
        return self._entries.get(evidence_id)

    def add_finding(self, finding: Finding, eye: Eye) -> Evidence:
        """Enter a finding on a photograph of this eye."""
        number = 1 + sum(1 for entry in self if entry.finding is not None)
        return self._enter(Evidence(id=f"E{number}", eye=eye, finding=finding))

    def add_passage(self, passage: Passage) -> Evidence:
        """Enter a passage; one that is there already keeps its id."""
        for entry in self:
            if entry.passage is not None and entry.passage.id == passage.id:
                return entry
        number = 1 + sum(1 for entry in self if entry.passage is not None)
        return self._enter(Evidence(id=f"P{number}", passage=passage))

    def _enter(self, entry: Evidence) -> Evidence:
        self._entries[entry.id] = entry
        return entry

    def of(self, expert: str, eye: Eye, photograph: str | None = None) -> Evidence | None:
        """The first finding of an expert on an eye (of one photograph, when given)."""
        for entry in self:
            finding = entry.finding
            if finding is None or finding.expert != expert or entry.eye is not eye:
                continue
            if photograph is None or finding.photograph == photograph:
                return entry
        return None

    def of_photographs(self, expert: str, eye: Eye, photographs: Iterable[str]) -> list[tuple[Evidence, Finding]]:
        """An expert's findings on photographs of an eye, in the order these are given in."""
        found = [self.of(expert, eye, sha256) for sha256 in photographs]
        return [(entry, entry.finding) for entry in found if entry is not None and entry.finding is not None]
