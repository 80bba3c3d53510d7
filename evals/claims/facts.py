"""The structured reading of a sentence, and whether it holds of evidence.

A fact is a flat record with a `pattern` and its values. A number that was measured stands as it was written, with
`decimals` saying to which digit: 0.9 with one decimal holds of 0.934, 0.93 with one decimal more; -1 is to tens.
`percent` is a hundred times a fraction. Written apart from verification, so that neither can hide the other's errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ...records import Evidence, Eye, Finding, Status

Fact = Mapping[str, object]
MEASURES: dict[str, tuple[str, str, str]] = {
    "quality_score": ("quality", "quality_score", ""),
    "fundus_probability": ("quality", "fundus_probability", ""),
    "disc_diameter": ("landmarks", "disc_diameter", "px"),
    "fovea_distance": ("landmarks", "disc_fovea_distance", "DD"),
    "vessel_density": ("vessels", "vessel_density", "fraction"),
    "nearest_exudate": ("lesions", "nearest_exudate_fovea_distance", "DD"),
    "referable": ("grade", "referable_probability", ""),
    "cup_disc_ratio": ("disc", "vertical_cdr", "ratio"),
}
"""Fact pattern to expert, measurement and unit."""


def cited(evidence: Iterable[Evidence], ids: Sequence[str]) -> list[Evidence]:
    """The entries with these ids; fewer when some do not exist."""
    return [entry for entry in evidence if entry.id in ids]


def holds(fact: Fact, evidence: Sequence[Evidence]) -> bool:
    """Whether some of this evidence says so. Raises KeyError for an unknown pattern."""
    pattern = str(fact["pattern"])
    if pattern in MEASURES:
        return any(_measure(fact, f) for f in _findings(fact, evidence, MEASURES[pattern][0]))
    if pattern in _OF_FINDING:
        expert, test = _OF_FINDING[pattern]
        return any(test(fact, f) for f in _findings(fact, evidence, expert))
    return _OF_EVIDENCE[pattern](fact, evidence)


def all_hold(facts: Iterable[Fact], evidence: Sequence[Evidence]) -> bool:
    """Whether every fact holds."""
    return all(holds(fact, evidence) for fact in facts)


def _findings(fact: Fact, evidence: Sequence[Evidence], expert: str) -> list[Finding]:
    return [
        e.finding
        for e in evidence
        if e.finding is not None and e.finding.expert == expert and ("eye" not in fact or e.eye == fact["eye"])
    ]


def near(written: object, decimals: object, measured: float | int | None) -> bool:
    """Whether `measured` rounds to what was written at that many decimals."""
    if measured is None or not isinstance(written, int | float) or not isinstance(decimals, int):
        return False
    return abs(measured - written) <= 0.5 * 10.0**-decimals + 1e-9


def _value(fact: Fact, measured: float | int | None) -> bool:
    if "percent" in fact:
        return near(fact["percent"], fact["decimals"], None if measured is None else measured * 100)
    return near(fact["value"], fact["decimals"], measured)


def _measure(fact: Fact, finding: Finding) -> bool:
    _, name, unit = MEASURES[str(fact["pattern"])]
    return fact.get("unit", unit) == unit and _value(fact, finding.number(name))


def _gradable(fact: Fact, finding: Finding) -> bool:
    return finding.label == "gradable"


def _not_gradable(fact: Fact, finding: Finding) -> bool:
    reasons = fact.get("reasons", [])
    return finding.label == "not_gradable" and isinstance(reasons, list) and set(reasons) <= set(finding.flags)


def _not_fundus(fact: Fact, finding: Finding) -> bool:
    return finding.label == "not_a_fundus_photograph"


def _retake(fact: Fact, finding: Finding) -> bool:
    return finding.label != "gradable" and bool(finding.notes)


def _disc_position(fact: Fact, finding: Finding) -> bool:
    disc = finding.points.get("disc")
    return disc is not None and near(fact["x"], fact["decimals"], disc.x) and near(fact["y"], fact["decimals"], disc.y)


def _side(fact: Fact, finding: Finding) -> bool:
    return finding.label == fact["side"]


def _field(fact: Fact, finding: Finding) -> bool:
    return fact["field"] in finding.flags


def _skeleton(fact: Fact, finding: Finding) -> bool:
    found = finding.measurement("skeleton_length")
    return found is not None and found.unit == fact["unit"] and _value(fact, found.value)


def _count_name(fact: Fact) -> str:
    quadrant = f"_{fact['quadrant']}" if "quadrant" in fact else ""
    return f"lesion_count_{fact['lesion']}{quadrant}"


def _count(fact: Fact, finding: Finding) -> bool:
    return finding.number(_count_name(fact)) == fact["count"]


def _more_than(fact: Fact, finding: Finding) -> bool:
    count = finding.number(_count_name(fact))
    return count is not None and count > int(str(fact["count"]))


def _total(fact: Fact, finding: Finding) -> bool:
    counts = [finding.number(f"lesion_count_{kind}") for kind in ("MA", "HE", "EX", "SE")]
    return sum(count for count in counts if count is not None) == fact["count"] and None not in counts


def _exudate(fact: Fact, finding: Finding) -> bool:
    distance = finding.number("nearest_exudate_fovea_distance")
    return distance is not None and distance <= 1.0


def _no_exudate_near(fact: Fact, finding: Finding) -> bool:
    distance = finding.number("nearest_exudate_fovea_distance")
    return finding.number("lesion_count_EX") == 0 or (distance is not None and distance > 1.0)


def _mean(fact: Fact, finding: Finding) -> bool:
    counts = {kind: finding.number(f"lesion_count_{kind}") for kind in ("MA", "HE", "EX", "SE")}
    others = [counts[kind] for kind in ("HE", "EX", "SE")]
    if any(others):
        return fact["level"] == "more"
    if None in counts.values():
        return False
    return fact["level"] == ("mild" if counts["MA"] else "none")


def _grade(fact: Fact, finding: Finding) -> bool:
    return finding.value is not None and finding.value == fact["value"]


def _grade_probability(fact: Fact, finding: Finding) -> bool:
    given, value = finding.probabilities, fact.get("grade", finding.value)
    return given is not None and isinstance(value, int) and _value(fact, given[value])


def _conformal(fact: Fact, finding: Finding) -> bool:
    return finding.conformal_set == fact["set"]


def _novel(fact: Fact, finding: Finding) -> bool:
    return "out_of_distribution" in finding.flags


_OF_FINDING: dict[str, tuple[str, Callable[[Fact, Finding], bool]]] = {
    "gradable": ("quality", _gradable),
    "not_gradable": ("quality", _not_gradable),
    "not_fundus": ("quality", _not_fundus),
    "retake": ("quality", _retake),
    "disc_position": ("landmarks", _disc_position),
    "side": ("landmarks", _side),
    "field": ("landmarks", _field),
    "skeleton_length": ("vessels", _skeleton),
    "lesion_count": ("lesions", _count),
    "lesion_quadrant": ("lesions", _count),
    "lesion_more_than": ("lesions", _more_than),
    "lesion_total": ("lesions", _total),
    "exudate_near": ("lesions", _exudate),
    "exudate_far": ("lesions", _no_exudate_near),
    "lesions_mean": ("lesions", _mean),
    "grade": ("grade", _grade),
    "grade_probability": ("grade", _grade_probability),
    "conformal_set": ("grade", _conformal),
    "out_of_distribution": ("grade", _novel),
}


def _not_assessed(fact: Fact, evidence: Sequence[Evidence]) -> bool:
    """A measurement that is there without a value."""
    found = [e.finding.measurement(str(fact["name"])) for e in evidence if e.finding is not None and _of_eye(fact, e)]
    return any(m is not None and m.status is Status.NOT_ASSESSED for m in found)


def _of_eye(fact: Fact, entry: Evidence) -> bool:
    return "eye" not in fact or entry.eye == fact["eye"]


def _no_grade(fact: Fact, evidence: Sequence[Evidence]) -> bool:
    own = [e.finding for e in evidence if e.finding is not None and e.eye == fact["eye"]]
    return bool(own) and all(finding.value is None for finding in own if finding.expert == "grade")


def _grades(evidence: Sequence[Evidence]) -> dict[Eye, int]:
    return {
        e.eye: e.finding.value
        for e in evidence
        if e.finding is not None and e.finding.expert == "grade" and e.finding.value is not None and e.eye is not None
    }


def _worse_eye(fact: Fact, evidence: Sequence[Evidence]) -> bool:
    grades = _grades(evidence)
    others = [value for eye, value in grades.items() if eye != fact["eye"]]
    own = [value for eye, value in grades.items() if eye == fact["eye"]]
    return bool(own and others) and own[0] > max(others)


def _same_grade(fact: Fact, evidence: Sequence[Evidence]) -> bool:
    grades = list(_grades(evidence).values())
    return len(grades) == 2 and grades[0] == grades[1]


def _more_in(fact: Fact, evidence: Sequence[Evidence]) -> bool:
    """More lesions of a kind in this eye than in the other."""
    counts = {
        e.eye: e.finding.number(_count_name(fact))
        for e in evidence
        if e.finding is not None and e.finding.expert == "lesions"
    }
    own = [count for eye, count in counts.items() if eye == fact["eye"] and count is not None]
    others = [count for eye, count in counts.items() if eye != fact["eye"] and count is not None]
    return bool(own and others) and own[0] > max(others)


def _literature(fact: Fact, evidence: Sequence[Evidence]) -> bool:
    """A passage with this key (when one is named) whose text has every string of `says`."""
    says = fact["says"]
    assert isinstance(says, list)
    return any(
        ("key" not in fact or fact["key"] in e.passage.references) and all(words in e.passage.text for words in says)
        for e in evidence
        if e.passage is not None
    )


_OF_EVIDENCE: dict[str, Callable[[Fact, Sequence[Evidence]], bool]] = {
    "not_assessed": _not_assessed,
    "no_grade": _no_grade,
    "worse_eye": _worse_eye,
    "same_grade": _same_grade,
    "more_in": _more_in,
    "literature": _literature,
}
