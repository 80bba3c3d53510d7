"""Which claims of a report answer a request, and what it says was not assessed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...records import QUADRANTS, Claim, Eye, Report
from ..lexicon import CONDITION_NAMES, LESION_NAMES

STEPS: dict[str, tuple[str, ...]] = {
    "quality": ("adequacy",),
    "landmarks": ("landmarks",),
    "vessels": ("vessels",),
    "hypertension": ("vessels", "conditions"),
    "lesions": ("lesions",),
    "macula": ("macula",),
    "grade": ("grade",),
    "disc": ("disc",),
    "conditions": ("conditions",),
    "compare": ("comparison",),
    "show_vessels": ("vessels",),
    "show_lesions": ("lesions",),
    "show_heatmap": ("grade",),
    "show_disc": ("disc",),
    "show_landmarks": ("landmarks",),
}
"""Intent to the steps of an eye that answer it."""
_ALL_CONDITIONS = ("conditions", "other conditions")
SUBJECTS: dict[str, tuple[str, ...]] = {
    "quality": ("quality",),
    "landmarks": ("landmarks", "disc fovea", "fovea", "disc diameter"),
    "vessels": ("vessel", "skeleton", "crae", "crve", "avr", "tortuosity", "fractal", "branching", "arter"),
    "hypertension": ("vessel", "hypertensive retinopathy", *_ALL_CONDITIONS),
    "lesions": ("lesion",),
    "macula": ("thickening of the macula", "nearest exudate", "dme"),
    "grade": ("grade", "icdr", "referable"),
    "disc": ("disc", "vertical cdr", "cup"),
    "compare": ("change since",),
    "conditions": (*(name.replace("_", " ") for name in CONDITION_NAMES), *_ALL_CONDITIONS),
}
"""Intent to how the subjects begin that it hears of when they were not assessed."""
_RIGHT = re.compile(r"\b(?:right|od)\b", re.IGNORECASE)
_LEFT = re.compile(r"\b(?:left|os)\b", re.IGNORECASE)
_OTHER_WORDS = {"hemorrhage": "haemorrhage", "bleed": "haemorrhage", "cotton wool spot": "soft exudate"}
_ABBREVIATED = re.compile(r"\b(MA|HE|EX|SE)s?\b")


def eyes_named(request: str, report: Report) -> set[Eye]:
    """The eyes a request speaks of: the one it names, otherwise all of the report."""
    right, left = bool(_RIGHT.search(request)), bool(_LEFT.search(request))
    named = {Eye.RIGHT} if right and not left else {Eye.LEFT} if left and not right else set(report.eyes)
    return named & set(report.eyes) or set(report.eyes)


def report_claims(intent: str, request: str, report: Report) -> list[Claim]:
    """The claims of the report that answer one intent."""
    eyes = eyes_named(request, report)
    if intent in ("report", "recommendation"):
        return [*report.impression, *report.recommendation.claims]
    wanted = STEPS.get(intent, ())
    chosen = [
        claim
        for eye, of_eye in report.eyes.items()
        if eye in eyes
        for step in of_eye.steps
        if step.name in wanted
        for claim in step.claims
    ]
    return _narrowed(chosen, request) if intent in ("lesions", "show_lesions") else chosen


def not_assessed(intent: str, request: str, report: Report) -> list[str]:
    """Lines on what an intent asks for and the report says was not assessed."""
    eyes, begins = eyes_named(request, report), SUBJECTS.get(intent, ())
    lines = [
        f"Not assessed{'' if item.eye is None else f' ({_eye_words(item.eye)})'}: {item.subject}, because {item.reason}."
        for item in report.not_assessed
        if (item.eye is None or item.eye in eyes) and item.subject.lower().startswith(begins)
    ]
    return list(dict.fromkeys(lines)) if begins else []


def lesion_kinds(request: str) -> set[str]:
    """The lesion types a request names."""
    words = request.lower().replace("-", " ")
    for other, ours in _OTHER_WORDS.items():
        words = words.replace(other, ours)
    kinds = {kind for kind, (singular, _plural) in LESION_NAMES.items() if singular in words}
    if "exudate" in words and not kinds & {"EX", "SE"}:
        kinds |= {"EX", "SE"}
    return kinds | set(_ABBREVIATED.findall(request))


def _narrowed(claims: list[Claim], request: str) -> list[Claim]:
    """Only what is said of the named lesion types and quadrants, as far as anything is."""
    for slot, wanted in (("lesion", lesion_kinds(request)), ("quadrant", _quadrants(request))):
        named = [claim for claim in claims if claim.slots.get(slot) in wanted]
        claims = named or claims
    return claims


def _quadrants(request: str) -> set[str]:
    words = request.lower()
    return {quadrant for quadrant in QUADRANTS if _all_in(re.split(r"[ _-]", quadrant), words)}


def _all_in(parts: Iterable[str], words: str) -> bool:
    return all(re.search(rf"\b{part[:5]}", words) for part in parts)


def _eye_words(eye: Eye) -> str:
    return "eye of unknown side" if eye is Eye.UNKNOWN else f"{eye.value} eye"
