"""The recommendation: what the guideline says, or why no interval is named."""

from __future__ import annotations

from ..ledger import Ledger
from ..state import CaseState, references_by_eye
from .draft import Draft
from .grades import any_entry, graded_entries, held_back, unsure_eyes


def write_recommendation(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """The guideline's statement for the worse eye; never a routine interval on ungradable or contradictory evidence."""
    graded = graded_entries(ledger, state)
    unsure = unsure_eyes(ledger, state)
    for eye in references_by_eye(state):
        quality = next(
            (e for e in ledger if e.eye is eye and e.finding is not None and e.finding.expert == "quality"), None
        )
        if eye not in graded and quality is not None and quality.finding is not None and quality.finding.notes:
            draft.say("recommendation", "retake", eye, [quality], advice=quality.finding.notes[0])
        if eye in unsure:
            draft.say("recommendation", "person_first", eye, [any_entry(ledger, eye)])
    if held_back(state):
        return
    for passage_id in state["passages"].get("recommendation", []):
        entry = ledger.get(passage_id)
        if entry is not None and entry.passage is not None:
            slots = {"statement": entry.passage.text, "key": entry.passage.reference}
            draft.say("recommendation", "follow", None, [entry], **slots)
