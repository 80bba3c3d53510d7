"""Facts that a free sentence states, and whether the evidence it names says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...records import Evidence, Eye, Finding, Status
from ..evidence_rules import lesion_counts, lesions_imply
from .tokens import Number


@dataclass(frozen=True)
class Fact:
    """One thing a sentence says. `eye` None leaves it to the evidence, `slots` are its values."""

    kind: str
    eye: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)


class Wrong(Exception):
    """The evidence says otherwise, or (`unsupported`) says nothing of it."""

    def __init__(self, reason: str, *, unsupported: bool = False) -> None:
        super().__init__(reason)
        self.unsupported = unsupported


MEASURES: dict[str, tuple[str, str, str, float]] = {
    "quality_score": ("quality", "quality_score", "", 1.0),
    "fundus_probability": ("quality", "fundus_probability", "", 1.0),
    "disc_diameter": ("landmarks", "disc_diameter", "px", 0.0),
    "fovea_distance": ("landmarks", "disc_fovea_distance", "DD", 0.0),
    "vessel_density": ("vessels", "vessel_density", "", 1.0),
    "skeleton_length": ("vessels", "skeleton_length", "?", 0.0),
    "nearest_exudate": ("lesions", "nearest_exudate_fovea_distance", "DD", 0.0),
    "cup_disc_ratio": ("disc", "vertical_cdr", "", 1.0),
}
"""Fact to expert, measurement, the unit a sentence must name ("?": the measured one), and 1 where a per cent may stand for it."""


def hold_fact(fact: Fact, entries: Sequence[Evidence]) -> None:
    """Hold one fact against the cited entries. Raises Wrong."""
    if fact.kind in MEASURES:
        _measure(fact, entries)
        return
    expert, test = _FINDING_TESTS.get(fact.kind, ("", None))
    if test is not None:
        if not test(fact, _finding(fact, entries, expert)):
            raise Wrong(f"the {expert} finding does not say so")
        return
    if not _EVIDENCE_TESTS[fact.kind](fact, entries):
        raise Wrong("the evidence does not say so")


def near(number: Number, measured: float | int | None, *, exact: bool = False) -> bool:
    """Whether the measured value rounds to what was written, at the digits written, or lies beyond the bound named."""
    if measured is None:
        return False
    value = measured * 100 if number.percent else measured
    half = 0.0 if exact else 0.5 * 10.0**-number.decimals + 1e-9
    within = abs(value - number.value) <= half
    if not within and number.about and not exact and not number.decimals and not number.bound:
        zeros = len(str(int(number.value))) - len(str(int(number.value)).rstrip("0"))
        within = number.value >= 10 and not number.percent and abs(value - number.value) <= 0.5 * 10.0**zeros
    if number.bound == "more":
        return value > number.value and (not number.about or within)
    if number.bound == "less":
        return value < number.value and (not number.about or within)
    if number.bound == "at least":
        return value >= number.value or (number.decimals > 0 and within)
    if number.bound == "at most":
        return value <= number.value or (number.decimals > 0 and within)
    return within


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


def _count(fact: Fact, finding: Finding) -> bool:
    quadrant = f"_{fact.slots['quadrant']}" if fact.slots.get("quadrant") else ""
    number: Number = fact.slots["number"]
    whole = not number.percent and number.decimals == 0
    return whole and near(number, finding.number(f"lesion_count_{fact.slots['lesion']}{quadrant}"), exact=True)


def _all_in(fact: Fact, finding: Finding) -> bool:
    total = finding.number(f"lesion_count_{fact.slots['lesion']}")
    return bool(total) and finding.number(f"lesion_count_{fact.slots['lesion']}_{fact.slots['quadrant']}") == total


def _total(fact: Fact, finding: Finding) -> bool:
    counts = list(lesion_counts(finding).values())
    return None not in counts and near(fact.slots["number"], sum(c for c in counts if c is not None), exact=True)


def _near_fovea(fact: Fact, finding: Finding) -> bool:
    distance = finding.number("nearest_exudate_fovea_distance")
    return distance is not None and distance <= 1.0


def _far_from_fovea(fact: Fact, finding: Finding) -> bool:
    distance = finding.number("nearest_exudate_fovea_distance")
    none_found = lesion_counts(finding)["EX"] == 0 and not fact.slots.get("some")
    return none_found or (distance is not None and distance > 1.0)


def _mean(fact: Fact, finding: Finding) -> bool:
    return lesions_imply(lesion_counts(finding)) == fact.slots["level"]


def _disc_position(fact: Fact, finding: Finding) -> bool:
    disc = finding.points.get("disc")
    return disc is not None and near(fact.slots["x"], disc.x) and near(fact.slots["y"], disc.y)


def _grade_probability(fact: Fact, finding: Finding) -> bool:
    grade = fact.slots["grade"] if fact.slots.get("grade") is not None else finding.value
    if finding.probabilities is None or grade is None:
        return False
    return near(fact.slots["number"], finding.probabilities[grade])


def _probable(fact: Fact, finding: Finding) -> bool:
    probability = finding.referable_probability
    return probability is not None and (probability >= 0.5) is fact.slots["likely"]


_FINDING_TESTS: dict[str, tuple[str, Callable[[Fact, Finding], bool]]] = {
    "gradable": ("quality", lambda fact, f: f.label == "gradable"),
    "not_gradable": (
        "quality",
        lambda fact, f: f.label == "not_gradable" and set(fact.slots.get("reasons", ())) <= set(f.flags),
    ),
    "not_fundus": ("quality", lambda fact, f: f.label == "not_a_fundus_photograph"),
    "retake": (
        "quality",
        lambda fact, f: f.label != "gradable" and bool(f.notes) and set(fact.slots.get("better", ())) <= set(f.flags),
    ),
    "disc_position": ("landmarks", _disc_position),
    "side": ("landmarks", lambda fact, f: f.label == fact.slots["side"]),
    "field": ("landmarks", lambda fact, f: fact.slots["field"] in f.flags),
    "lesion_count": ("lesions", _count),
    "all_in": ("lesions", _all_in),
    "lesion_total": ("lesions", _total),
    "exudate_near": ("lesions", _near_fovea),
    "exudate_far": ("lesions", _far_from_fovea),
    "lesions_mean": ("lesions", _mean),
    "grade": ("grade", lambda fact, f: f.value is not None and f.value == fact.slots["grade"]),
    "grade_probability": ("grade", _grade_probability),
    "referable": ("grade", lambda fact, f: near(fact.slots["number"], f.referable_probability)),
    "probable": ("grade", _probable),
    "conformal_set": ("grade", lambda fact, f: f.conformal_set == list(fact.slots["set"])),
    "out_of_distribution": ("grade", lambda fact, f: "out_of_distribution" in f.flags),
}


def _of_eye(fact: Fact, entries: Iterable[Evidence]) -> list[Finding]:
    return [e.finding for e in entries if e.finding is not None and (fact.eye is None or e.eye == Eye(fact.eye))]


def _not_assessed(fact: Fact, entries: Sequence[Evidence]) -> bool:
    names = fact.slots["names"]
    found = [m for f in _of_eye(fact, entries) for m in f.measurements if m.name in names]
    return {m.name for m in found} >= set(names) and all(m.status is Status.NOT_ASSESSED for m in found)


def _not_located(fact: Fact, entries: Sequence[Evidence]) -> bool:
    """A measurement failed because a landmark was not found; one reason may name both."""
    reasons = [m.reason or "" for f in _of_eye(fact, entries) for m in f.measurements]
    return any(fact.slots["what"] in r and ("not located" in r or "was found" in r) for r in reasons)


def _no_grade(fact: Fact, entries: Sequence[Evidence]) -> bool:
    own = _of_eye(fact, entries)
    return bool(own) and all(f.value is None for f in own if f.expert == "grade")


def _by_eye(entries: Iterable[Evidence], value: Callable[[Finding], float | int | None]) -> dict[str, float]:
    pairs = [(str(e.eye), value(e.finding)) for e in entries if e.finding is not None]
    return {eye: found for eye, found in pairs if found is not None}


def _more_in(fact: Fact, entries: Sequence[Evidence]) -> bool:
    counts = _by_eye(entries, lambda f: f.number(f"lesion_count_{fact.slots['lesion']}"))
    others = [count for eye, count in counts.items() if eye != fact.eye]
    return fact.eye in counts and bool(others) and counts[fact.eye] > max(others)


def _worse_eye(fact: Fact, entries: Sequence[Evidence]) -> bool:
    grades = _by_eye(entries, lambda f: f.value if f.expert == "grade" else None)
    others = [grade for eye, grade in grades.items() if eye != fact.eye]
    return fact.eye in grades and bool(others) and grades[fact.eye] > max(others)


def _same_grade(fact: Fact, entries: Sequence[Evidence]) -> bool:
    grades = _by_eye(entries, lambda f: f.value if f.expert == "grade" else None)
    return len(grades) == 2 and len(set(grades.values())) == 1


_EVIDENCE_TESTS: dict[str, Callable[[Fact, Sequence[Evidence]], bool]] = {
    "not_assessed": _not_assessed,
    "not_located": _not_located,
    "no_grade": _no_grade,
    "more_in": _more_in,
    "worse_eye": _worse_eye,
    "same_grade": _same_grade,
}
