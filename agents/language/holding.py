"""Holds a fact against the evidence that its sentence names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ...records import Evidence, Eye, Finding, Status
from .facts import MEASURES, Fact, Wrong, near
from .on_findings import FINDING_TESTS
from .tokens import Number


def hold_fact(fact: Fact, entries: Sequence[Evidence]) -> None:
    """Hold one fact against the cited entries. Raises Wrong."""
    if fact.kind in MEASURES:
        _measure(fact, entries)
        return
    expert, test = FINDING_TESTS.get(fact.kind, ("", None))
    if test is not None:
        if not test(fact, _finding(fact, entries, expert)):
            raise Wrong(f"the {expert} finding does not say so")
        return
    if not _EVIDENCE_TESTS[fact.kind](fact, entries):
        raise Wrong("the evidence does not say so")


def _findings(fact: Fact, entries: Iterable[Evidence], expert: str) -> list[Finding]:
    return [
        e.finding
        for e in entries
        if e.finding is not None and e.finding.expert == expert and (fact.eye is None or e.eye == Eye(fact.eye))
    ]


def _finding(fact: Fact, entries: Sequence[Evidence], expert: str) -> Finding:
    found = _findings(fact, entries, expert)
    if not found:
        raise Wrong(f"it names no finding of {expert} on that eye", unsupported=True)
    if fact.eye is None and len({e.eye for e in entries if e.finding is not None}) > 1:
        raise Wrong("it does not say which eye it is about", unsupported=True)
    return found[0]


def _measure(fact: Fact, entries: Sequence[Evidence]) -> None:
    expert, name, unit, per_cent = MEASURES[fact.kind]
    measurement = _finding(fact, entries, expert).measurement(name)
    number: Number = fact.slots["number"]
    if measurement is None or measurement.value is None:
        raise Wrong(f"{name.replace('_', ' ')} was not assessed")
    wanted = measurement.unit if unit == "?" else unit
    if fact.slots.get("unit", "") != wanted or (number.percent and not per_cent):
        raise Wrong("the unit is not the measured one")
    if not near(number, measurement.value):
        raise Wrong(f"{name.replace('_', ' ')} is {measurement.value:g} in the evidence")


def _of_eye(fact: Fact, entries: Iterable[Evidence]) -> list[Finding]:
    return [e.finding for e in entries if e.finding is not None and (fact.eye is None or e.eye == Eye(fact.eye))]


def _not_assessed(fact: Fact, entries: Sequence[Evidence]) -> bool:
    names = fact.slots["names"]
    found = [m for f in _of_eye(fact, entries) for m in f.measurements if m.name in names]
    return {m.name for m in found} >= set(names) and all(m.status is Status.NOT_ASSESSED for m in found)


def _not_located(fact: Fact, entries: Sequence[Evidence]) -> bool:
    """A measurement failed because a landmark was not found (one reason may name both), or for another reason given."""
    reasons = [m.reason or "" for f in _of_eye(fact, entries) for m in f.measurements if m.value is None]
    why = ("not located", "was found") if fact.slots["what"] in ("disc", "fovea", "not located") else ("",)
    return any(fact.slots["what"] in r and any(words in r for words in why) for r in reasons)


def _no_grade(fact: Fact, entries: Sequence[Evidence]) -> bool:
    own = _of_eye(fact, entries)
    return bool(own) and all(f.value is None for f in own if f.expert == "grade")


def _by_eye(entries: Iterable[Evidence], value: Callable[[Finding], float | int | None]) -> dict[str, float]:
    pairs = [(str(e.eye), value(e.finding)) for e in entries if e.finding is not None]
    return {eye: found for eye, found in pairs if found is not None}


def _greater(fact: Fact, entries: Sequence[Evidence]) -> bool:
    name = fact.slots["measure"]
    if name == "referable":
        found = _by_eye(entries, lambda f: f.referable_probability)
    else:
        expert, measured, _, _ = MEASURES[name]
        found = _by_eye(entries, lambda f: f.number(measured) if f.expert == expert else None)
    others = [value for eye, value in found.items() if eye != fact.eye]
    return fact.eye in found and bool(others) and found[fact.eye] > max(others)


def _more_in(fact: Fact, entries: Sequence[Evidence]) -> bool:
    counts = _by_eye(entries, lambda f: f.number(f"lesion_count_{fact.slots['lesion']}"))
    others = [count for eye, count in counts.items() if eye != fact.eye]
    if fact.eye not in counts or not others or counts[fact.eye] <= max(others):
        return False
    return "by" not in fact.slots or near(fact.slots["by"], counts[fact.eye] - max(others), exact=True)


def _worse_eye(fact: Fact, entries: Sequence[Evidence]) -> bool:
    grades = _by_eye(entries, lambda f: f.value if f.expert == "grade" else None)
    others = [grade for eye, grade in grades.items() if eye != fact.eye]
    return fact.eye in grades and bool(others) and grades[fact.eye] > max(others)


def _same_grade(fact: Fact, entries: Sequence[Evidence]) -> bool:
    grades = _by_eye(entries, lambda f: f.value if f.expert == "grade" else None)
    return len(grades) == 2 and len(set(grades.values())) == 1


def _different_grade(fact: Fact, entries: Sequence[Evidence]) -> bool:
    grades = _by_eye(entries, lambda f: f.value if f.expert == "grade" else None)
    return len(set(grades.values())) == 2


_EVIDENCE_TESTS: dict[str, Callable[[Fact, Sequence[Evidence]], bool]] = {
    "not_assessed": _not_assessed,
    "not_located": _not_located,
    "no_grade": _no_grade,
    "greater": _greater,
    "more_in": _more_in,
    "worse_eye": _worse_eye,
    "same_grade": _same_grade,
    "different_grade": _different_grade,
}
