"""The recommendation: what the guideline says, or why no interval is named."""

from __future__ import annotations

from ...records import Evidence, Eye
from ..evidence_rules import surrogate_found
from ..ledger import Ledger
from ..patterns.slots import Slots
from ..state import CaseState, disagreements_of, guideline_of, photographs_of, references_by_eye
from .draft import Draft
from .grades import any_entry, graded_entries, held_back, undecided_eyes, unsure_eyes, value_of


def write_recommendation(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """The guideline's statement for the worse eye; never an interval on ungradable, contradictory or undecided evidence."""
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
            _say_why_withheld(draft, ledger, state, eye)
    if not held_back(state):
        _follow(draft, ledger, state)
        _oedema(draft, ledger, state)


def _say_why_withheld(draft: Draft, ledger: Ledger, state: CaseState, eye: Eye) -> None:
    graded = graded_entries(ledger, state)
    against = [d for d in disagreements_of(state) if d.eye is eye]
    if eye not in graded:
        draft.say("recommendation", "interval_withheld", eye, [any_entry(ledger, eye)], why="no_grade")
    if against:
        cited = dict.fromkeys(evidence for d in against for evidence in d.evidence)
        draft.say("recommendation", "interval_withheld", eye, [ledger.get(e) for e in cited], why="contradiction")
    if eye in undecided_eyes(ledger, state):
        draft.say("recommendation", "interval_withheld", eye, [graded[eye]], why="undecided")


def _follow(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """The guideline's statement, that it is superseded, or that none was found."""
    graded: list[Evidence | None] = list(graded_entries(ledger, state).values())
    about: Slots = {"guideline": guideline_of(state), "value": max(value_of(e) for e in graded if e is not None)}
    found = [entry for p in state["passages"].get("recommendation", []) if (entry := ledger.get(p)) is not None]
    for entry in found:
        if entry.passage is not None:
            slots: Slots = {"statement": entry.passage.text, "key": entry.passage.reference}
            draft.say("recommendation", "follow", None, [entry], **slots)
            if entry.passage.superseded_by is not None:
                slots = {**about, "key": entry.passage.superseded_by}
                draft.say("recommendation", "superseded", None, [entry, *graded], **slots)
    if not found:
        draft.say("recommendation", "no_statement", None, graded, **about)


def _oedema(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """What the guideline says of macular oedema, should it be confirmed: a photograph shows the surrogate alone."""
    for eye, references in references_by_eye(state).items():
        lesions = ledger.of("lesions", eye, photographs_of(state)[references[0]].sha256)
        if lesions is None or not surrogate_found(lesions.finding):
            continue
        for passage_id in state["passages"].get("oedema", []):
            entry = ledger.get(passage_id)
            if entry is not None and entry.passage is not None:
                slots: Slots = {"statement": entry.passage.text, "key": entry.passage.reference}
                draft.say("recommendation", "if_oedema", eye, [lesions, entry], **slots)
