"""Whether a report's grade, impression and referral follow from its own evidence: rules written apart from the graph's.

Everything is read from the report's JSON and the guideline table as they are; nothing of `agents/` is called.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...records import Report

TABLE = Path(__file__).parent.parent.parent / "knowledge" / "guidelines.json"
TYPES = ("MA", "HE", "EX", "SE")
QUADRANTS = ("superotemporal", "superonasal", "inferotemporal", "inferonasal")
LEVELS = {"lesions_mean_none": "none", "lesions_mean_mild": "mild", "lesions_mean_more": "more"}
_MEANS: dict[object, str] = {0: "none", 1: "mild"}


def problems(report: Report) -> list[str]:
    """What of a report does not follow from its evidence; empty where everything does."""
    told = json.loads(report.model_dump_json())
    eyes = {side: _evidence(told, eye) for side, eye in told["eyes"].items()}
    found = [problem for side, eye in told["eyes"].items() for problem in _eye(side, eye, eyes[side])]
    return [*found, *_patient(told, eyes)]


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return json.loads(TABLE.read_text(encoding="utf-8"))


def _evidence(told: dict[str, Any], eye: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Findings by expert of the photograph that stands first for an eye."""
    photograph = eye["photographs"][0]["sha256"]
    return {
        e["finding"]["expert"]: e["finding"]
        for e in told["evidence"]
        if e["finding"] is not None and e["finding"]["photograph"] == photograph
    }


def _number(finding: dict[str, Any] | None, name: str) -> float | None:
    for measurement in [] if finding is None else finding["measurements"]:
        if measurement["name"] == name:
            return measurement["value"]
    return None


def _counted(lesions: dict[str, Any] | None) -> dict[str, tuple[float, float] | None]:
    """By type the count and the least that its interval allows (the count itself without one); None not counted."""
    counts: dict[str, tuple[float, float] | None] = dict.fromkeys(TYPES)
    for measurement in [] if lesions is None else lesions["measurements"]:
        kind = measurement["name"].removeprefix("lesion_count_")
        if kind in TYPES and measurement["value"] is not None:
            interval = measurement["interval"]
            counts[kind] = (measurement["value"], measurement["value"] if interval is None else interval[0])
    return counts


def _level(lesions: dict[str, Any] | None) -> str | None:
    """None, microaneurysms only, more, or too few to say, by the counts; None where what was not counted could change it."""
    counts = _counted(lesions)
    beyond = [counts[kind] for kind in ("HE", "EX", "SE")]
    if any(count is not None and count[1] >= 1 for count in beyond):
        return "more"
    if None in counts.values():
        return None
    if any(count is not None and count[0] > 0 for count in beyond):
        return "few"
    microaneurysms, least = counts["MA"] or (0, 0)
    return "none" if not microaneurysms else "mild" if least >= 1 else "few"


def _only_microaneurysms(lesions: dict[str, Any] | None) -> bool:
    counts = {kind: None if count is None else count[0] for kind, count in _counted(lesions).items()}
    return bool(counts["MA"]) and all(counts[kind] == 0 for kind in ("HE", "EX", "SE"))


def _crowded(lesions: dict[str, Any] | None) -> bool:
    counts = [_number(lesions, f"lesion_count_HE_{quadrant}") for quadrant in QUADRANTS]
    return all(count is not None and count > 20 for count in counts)


def _open(grade: dict[str, Any]) -> bool:
    """Whether the conformal set leaves referable and not referable possible."""
    if grade["referable_set"] is not None:
        return sorted(grade["referable_set"]) not in ([False], [True])
    grades = grade["conformal_set"] or []
    return any(g <= 1 for g in grades) and any(g >= 2 for g in grades)


def _contradicts(found: dict[str, dict[str, Any]], side: str) -> bool:
    """Whether an eye's evidence contradicts itself or the definitions."""
    grade, lesions, landmarks = found.get("grade"), found.get("lesions"), found.get("landmarks")
    value, level = (None if grade is None else grade["value"]), _level(lesions)
    near, oedema = _number(lesions, "nearest_exudate_fovea_distance"), _number(grade, "dme_probability")
    exudates = _number(lesions, "lesion_count_EX")
    if near is not None and exudates == 0:
        return True
    counted = _counted(lesions)["EX"]
    some = counted is not None and counted[1] >= 1
    if oedema is not None and oedema >= 0.9 and exudates == 0:
        return True
    if oedema is not None and oedema <= 0.1 and some and near is not None and near <= 1:
        return True
    if landmarks is not None and _misplaced(landmarks, side):
        return True
    if grade is None or value is None:
        return False
    fits = {"none": (0,), "mild": (1,), "more": (2, 3, 4), "few": range(5)}
    if level is not None and value not in fits[level]:
        return True
    microaneurysms = _counted(lesions)["MA"]
    if level == "few" and value == 0 and microaneurysms is not None and microaneurysms[1] >= 1:
        return True
    if value >= 2 and _only_microaneurysms(lesions):
        return True
    if (value < 3 and _crowded(lesions)) or (grade["conformal_set"] and value not in grade["conformal_set"]):
        return True
    answers = grade["referable_set"]
    return answers is not None and not _open(grade) and answers[0] is not (value >= 2)


def _oedema(found: dict[str, dict[str, Any]]) -> bool:
    """Whether macular oedema is suspected of an eye below grade 2: probable, or exudate near the fovea that is not set aside."""
    grade, lesions = found["grade"], found.get("lesions")
    near, probability = _number(lesions, "nearest_exudate_fovea_distance"), _number(grade, "dme_probability")
    counted = _counted(lesions)["EX"]
    doubtful = counted is not None and counted[1] < 1 and probability is not None and probability <= 0.1
    suspected = (near is not None and near <= 1 and not doubtful) or (probability is not None and probability >= 0.5)
    return suspected and grade["value"] is not None and grade["value"] < 2


def _misplaced(landmarks: dict[str, Any], side: str) -> bool:
    label, points = landmarks["label"], landmarks["points"]
    if label in ("right", "left") and side in ("right", "left") and label != side:
        sure = _number(landmarks, "laterality_confidence")
        if sure is None or sure >= 0.8:
            return True
    if label in ("right", "left") and "disc" in points and "fovea" in points:
        disc_right = points["disc"]["x"] > points["fovea"]["x"]
        if disc_right is not (label == "right"):
            return True
    distance = _number(landmarks, "disc_fovea_distance")
    return distance is not None and distance <= 0.5


def _claims(eye: dict[str, Any], step: str) -> list[dict[str, Any]]:
    return [claim for s in eye["steps"] if s["name"] == step for claim in s["claims"]]


def _eye(side: str, eye: dict[str, Any], found: dict[str, dict[str, Any]]) -> list[str]:
    wrong = []
    given = None if "grade" not in found else found["grade"]["value"]
    if eye["grade"]["value"] != given:
        wrong.append(f"{side}: the report's grade is not the evidence's")
    if eye["quality"]["gradable"] is False and eye["grade"]["value"] is not None:
        wrong.append(f"{side}: graded though not gradable")
    for claim in _claims(eye, "grade"):
        if claim["pattern"] == "grade" and claim["slots"]["value"] != given:
            wrong.append(f"{side}: a sentence gives another grade")
        if claim["pattern"] in LEVELS and LEVELS[claim["pattern"]] != _level(found.get("lesions")):
            wrong.append(f"{side}: the lesions do not mean what a sentence says")
        if claim["pattern"] == "model_alone" and _level(found.get("lesions")) == _MEANS.get(given, "-"):
            wrong.append(f"{side}: the lesions meet the definition")
    said = {claim["pattern"] for claim in _claims(eye, "macula")}
    near = _number(found.get("lesions"), "nearest_exudate_fovea_distance")
    if ("exudate_near" in said) is not (near is not None and near <= 1):
        wrong.append(f"{side}: exudate near the fovea is said and not measured, or the other way round")
    return wrong


def _at_least(found: dict[str, dict[str, Any]]) -> int | None:
    """The grade of an eye that is referable whatever else is known of it; None where it is not, or may be lower."""
    grade = found.get("grade")
    if grade is None or grade["value"] is None or grade["value"] < 2 or _open(grade):
        return None
    value: int = grade["value"]
    outside = bool(grade["conformal_set"]) and value not in grade["conformal_set"]
    against = grade["referable_set"] is not None and grade["referable_set"][0] is False
    unreadable = "quality" in found and found["quality"]["label"] not in (None, "gradable")
    lesions = found.get("lesions")
    lowered = _level(lesions) == "none" or _only_microaneurysms(lesions) or outside or against or unreadable
    return None if lowered else value


def _patient(told: dict[str, Any], eyes: dict[str, dict[str, dict[str, Any]]]) -> list[str]:
    """The worse eye decides; an interval stands only on graded, uncontradicted, decided evidence of every eye, and as the
    latest where an eye is referable for sure."""
    wrong, advice = [], told["recommendation"]
    grades = {s: f["grade"]["value"] for s, f in eyes.items() if "grade" in f and f["grade"]["value"] is not None}
    withheld = len(grades) < len(eyes) or any(
        _contradicts(found, side) or _open(found["grade"]) or _oedema(found)
        for side, found in eyes.items()
        if "grade" in found
    )
    standing = list(grades.values())
    if withheld:
        standing = [value for found in eyes.values() if (value := _at_least(found)) is not None]
    cell = _table()[advice["guideline"]]["statements"][str(max(standing))] if standing else None
    wanted = (None, None) if cell is None else (cell["interval"], cell["referral"])
    if (advice["interval"], advice["referral"]) != wanted:
        wrong.append(f"interval {advice['interval']}, referral {advice['referral']}; the evidence gives {wanted}")
    said = [claim["pattern"] for claim in advice["claims"]]
    if advice["at_least"] is not (withheld and cell is not None) or ("at_least" in said) is not advice["at_least"]:
        wrong.append("what follows at the least is not told as such")
    if ("follow" in said) is not (cell is not None and not withheld):
        wrong.append("a statement is followed that does not hold, or one that holds is not")
    if ("no_statement" in said) is not (not withheld and cell is None):
        wrong.append("that no statement was found is said wrongly, or not said")
    if withheld and "person_first" not in said:
        wrong.append("no interval is named, and no person is asked for")
    if withheld and told["status"] == "complete":
        wrong.append("the report is complete though no interval can be named")
    if told["status"] == "complete" and told["review_reasons"]:
        wrong.append("complete, with reasons for review")
    return [*wrong, *_worse(told, grades)]


def _worse(told: dict[str, Any], grades: dict[str, int]) -> list[str]:
    said = {claim["pattern"]: claim for claim in told["impression"]}
    if len(grades) != 2:
        return ["an eye is said to decide without two grades"] if "worse_eye_reason" in said else []
    (first, a), (second, b) = grades.items()
    if a == b:
        return [] if "same_grade" in said else ["both eyes have one grade, which is not said"]
    worse = first if a > b else second
    claim = said.get("worse_eye_reason")
    return [] if claim is not None and claim["eye"] == worse else ["the eye that decides is not the worse one"]
