"""Two visits of an eye in FHIR: what an Observation says of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..records import Comparison
from ..records.comparison import LesionTally, MeasureChange
from . import words
from .codes import concept
from .layers import LESION_NAMES

_Part = dict[str, Any]
_TALLY: dict[str, Callable[[LesionTally], int]] = {
    "detected now only": lambda t: t.new,
    "detected then only": lambda t: t.resolved,
    "detected at both visits": lambda t: t.persisting,
    "not comparable": lambda t: t.not_comparable_then + t.not_comparable_now,
}


def comparison_parts(comparison: Comparison) -> _Part:
    """The components, notes and date of the Observation of a comparison; why lesions were not matched, if they were not."""
    parts: _Part = {"component": [*_grades(comparison), *_lesions(comparison)]}
    parts["component"] += [part for measure in comparison.measures for part in _measure(measure)]
    if comparison.reason is not None:
        parts["dataAbsentReason"] = concept(f"No comparable field: {comparison.reason}", "unknown")
    if comparison.later.acquired is not None:
        parts["effectiveDateTime"] = comparison.later.acquired.isoformat()
    parts["note"] = [{"text": text} for text in _notes(comparison)]
    return {name: value for name, value in parts.items() if value != []}


def _grades(comparison: Comparison) -> list[_Part]:
    visits = {"then": comparison.grade.earlier, "now": comparison.grade.later}
    return [_grade(when, grade) for when, grade in visits.items()]


def _grade(when: str, grade: int | None) -> _Part:
    code = {"text": f"ICDR grade, {when}"}
    if grade is None:
        return {"code": code, "dataAbsentReason": concept(words.NOT_ASSESSED, "unknown")}
    return {"code": code, "valueCodeableConcept": grade_concept(grade)}


def grade_concept(grade: int) -> dict[str, object]:
    """An ICDR grade as a CodeableConcept."""
    return concept(f"ICDR grade {grade}: {words.GRADE_WORDS[grade]}", f"grade_{grade}")


def _lesions(comparison: Comparison) -> list[_Part]:
    found = []
    for kind, count in comparison.counts.items():
        name, tally = LESION_NAMES[kind], comparison.tallies.get(kind)
        found += [_count(f"{name}, then", count.earlier), _count(f"{name}, now", count.later)]
        found += [] if tally is None else _tallied(name, tally)
    return found


def _tallied(name: str, tally: LesionTally) -> list[_Part]:
    return [_count(f"{name}, {told}", of(tally)) for told, of in _TALLY.items()]


def _count(text: str, value: int | None) -> _Part:
    if value is None:
        return {"code": {"text": text}, "dataAbsentReason": concept(words.NOT_ASSESSED, "unknown")}
    return {"code": {"text": text}, "valueInteger": value}


def _measure(measure: MeasureChange) -> list[_Part]:
    unit = {} if measure.unit in ("", "fraction", "ratio") else {"unit": measure.unit}
    name = words.readable(measure.name)
    visits = {"then": measure.earlier, "now": measure.later}
    return [
        {"code": {"text": f"{name}, {when}"}, "valueQuantity": {"value": Decimal(f"{value:.4f}"), **unit}}
        for when, value in visits.items()
    ]


def _notes(comparison: Comparison) -> list[str]:
    earlier = comparison.earlier
    date = "of unknown date" if earlier.acquired is None else f"of {earlier.acquired.isoformat()}"
    notes = [
        f"Earlier photograph {date}, sha256 {earlier.photograph}" + (f" ({earlier.report})" if earlier.report else "")
    ]
    laid = comparison.alignment
    if laid is not None:
        notes.append(
            f"Laid on each other by {laid.matched} of {laid.places} places of the vessel trees, to {laid.error_dd:.3f} disc "
            f"diameters; both show {100 * laid.overlap:.0f} % of the smaller field"
        )
    for measure in comparison.measures:
        if measure.beyond is not None:
            how = "changed by more than" if measure.beyond else "changed within what"
            notes.append(f"{words.readable(measure.name)} {how} photographs of an unchanged eye differ by")
    if comparison.not_comparable:
        notes.append(f"Not comparable: {'; '.join(comparison.not_comparable)}")
    return [*notes, words.DETECTIONS_DIFFER]
