"""The true sentences that mutations start from: the paraphrases, and the report's own sentences rendered from a ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...agents.lexicon import PATTERNS, reasons_text
from ...records import QUADRANTS, Evidence, Finding
from .facts import Fact, holds
from .findings import KINDS
from .ledgers import ledger, ledger_names
from .rows import rows


@dataclass(frozen=True)
class Source:
    """A true sentence of a ledger, the evidence it names and its structured reading.

    `half` is empty for a rendered sentence, `pattern` for a paraphrase.
    """

    id: str
    ledger: str
    half: str
    text: str
    evidence: tuple[str, ...]
    facts: tuple[Fact, ...]
    pattern: str = ""


@lru_cache(maxsize=1)
def paraphrases() -> tuple[Source, ...]:
    """The true sentences of the files, both halves."""
    return tuple(
        Source(i["id"], i["ledger"], i["half"], i["text"], tuple(i["evidence"]), tuple(i["truth"]))
        for i in rows("paraphrases")
    )


@lru_cache(maxsize=1)
def rendered() -> tuple[Source, ...]:
    """The sentences that the report's patterns make of the ledgers."""
    made: list[Source] = []
    for name in ledger_names():
        for pattern, slots, evidence, facts in _sentences(ledger(name)):
            text = PATTERNS[pattern].render(slots)
            made.append(Source(f"{name}:{len(made)}", name, "", text, evidence, facts, pattern))
    return tuple(made)


_Sentence = tuple[str, dict[str, Any], tuple[str, ...], tuple[Fact, ...]]


def _sentences(entries: Sequence[Evidence]) -> Iterator[_Sentence]:
    for entry in entries:
        if entry.finding is not None:
            for pattern, slots, facts in _of_finding(entry.finding):
                eye = {"eye": str(entry.eye)}
                yield pattern, eye | slots, (entry.id,), tuple(eye | fact for fact in facts)
        elif entry.passage is not None:
            statement, key = entry.passage.text, entry.passage.reference
            pattern = "follow" if entry.passage.id.startswith("follow-up#") else "literature"
            quoted: Fact = {"pattern": "literature", "key": key, "says": [statement.rstrip(".")]}
            yield pattern, {"statement": statement, "key": key}, (entry.id,), (quoted,)
    grades = tuple(e.id for e in entries if e.finding is not None and e.finding.expert == "grade")
    for fact in ({"pattern": "worse_eye", "eye": "right"}, {"pattern": "worse_eye", "eye": "left"}):
        if holds(fact, entries):
            yield "worse_eye", {"eye": fact["eye"]}, grades, (fact,)
    if holds({"pattern": "same_grade"}, entries):
        yield "same_grade", {}, grades, ({"pattern": "same_grade"},)


_Part = tuple[str, dict[str, Any], list[dict[str, Any]]]


def _of_finding(finding: Finding) -> Iterator[_Part]:
    """Pattern, slots and facts of one finding; the eye is left out."""
    makers = {"quality": _quality, "landmarks": _landmarks, "vessels": _vessels, "lesions": _lesions, "grade": _grade}
    if finding.expert in makers:
        yield from makers[finding.expert](finding)
    ratio = finding.number("vertical_cdr")
    if ratio is not None:
        yield "cup_disc_ratio", {"ratio": ratio}, [_number("cup_disc_ratio", ratio, 2)]


def _number(pattern: str, value: float, decimals: int, **more: Any) -> dict[str, Any]:
    return {"pattern": pattern, "value": round(value, decimals), "decimals": decimals, **more}


def _quality(finding: Finding) -> Iterator[_Part]:
    score, fundus = finding.number("quality_score") or 0.0, finding.number("fundus_probability") or 0.0
    if finding.label == "gradable":
        yield "gradable", {"score": score}, [{"pattern": "gradable"}, _number("quality_score", score, 2)]
        return
    if finding.flags:
        flags = {"pattern": "not_gradable", "reasons": list(finding.flags)}
        yield "not_gradable", {"reasons": reasons_text(finding.flags)}, [flags]
    else:
        yield (
            "not_fundus",
            {"probability": fundus},
            [{"pattern": "not_fundus"}, _number("fundus_probability", fundus, 2)],
        )
    yield "summary_no_grade", {}, [{"pattern": "no_grade"}]


def _landmarks(finding: Finding) -> Iterator[_Part]:
    disc, diameter = finding.points.get("disc"), finding.number("disc_diameter")
    if disc is not None and diameter is not None:
        place = {"pattern": "disc_position", "x": round(disc.x), "y": round(disc.y), "decimals": 0}
        slots = {"x": round(disc.x), "y": round(disc.y), "diameter": diameter}
        yield "disc_position", slots, [place, _number("disc_diameter", diameter, 0, unit="px")]
    distance = finding.number("disc_fovea_distance")
    if distance is not None:
        yield "fovea_distance", {"distance": distance}, [_number("fovea_distance", distance, 2, unit="DD")]
    if finding.label in ("right", "left"):
        yield "side", {"side": finding.label}, [{"pattern": "side", "side": finding.label}]
    for flag in finding.flags:
        yield "field", {"field": flag}, [{"pattern": "field", "field": flag}]


def _vessels(finding: Finding) -> Iterator[_Part]:
    density, skeleton = finding.number("vessel_density"), finding.measurement("skeleton_length")
    if density is not None:
        fact = {"pattern": "vessel_density", "percent": round(density * 100, 1), "decimals": 1}
        yield "vessel_density", {"percent": density * 100}, [fact]
    if skeleton is not None and skeleton.value is not None:
        slots = {"length": skeleton.value, "unit": skeleton.unit}
        yield "skeleton_length", slots, [_number("skeleton_length", skeleton.value, 0, unit=skeleton.unit)]


def _lesions(finding: Finding) -> Iterator[_Part]:
    for kind in KINDS:
        count = finding.number(f"lesion_count_{kind}")
        if count is not None:
            fact = {"pattern": "lesion_count", "lesion": kind, "count": count}
            yield "lesion_count_one" if count == 1 else "lesion_count", {"lesion": kind, "count": count}, [fact]
        for quadrant in QUADRANTS:
            held = finding.number(f"lesion_count_{kind}_{quadrant}")
            if held:
                slots = {"lesion": kind, "count": held, "quadrant": quadrant}
                yield "lesion_quadrant", slots, [{"pattern": "lesion_quadrant", **slots}]
    distance = finding.number("nearest_exudate_fovea_distance")
    if distance is not None:
        yield "nearest_exudate", {"distance": distance}, [_number("nearest_exudate", distance, 2, unit="DD")]
    for pattern in ("exudate_near", "exudate_far"):
        yield from _if_true(finding, pattern, {"pattern": pattern})
    for level in ("none", "mild", "more"):
        yield from _if_true(finding, f"lesions_mean_{level}", {"pattern": "lesions_mean", "level": level})


def _if_true(finding: Finding, pattern: str, fact: dict[str, Any]) -> Iterator[_Part]:
    if holds(fact, [Evidence(id="E1", eye=finding.eye, finding=finding)]):
        yield pattern, {}, [fact]


def _grade(finding: Finding) -> Iterator[_Part]:
    value, given, referable = finding.value, finding.probabilities, finding.referable_probability
    if value is None or given is None or referable is None or finding.conformal_set is None:
        return
    is_grade = {"pattern": "grade", "value": value}
    own, refer = _number("grade_probability", given[value], 2, grade=value), _number("referable", referable, 2)
    yield "grade", {"grade": value, "value": value, "probability": given[value]}, [is_grade, own]
    yield "summary", {"grade": value, "value": value, "probability": referable}, [is_grade, refer]
    yield "referable", {"probability": referable}, [refer]
    likely = ", ".join(str(grade) for grade in finding.conformal_set)
    yield "conformal_set", {"set": likely}, [{"pattern": "conformal_set", "set": list(finding.conformal_set)}]
