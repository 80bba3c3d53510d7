"""What each pattern of the lexicon must find in the evidence that a sentence names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..records import Evidence, Eye, Finding, Passage
from .evidence_rules import lesion_counts, lesions_imply
from .language import Wrong
from .lexicon import SLOT_TYPES, Slots, reasons_text


@dataclass(frozen=True)
class Cited:
    """The evidence one claim names, sorted by what it is."""

    slots: Slots
    entries: tuple[Evidence, ...]

    @property
    def eye(self) -> Eye | None:
        eye = self.slots.get("eye")
        return None if eye is None else Eye(str(eye))

    def finding(self, expert: str) -> Finding:
        """The cited finding of an expert on the eye the sentence speaks of. Raises Wrong."""
        found = [e for e in self.entries if e.finding is not None and e.finding.expert == expert]
        if not found:
            raise Wrong(f"it cites no finding of {expert}", unsupported=True)
        for entry in found:
            if entry.finding is not None and (self.eye is None or entry.eye is self.eye):
                return entry.finding
        raise Wrong(f"the cited {expert} finding is of another eye")

    def passage(self) -> Passage:
        """The cited passage. Raises Wrong."""
        found = next((e.passage for e in self.entries if e.passage is not None), None)
        if found is None:
            raise Wrong("it cites no passage", unsupported=True)
        return found


Check = Callable[[Cited], None]


def _same(cited: Cited, slot: str, slot_type: str, measured: float | int | None, scale: float = 1.0) -> None:
    """The number in the sentence is the measured one at the decimals it is written with."""
    if measured is None:
        raise Wrong(f"{slot} was not assessed")
    written = SLOT_TYPES[slot_type].write(measured * scale)
    if SLOT_TYPES[slot_type].write(cited.slots[slot]) != written:
        raise Wrong(f"{slot} is {written} in the evidence, {cited.slots[slot]} in the sentence")


def _measured(expert: str, name: str, slot: str, slot_type: str, scale: float = 1.0) -> Check:
    def check(cited: Cited) -> None:
        _same(cited, slot, slot_type, cited.finding(expert).number(name), scale)

    return check


def _unit(expert: str, name: str) -> Check:
    def check(cited: Cited) -> None:
        measurement = cited.finding(expert).measurement(name)
        if measurement is None or measurement.unit != cited.slots["unit"]:
            raise Wrong("the unit is not the measured one")

    return check


def _labelled(expert: str, wanted: str) -> Check:
    def check(cited: Cited) -> None:
        if cited.finding(expert).label != wanted:
            raise Wrong(f"{expert} did not say so")

    return check


def _require(test: Callable[[Cited], bool], reason: str) -> Check:
    def check(cited: Cited) -> None:
        if not test(cited):
            raise Wrong(reason)

    return check


def _disc_position(cited: Cited) -> None:
    finding = cited.finding("landmarks")
    disc = finding.points.get("disc")
    if disc is None:
        raise Wrong("the disc was not found")
    _same(cited, "x", "int", disc.x)
    _same(cited, "y", "int", disc.y)
    _same(cited, "diameter", "int", finding.number("disc_diameter"))


def _lesion_count(cited: Cited) -> None:
    kind = str(cited.slots["lesion"])
    _same(cited, "count", "int", cited.finding("lesions").number(f"lesion_count_{kind}"))


def _lesion_quadrant(cited: Cited) -> None:
    name = f"lesion_count_{cited.slots['lesion']}_{cited.slots['quadrant']}"
    _same(cited, "count", "int", cited.finding("lesions").number(name))


def _grade(cited: Cited) -> None:
    finding = cited.finding("grade")
    if finding.value is None or finding.probabilities is None:
        raise Wrong("no grade was given")
    if cited.slots["grade"] != finding.value or cited.slots["value"] != finding.value:
        raise Wrong(f"the grade is {finding.value} in the evidence")


def _grade_probability(cited: Cited) -> None:
    finding = cited.finding("grade")
    if finding.value is not None and finding.probabilities is not None:
        _same(cited, "probability", "dec2", finding.probabilities[finding.value])


def _referable(cited: Cited) -> None:
    _same(cited, "probability", "dec2", cited.finding("grade").referable_probability)


def _conformal_set(cited: Cited) -> None:
    grades = cited.finding("grade").conformal_set
    if grades is None or cited.slots["set"] != ", ".join(str(g) for g in grades):
        raise Wrong("the set is not the one in the evidence")


def _implied(wanted: str) -> Check:
    def check(cited: Cited) -> None:
        if lesions_imply(lesion_counts(cited.finding("lesions"))) != wanted:
            raise Wrong("the lesion counts do not say so")

    return check


def _exudate_distance(near: bool) -> Check:
    def check(cited: Cited) -> None:
        finding = cited.finding("lesions")
        distance = finding.number("nearest_exudate_fovea_distance")
        none_found = lesion_counts(finding).get("EX") == 0
        if near and (distance is None or distance > 1.0):
            raise Wrong("no hard exudate was measured within one disc diameter of the fovea")
        if not near and not (none_found or (distance is not None and distance > 1.0)):
            raise Wrong("the distance to the fovea was not assessed, or is within one disc diameter")

    return check


def _statement(cited: Cited) -> None:
    passage = cited.passage()
    if cited.slots["statement"] != passage.text:
        raise Wrong("the sentence is not the passage's")
    if cited.slots["key"] not in (passage.references or [passage.reference]):
        raise Wrong("the citation is not the passage's")


def _guideline(cited: Cited) -> None:
    _statement(cited)
    if cited.passage().guideline is None:
        raise Wrong("the passage is of no guideline")


def _no_grade(cited: Cited) -> None:
    graded = [e for e in cited.entries if e.finding is not None and e.finding.expert == "grade" and e.eye is cited.eye]
    if any(e.finding is not None and e.finding.value is not None for e in graded):
        raise Wrong("a grade was given")
    if not any(e.finding is not None and e.eye is cited.eye for e in cited.entries):
        raise Wrong("it cites no finding of this eye", unsupported=True)


def _grades_by_eye(cited: Cited) -> dict[Eye, int]:
    return {
        e.eye: e.finding.value
        for e in cited.entries
        if e.finding is not None and e.finding.expert == "grade" and e.finding.value is not None and e.eye is not None
    }


def _worse_eye(cited: Cited) -> None:
    grades = _grades_by_eye(cited)
    others = [grade for eye, grade in grades.items() if eye is not cited.eye]
    if cited.eye not in grades or not others or grades[cited.eye] <= max(others):
        raise Wrong("the grades do not say so")


def _same_grade(cited: Cited) -> None:
    grades = _grades_by_eye(cited)
    if len(grades) < 2 or len(set(grades.values())) != 1:
        raise Wrong("the grades do not say so")


def _condition(cited: Cited) -> None:
    _same(cited, "probability", "dec2", cited.finding("conditions").number(str(cited.slots["condition"])))


def _nothing_flagged(cited: Cited) -> bool:
    finding = cited.finding("conditions")
    return not finding.flags and any(m.value is not None for m in finding.measurements)


def _advice(cited: Cited) -> None:
    if cited.slots["advice"] not in cited.finding("quality").notes:
        raise Wrong("the advice is not the quality expert's")


def _similar_case(cited: Cited) -> None:
    finding, place = cited.finding("similar_cases"), int(cited.slots["place"])
    if cited.slots["case"] not in finding.notes[place - 1 : place]:
        raise Wrong("the case is not the one that was found")
    _same(cited, "value", "int", finding.number(f"confirmed_grade_{place}"))
    _same(cited, "similarity", "dec2", finding.number(f"similarity_{place}"))


def _person_first(cited: Cited) -> None:
    if not any(e.finding is not None and e.eye is cited.eye for e in cited.entries):
        raise Wrong("it cites no finding of this eye", unsupported=True)


CHECKS: dict[str, tuple[Check, ...]] = {
    "gradable": (_labelled("quality", "gradable"), _measured("quality", "quality_score", "score", "dec2")),
    "not_gradable": (
        _labelled("quality", "not_gradable"),
        _require(lambda c: c.slots["reasons"] == reasons_text(c.finding("quality").flags), "the reasons differ"),
    ),
    "low_quality": (_labelled("quality", "not_gradable"), _measured("quality", "quality_score", "score", "dec2")),
    "not_fundus": (
        _labelled("quality", "not_a_fundus_photograph"),
        _measured("quality", "fundus_probability", "probability", "dec2"),
    ),
    "disc_position": (_disc_position,),
    "fovea_distance": (_measured("landmarks", "disc_fovea_distance", "distance", "dec2"),),
    "side": (_require(lambda c: c.finding("landmarks").label == c.slots["side"], "the landmarks do not say so"),),
    "field": (_require(lambda c: str(c.slots["field"]) in c.finding("landmarks").flags, "the field differs"),),
    "vessel_density": (_measured("vessels", "vessel_density", "percent", "dec1", 100.0),),
    "skeleton_length": (_measured("vessels", "skeleton_length", "length", "int"), _unit("vessels", "skeleton_length")),
    "lesion_count": (_lesion_count,),
    "lesion_count_one": (_lesion_count,),
    "lesion_quadrant": (_lesion_quadrant,),
    "nearest_exudate": (_measured("lesions", "nearest_exudate_fovea_distance", "distance", "dec2"),),
    "grade": (_grade, _grade_probability),
    "referable": (_referable,),
    "conformal_set": (_conformal_set,),
    "lesions_mean_none": (_implied("none"),),
    "lesions_mean_mild": (_implied("mild"),),
    "lesions_mean_more": (_implied("more"),),
    "exudate_near": (_exudate_distance(near=True),),
    "exudate_far": (_exudate_distance(near=False),),
    "oedema_probability": (_measured("grade", "dme_probability", "probability", "dec2"),),
    "avr": (_measured("vessels", "avr", "ratio", "dec2"),),
    "cup_disc_ratio": (_measured("disc", "vertical_cdr", "ratio", "dec2"),),
    "condition": (_condition,),
    "condition_flagged": (
        _require(lambda c: c.slots["condition"] in c.finding("conditions").flags, "the condition is not flagged"),
    ),
    "no_condition_flagged": (_require(_nothing_flagged, "the conditions expert does not say so"),),
    "literature": (_statement,),
    "summary": (_grade, _referable),
    "summary_no_grade": (_no_grade,),
    "worse_eye": (_worse_eye,),
    "same_grade": (_same_grade,),
    "similar_case": (_similar_case,),
    "follow": (_guideline,),
    "retake": (_advice,),
    "person_first": (_person_first,),
}
