"""The impression: each eye in a line, and which eye decides."""

from __future__ import annotations

from ...records import Evidence
from ..ledger import Ledger
from ..state import CaseState, references_by_eye
from .draft import Draft
from .grades import any_entry, graded_entries, value_of


def write_impression(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """Each eye in a line, and which eye decides."""
    graded = graded_entries(ledger, state)
    for eye in references_by_eye(state):
        entry = graded.get(eye)
        finding = None if entry is None else entry.finding
        if finding is not None and finding.value is not None and finding.referable_probability is not None:
            value, referable = finding.value, finding.referable_probability
            draft.say("impression", "summary", eye, [entry], grade=value, value=value, probability=referable)
        else:
            draft.say("impression", "summary_no_grade", eye, [any_entry(ledger, eye)])
    if len(graded) > 1:
        ranked = sorted(graded.items(), key=lambda item: -value_of(item[1]))
        entries: list[Evidence | None] = list(graded.values())
        if value_of(ranked[0][1]) == value_of(ranked[1][1]):
            draft.say("impression", "same_grade", None, entries)
        else:
            draft.say("impression", "worse_eye", ranked[0][0], entries)
