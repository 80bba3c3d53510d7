"""Which grade stands for each eye, and whose evidence is unsure."""

from __future__ import annotations

from ...records import Evidence, Eye, Finding
from ..contradictions import stands_at_least
from ..evidence_rules import oedema_open, undecided
from ..ledger import Ledger
from ..state import (
    CaseState,
    deciding_grade,
    disagreements_of,
    ledger_of,
    photographs_of,
    primary_findings,
    references_by_eye,
    visit_of,
)


def shown_entry(ledger: Ledger, state: CaseState, eye: Eye, expert: str) -> Evidence | None:
    """The expert's finding on the photograph that stands for an eye."""
    return ledger.of(expert, eye, photographs_of(state)[references_by_eye(state)[eye][0]].sha256)


def visit_entries(ledger: Ledger, state: CaseState, eye: Eye, expert: str) -> list[tuple[Evidence, Finding]]:
    """The expert's findings on the photographs of the visit that stands for an eye, the most telling one's first."""
    hashes = [photographs_of(state)[reference].sha256 for reference in visit_of(state, eye)]
    return ledger.of_photographs(expert, eye, hashes)


def flagged_entries(ledger: Ledger, state: CaseState, eye: Eye) -> list[tuple[str, Evidence, Finding]]:
    """Each condition that a photograph of the visit flags, with the first finding that does."""
    first: dict[str, tuple[str, Evidence, Finding]] = {}
    for entry, finding in visit_entries(ledger, state, eye, "conditions"):
        for name in finding.flags:
            first.setdefault(name, (name, entry, finding))
    return list(first.values())


def graded_entries(ledger: Ledger, state: CaseState) -> dict[Eye, Evidence]:
    """The grade finding that stands for each eye; only graded eyes."""
    entries = {}
    for eye in references_by_eye(state):
        entry = shown_entry(ledger, state, eye, "grade")
        if entry is not None and entry.finding is not None and entry.finding.value is not None:
            entries[eye] = entry
    return entries


def held_back(state: CaseState) -> bool:
    """Whether no interval may be named: an eye is without a grade, contradicts itself or is undecided."""
    return bool(unsure_eyes(ledger_of(state), state)) or deciding_grade(state) is None


def unsure_eyes(ledger: Ledger, state: CaseState) -> set[Eye]:
    """Eyes without a grade, with evidence that contradicts itself, or of which it is open whether they are referable or have
    macular oedema."""
    contradicted = {d.eye for d in disagreements_of(state)}
    still_open = undecided_eyes(ledger, state) | oedema_eyes(state)
    graded = graded_entries(ledger, state)
    return {eye for eye in references_by_eye(state) if eye not in graded or eye in contradicted or eye in still_open}


def undecided_eyes(ledger: Ledger, state: CaseState) -> set[Eye]:
    """Graded eyes whose conformal set leaves open whether the retinopathy is referable."""
    graded = graded_entries(ledger, state)
    return {eye for eye, entry in graded.items() if entry.finding is not None and undecided(entry.finding)}


def oedema_eyes(state: CaseState) -> set[Eye]:
    """Eyes whose grade is not referable and in which macular oedema is suspected."""
    found = primary_findings(state)
    return {eye for eye, f in found.items() if oedema_open(f.get("grade"), f.get("lesions"))}


def floor_entries(ledger: Ledger, state: CaseState) -> dict[Eye, Evidence]:
    """The grades that ask for something at the least where no interval may be named: referable for sure, each eye's own."""
    if not held_back(state):
        return {}
    graded, shown = graded_entries(ledger, state), primary_findings(state)
    return {eye: entry for eye, entry in graded.items() if stands_at_least(shown[eye], eye)}


def value_of(entry: Evidence) -> int:
    """The grade of a grade finding; -1 without one."""
    return -1 if entry.finding is None or entry.finding.value is None else entry.finding.value


def any_entry(ledger: Ledger, eye: Eye) -> Evidence | None:
    """Some finding on an eye, for sentences that need no particular one."""
    return next((entry for entry in ledger if entry.eye is eye), None)
