"""One eye as its steps are written: its findings, the ledger and the draft."""

from __future__ import annotations

from collections.abc import Iterable

from ...records import Evidence, Eye, Finding
from ..ledger import Ledger
from .draft import Draft


class EyeWriter:
    """What the steps write with; `visit` are the hashes of the eye's pictures of one visit, the first stands for the eye."""

    def __init__(
        self, draft: Draft, ledger: Ledger, eye: Eye, visit: list[str], passages: dict[str, list[str]]
    ) -> None:
        self.draft, self.ledger, self.eye, self.passages = draft, ledger, eye, passages
        self.entries = {
            entry.finding.expert: entry
            for entry in ledger
            if entry.finding is not None and entry.finding.photograph == visit[0]
        }
        self.visit = visit

    def finding(self, expert: str) -> Finding | None:
        """The expert's finding on this eye."""
        entry = self.entries.get(expert)
        return None if entry is None else entry.finding

    def say(self, step: str, pattern: str, expert: str, *others: str | Evidence, **slots: str | int | float) -> None:
        """Write one claim that stands on an expert's finding, and on `others`: experts' findings or entries."""
        also = [self.entries.get(other) if isinstance(other, str) else other for other in others]
        self.draft.say(step, pattern, self.eye, [self.entries.get(expert), *also], **slots)

    def passages_for(self, purpose: str) -> Iterable[Evidence]:
        """The entries of the passages that were looked up for a purpose."""
        for passage_id in self.passages.get(purpose, []):
            entry = self.ledger.get(passage_id)
            if entry is not None and entry.passage is not None:
                yield entry

    def cite(self, step: str, purpose: str) -> None:
        """Quote the passages that were looked up for a purpose."""
        for entry in self.passages_for(purpose):
            if entry.passage is not None:
                slots = {"statement": entry.passage.text, "key": entry.passage.reference}
                self.draft.say(step, "literature", self.eye, [entry], **slots)
