"""The recommendation: what the guideline says, or why no interval is named."""

from __future__ import annotations

from ...records import Evidence, Eye
from ..contradictions import LOWERING_EXPERTS, contradictions
from ..evidence_rules import REFERABLE_GRADE, graver_open, large_cup, oedema_suspected
from ..ledger import Ledger
from ..patterns.slots import Slots
from ..state import (
    CaseState,
    advice_for,
    guideline_of,
    primary_findings,
    references_by_eye,
)
from .draft import Draft
from .grades import (
    any_entry,
    flagged_entries,
    floor_entries,
    graded_entries,
    held_back,
    oedema_eyes,
    shown_entry,
    undecided_eyes,
    unsure_eyes,
    value_of,
    visit_entries,
)


def write_recommendation(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """The guideline's statement for the worse eye; on ungradable, contradictory or undecided evidence no interval, but what
    an eye whose grade is referable asks for at the least; and what no interval for retinopathy covers."""
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
    _at_least(draft, ledger, state)
    _graver(draft, ledger, state)
    _oedema(draft, ledger, state)
    _apart(draft, ledger, state)


def _say_why_withheld(draft: Draft, ledger: Ledger, state: CaseState, eye: Eye) -> None:
    graded = graded_entries(ledger, state)
    rules = contradictions(primary_findings(state).get(eye, {}), eye)
    if eye not in graded:
        draft.say("recommendation", "interval_withheld", eye, [any_entry(ledger, eye)], why="no_grade")
    if rules:
        # A picture that is another's, flipped or not, is no contradiction of findings: the disagreement itself says it.
        experts = dict.fromkeys(expert for rule in rules for expert in rule.experts)
        against = [shown_entry(ledger, state, eye, expert) for expert in experts]
        draft.say("recommendation", "interval_withheld", eye, against, why="contradiction")
    if eye in undecided_eyes(ledger, state):
        draft.say("recommendation", "interval_withheld", eye, [graded[eye]], why="undecided")
    if eye in oedema_eyes(state):
        found = [shown_entry(ledger, state, eye, expert) for expert in ("grade", "lesions")]
        draft.say("recommendation", "interval_withheld", eye, found, why="oedema")


def _follow(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """The guideline's statement, that it is superseded, or that none was found."""
    graded: list[Evidence | None] = list(graded_entries(ledger, state).values())
    about: Slots = {"guideline": guideline_of(state), "value": max(value_of(e) for e in graded if e is not None)}
    found = _passages(ledger, state, "recommendation")
    for entry in found:
        draft.say("recommendation", "follow", None, [entry], **_quoted(entry))
        if entry.passage is not None and entry.passage.superseded_by is not None:
            slots: Slots = {**about, "key": entry.passage.superseded_by}
            draft.say("recommendation", "superseded", None, [entry, *graded], **slots)
    if not found:
        draft.say("recommendation", "no_statement", None, graded, **about)


def _at_least(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """What the gravest of the grades that are referable for sure asks for, where no interval is named."""
    floor = floor_entries(ledger, state)
    if not floor:
        return
    worst = max(floor, key=lambda eye: value_of(floor[eye]))
    own = [shown_entry(ledger, state, worst, expert) for expert in LOWERING_EXPERTS]
    for entry in _passages(ledger, state, advice_for(value_of(floor[worst]))):
        draft.say("recommendation", "at_least", worst, [*own, entry], **_quoted(entry))


def _graver(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """What the guideline says of the gravest grade that a referable eye's conformal set leaves open."""
    for eye, grade in graded_entries(ledger, state).items():
        gravest = None if grade.finding is None else graver_open(grade.finding)
        if gravest is None or value_of(grade) < REFERABLE_GRADE:
            continue
        for entry in _passages(ledger, state, advice_for(gravest)):
            draft.say("recommendation", "graver_open", eye, [grade, entry], value=gravest, **_quoted(entry))


def _oedema(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """What the guideline says of macular oedema, should it be confirmed: a photograph shows the surrogate alone."""
    for eye, findings in primary_findings(state).items():
        if not oedema_suspected(findings.get("grade"), findings.get("lesions")):
            continue
        found = [shown_entry(ledger, state, eye, name) for name in ("lesions", "grade")]
        for entry in _passages(ledger, state, "oedema"):
            draft.say("recommendation", "if_oedema", eye, [*found, entry], **_quoted(entry))


def _apart(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """What a photograph of the visit shows beside retinopathy and asks for an examination of its own."""
    for eye in primary_findings(state):
        for name, entry, _finding in flagged_entries(ledger, state, eye):
            draft.say("recommendation", "condition_apart", eye, [entry], condition=name)
        large = [entry for entry, disc in visit_entries(ledger, state, eye, "disc") if large_cup(disc)]
        if large:
            draft.say("recommendation", "cup_apart", eye, [large[0], *_passages(ledger, state, "disc")])


def _passages(ledger: Ledger, state: CaseState, purpose: str) -> list[Evidence]:
    entries = [ledger.get(passage) for passage in state["passages"].get(purpose, [])]
    return [entry for entry in entries if entry is not None and entry.passage is not None]


def _quoted(entry: Evidence) -> Slots:
    assert entry.passage is not None
    return {"statement": entry.passage.text, "key": entry.passage.reference}
