"""One eye as its steps are written: its findings, the ledger and the draft."""

from __future__ import annotations

from ...records import Eye, Finding
from ..ledger import Ledger
from .draft import Draft


class EyeWriter:
    """What the steps write with; `photograph` is the hash of the picture that stands for the eye."""

    def __init__(self, draft: Draft, ledger: Ledger, eye: Eye, photograph: str, passages: dict[str, list[str]]) -> None:
        self.draft, self.ledger, self.eye, self.passages = draft, ledger, eye, passages
        self.entries = {
            entry.finding.expert: entry
            for entry in ledger
            if entry.finding is not None and entry.finding.photograph == photograph
        }

    def finding(self, expert: str) -> Finding | None:
        """The expert's finding on this eye."""
        entry = self.entries.get(expert)
        return None if entry is None else entry.finding

    def say(self, step: str, pattern: str, expert: str, **slots: str | int | float) -> None:
        """Write one claim that stands on an expert's finding."""
        self.draft.say(step, pattern, self.eye, [self.entries.get(expert)], **slots)

    def cite(self, step: str, purpose: str) -> None:
        """Quote the passages that were looked up for a purpose."""
        for passage_id in self.passages.get(purpose, []):
            entry = self.ledger.get(passage_id)
            if entry is not None and entry.passage is not None:
                passage = entry.passage
                self.draft.say(step, "literature", self.eye, [entry], statement=passage.text, key=passage.reference)
