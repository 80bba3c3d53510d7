"""Whether one expert's finding says what a fact says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...records import QUADRANTS, Finding
from ..evidence_rules import lesion_counts, lesions_imply, surrogate_found
from .facts import Fact, near
from .tokens import Number


def _places(fact: Fact) -> tuple[str, ...]:
    """The quadrants that a fact is about, joined by "+" in its slot."""
    named = fact.slots.get("quadrant")
    return tuple(named.split("+")) if named else ()


def _counted(finding: Finding, lesion: str, quadrants: Sequence[str]) -> float | None:
    """All lesions of a kind, or those in one or more quadrants; None when any of it was not assessed."""
    counts = [finding.number(f"lesion_count_{lesion}_{place}") for place in quadrants]
    if not quadrants:
        counts = [finding.number(f"lesion_count_{lesion}")]
    return None if None in counts else sum(count for count in counts if count is not None)


def _count(fact: Fact, finding: Finding) -> bool:
    number: Number = fact.slots["number"]
    whole = not number.percent and number.decimals == 0
    return whole and near(number, _counted(finding, fact.slots["lesion"], _places(fact)), exact=True)


def _all_in(fact: Fact, finding: Finding) -> bool:
    total = _counted(finding, fact.slots["lesion"], ())
    return bool(total) and _counted(finding, fact.slots["lesion"], _places(fact)) == total


def _spread(fact: Fact, finding: Finding) -> bool:
    counts = [_counted(finding, fact.slots["lesion"], (place,)) for place in QUADRANTS]
    return None not in counts and sum(bool(count) for count in counts) == fact.slots["quadrants"]


def _most_in(fact: Fact, finding: Finding) -> bool:
    """More of a kind in these quadrants than in any other; `half`: more than half of all."""
    lesion, places = fact.slots["lesion"], _places(fact)
    own, total = _counted(finding, lesion, places), _counted(finding, lesion, ())
    others = [_counted(finding, lesion, (place,)) for place in QUADRANTS if place not in places]
    if own is None or total is None or None in others:
        return False
    if fact.slots["half"]:
        return own * 2 > total
    return all(own > other for other in others if other is not None)


def _total(fact: Fact, finding: Finding) -> bool:
    counts = list(lesion_counts(finding).values())
    return None not in counts and near(fact.slots["number"], sum(c for c in counts if c is not None), exact=True)


def _near_fovea(fact: Fact, finding: Finding) -> bool:
    return surrogate_found(finding)


def _far_from_fovea(fact: Fact, finding: Finding) -> bool:
    distance = finding.number("nearest_exudate_fovea_distance")
    none_found = lesion_counts(finding)["EX"] == 0 and not fact.slots.get("some")
    return none_found or (distance is not None and not surrogate_found(finding))


def _mean(fact: Fact, finding: Finding) -> bool:
    return lesions_imply(finding) == fact.slots["level"]


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
    if probability is None:
        return False
    likely, very = fact.slots["likely"], fact.slots.get("very", False)
    return (probability >= (0.9 if very else 0.5)) if likely else (probability < (0.1 if very else 0.5))


def _runner_up(fact: Fact, finding: Finding) -> bool:
    """The next probable grades behind the one given."""
    if finding.probabilities is None or finding.value is None:
        return False
    order = sorted(range(len(finding.probabilities)), key=lambda grade: -finding.probabilities[grade])  # type: ignore[index]
    return order[0] == finding.value and set(order[1 : 1 + len(fact.slots["grades"])]) == set(fact.slots["grades"])


FINDING_TESTS: dict[str, tuple[str, Callable[[Fact, Finding], bool]]] = {
    "gradable": ("quality", lambda fact, f: f.label == "gradable"),
    "not_gradable": (
        "quality",
        lambda fact, f: f.label == "not_gradable" and set(fact.slots.get("reasons", ())) <= set(f.flags),
    ),
    "not_fundus": ("quality", lambda fact, f: f.label == "not_a_fundus_photograph"),
    "is_fundus": ("quality", lambda fact, f: f.label != "not_a_fundus_photograph"),
    "retake": (
        "quality",
        lambda fact, f: f.label != "gradable" and bool(f.notes) and set(fact.slots.get("better", ())) <= set(f.flags),
    ),
    "disc_position": ("landmarks", _disc_position),
    "side": ("landmarks", lambda fact, f: f.label == fact.slots["side"]),
    "field": ("landmarks", lambda fact, f: fact.slots["field"] in f.flags),
    "lesion_count": ("lesions", _count),
    "all_in": ("lesions", _all_in),
    "spread": ("lesions", _spread),
    "most_in": ("lesions", _most_in),
    "lesion_total": ("lesions", _total),
    "exudate_near": ("lesions", _near_fovea),
    "exudate_far": ("lesions", _far_from_fovea),
    "lesions_mean": ("lesions", _mean),
    "grade": ("grade", lambda fact, f: f.value is not None and f.value == fact.slots["grade"]),
    "grade_probability": ("grade", _grade_probability),
    "referable": ("grade", lambda fact, f: near(fact.slots["number"], f.referable_probability)),
    "probable": ("grade", _probable),
    "runner_up": ("grade", _runner_up),
    "unsure": ("grade", lambda fact, f: len(f.conformal_set or ()) > 1),
    "possible": ("grade", lambda fact, f: fact.slots["grade"] in (f.conformal_set or ())),
    "conformal_set": ("grade", lambda fact, f: f.conformal_set == list(fact.slots["set"])),
    "out_of_distribution": ("grade", lambda fact, f: "out_of_distribution" in f.flags),
}
