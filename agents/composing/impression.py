"""The impression: each eye in a line, what stays open, what else is flagged, and which eye decides and why."""

from __future__ import annotations

from ...records import Evidence, Eye
from ..contradictions import contradictions
from ..evidence_rules import (
    DEGENERATION,
    drusen_possible,
    few,
    large_cup,
    oedema_probable,
    surrogate_doubtful,
    surrogate_found,
    undecided,
)
from ..ledger import Ledger
from ..state import CaseState, primary_findings, references_by_eye
from .draft import Draft
from .grades import any_entry, flagged_entries, graded_entries, shown_entry, value_of, visit_entries


def write_impression(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """Each eye in a line, what stays open, what else is flagged, and which eye decides and why."""
    graded = graded_entries(ledger, state)
    for eye in references_by_eye(state):
        entry = graded.get(eye)
        finding = None if entry is None else entry.finding
        if finding is not None and finding.value is not None and finding.referable_probability is not None:
            value, referable = finding.value, finding.referable_probability
            draft.say("impression", "summary", eye, [entry], grade=value, value=value, probability=referable)
            if undecided(finding):
                draft.say("impression", "undecided", eye, [entry])
        else:
            draft.say("impression", "summary_no_grade", eye, [any_entry(ledger, eye)])
        _contradicted(draft, ledger, state, eye)
        _macula(draft, ledger, state, eye)
        _cup(draft, ledger, state, eye)
        _flagged(draft, ledger, state, eye)
        _drusen(draft, ledger, state, eye)
    _deciding_eye(draft, ledger, state)


def _contradicted(draft: Draft, ledger: Ledger, state: CaseState, eye: Eye) -> None:
    rules = contradictions(primary_findings(state).get(eye, {}), eye)
    experts = dict.fromkeys(expert for rule in rules for expert in rule.experts)
    if experts:
        draft.say(
            "impression", "summary_contradicted", eye, [shown_entry(ledger, state, eye, name) for name in experts]
        )


def _macula(draft: Draft, ledger: Ledger, state: CaseState, eye: Eye) -> None:
    """The surrogate of macular oedema, where it was measured beyond doubt or is probable."""
    lesions, grade = shown_entry(ledger, state, eye, "lesions"), shown_entry(ledger, state, eye, "grade")
    found = None if lesions is None else lesions.finding
    graded = None if grade is None else grade.finding
    if surrogate_found(found) and not surrogate_doubtful(graded, found):
        pattern = "summary_exudate_few" if "EX" in few(found) else "summary_exudate"
        draft.say("impression", pattern, eye, [lesions])
    elif grade is not None and grade.finding is not None and oedema_probable(grade.finding):
        probability = grade.finding.number("dme_probability") or 0.0
        draft.say("impression", "summary_oedema", eye, [grade], probability=probability)


def _cup(draft: Draft, ledger: Ledger, state: CaseState, eye: Eye) -> None:
    """The first cup that is unusual for discs of every size, of the photographs of the visit."""
    large = [(entry, disc) for entry, disc in visit_entries(ledger, state, eye, "disc") if large_cup(disc)]
    for entry, disc in large[:1]:
        for passage in state["passages"].get("disc", []):
            about = {"ratio": disc.number("vertical_cdr") or 0.0}
            draft.say("impression", "summary_cup", eye, [entry, ledger.get(passage)], **about)


def _flagged(draft: Draft, ledger: Ledger, state: CaseState, eye: Eye) -> None:
    """Other conditions than retinopathy that a person should look for, whichever photograph of the visit shows them."""
    for name, entry, finding in flagged_entries(ledger, state, eye):
        probability = finding.number(name)
        if probability is not None:
            draft.say("impression", "summary_condition", eye, [entry], condition=name, probability=probability)


def _drusen(draft: Draft, ledger: Ledger, state: CaseState, eye: Eye) -> None:
    """What was counted as hard exudates, where any photograph of the visit flags what may be taken for them."""
    lesions = shown_entry(ledger, state, eye, "lesions")
    counted = None if lesions is None else lesions.finding
    for name, entry, finding in flagged_entries(ledger, state, eye):
        if name == DEGENERATION and drusen_possible(counted, finding):
            draft.say("impression", "summary_drusen", eye, [lesions, entry], condition=name)


def _deciding_eye(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    graded, eyes = graded_entries(ledger, state), list(references_by_eye(state))
    ranked = sorted(graded.items(), key=lambda item: -value_of(item[1]))
    entries: list[Evidence | None] = list(graded.values())
    if len(graded) == 1 and len(eyes) == 2:
        entries += [any_entry(ledger, eye) for eye in eyes if eye not in graded]
        draft.say("impression", "one_eye_graded", ranked[0][0], entries)
    elif len(graded) > 1:
        worst, second = (value_of(entry) for _eye, entry in ranked[:2])
        if worst == second:
            draft.say("impression", "same_grade", None, entries)
        elif len(graded) == 2:
            draft.say("impression", "worse_eye_reason", ranked[0][0], entries, value=worst, other=second)
        else:
            draft.say("impression", "worse_eye", ranked[0][0], entries)
