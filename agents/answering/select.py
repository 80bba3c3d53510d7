"""Which claims of a report answer a request, and what it says was not assessed."""

from __future__ import annotations

import re
from collections.abc import Collection

from ...records import QUADRANTS, Claim, Eye, Report
from ..lexicon import CONDITION_NAMES, LESION_NAMES
from ..routing.spelling import corrected
from .eyes import eyes_named
from .gaps import gap_lines

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
GLAUCOMA = "glaucoma_suspect"
"""The condition of that name."""
HYPERTENSIVE = "hypertensive_retinopathy"
"""The condition of that name."""
_GLAUCOMA = re.compile(r"gla?u?com", re.IGNORECASE)
_KNOWN_CONDITION = re.compile(
    r"glauc|catarac|haz[ey]|cloud|lens|opaci|degenerat|\ba?r?md\b|\bage|myop|hypertens", re.IGNORECASE
)
_OTHER_WORDS = {
    "hemorrhage": "haemorrhage",
    "bleed": "haemorrhage",
    "cotton wool": "soft exudate",
    "cws": "soft exudate",
}
_CONDITION_WORDS = {
    "cataract_or_haze": r"cataract|\bhaz[ey]|cloudy|opacit",
    "age_related_macular_degeneration": r"\ba?r?md\b|macular? degeneration",
    "pathological_myopia": r"myopi",
}
"""Conditions that are screened for, as requests name them."""
_SIGNS = {
    r"prolif(?<!non-prolif)(?<!non prolif)(?<!nonprolif)": ("neovascularisation",),
    r"\bsevere": ("venous beading", "irma"),
}
"""Words for a grade to the signs that define it and have no detector."""
_VERTICAL = {
    "super": "supero",
    "upper": "supero",
    "top": "supero",
    "infer": "infero",
    "lower": "infero",
    "bottom": "infero",
}
_QUADRANT = re.compile(r"\b(super|infer|upper|lower|top|bottom)(?:o|ior(?:ly)?)?[ -]?(temporal|nasal)", re.IGNORECASE)
_HALF = re.compile(r"\b(?:super|infer)(?=ior\b)|\b(?:upper|lower|top|bottom)\b", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\b(MA|HE|EX|SE)s?\b")


def report_claims(intent: str, request: str, report: Report) -> list[Claim]:
    """The claims of the report that answer one intent; none where a request names only eyes without a photograph."""
    eyes = eyes_named(request, report.eyes)
    if intent in ("report", "recommendation"):
        told = [*report.impression, *report.recommendation.claims] if eyes else []
        return [claim for claim in told if claim.eye is None or claim.eye in eyes]
    chosen = _of_steps(STEPS.get(intent, ()), eyes, report)
    if intent in ("disc", "conditions") and _GLAUCOMA.search(request):
        return [*_screened_for_glaucoma(eyes, report), *_of_steps(("disc",), eyes, report), *chosen]
    if intent == "hypertension":
        return [
            c
            for c in chosen
            if c.slots.get("condition") in (None, HYPERTENSIVE) and c.pattern != "no_condition_flagged"
        ]
    if intent == "conditions":
        return [claim for claim in chosen if claim.slots.get("condition") in _conditions(request)] or chosen
    return _narrowed(chosen, request) if intent in ("lesions", "show_lesions") else chosen


def said_of(report: Report, eyes: Collection[Eye], patterns: Collection[str]) -> list[Claim]:
    """The sentences of these patterns on these eyes, in the report's order."""
    return [claim for claim in report.claims() if claim.pattern in patterns and claim.eye in eyes]


def _of_steps(names: Collection[str], eyes: Collection[Eye], report: Report) -> list[Claim]:
    """The claims of these steps of the reading of these eyes."""
    return [
        claim
        for eye, of_eye in report.eyes.items()
        if eye in eyes
        for step in of_eye.steps
        if step.name in names
        for claim in step.claims
    ]


def _screened_for_glaucoma(eyes: Collection[Eye], report: Report) -> list[Claim]:
    """What is said of suspected glaucoma, the flag first; of an eye's impression where its step says nothing."""
    in_steps = [c for c in _of_steps(("conditions",), eyes, report) if c.slots.get("condition") == GLAUCOMA]
    said = {claim.eye for claim in in_steps}
    in_lines = [c for c in report.impression if c.slots.get("condition") == GLAUCOMA and c.eye in {*eyes} - said]
    return sorted([*in_lines, *in_steps], key=lambda claim: claim.pattern == "condition")


def not_assessed(intent: str, request: str, report: Report) -> list[str]:
    """Lines on what an intent asks for and the report says was not assessed."""
    eyes, begins = eyes_named(request, report.eyes), SUBJECTS.get(intent, ())
    if intent == "disc" and _GLAUCOMA.search(request):
        begins = (GLAUCOMA.replace("_", " "), *_ALL_CONDITIONS, *begins)
    if intent == "grade":
        begins = (
            *begins,
            *(sign for word, signs in _SIGNS.items() if re.search(word, request, re.IGNORECASE) for sign in signs),
        )
    if not begins:
        return []
    return gap_lines(
        item
        for item in report.not_assessed
        if (item.eye is None or item.eye in eyes) and item.subject.lower().startswith(begins)
    )


def screened_for(intent: str, request: str, report: Report) -> list[str]:
    """What the conditions were that an eye was screened for, where a request names none of them."""
    if intent != "conditions" or _KNOWN_CONDITION.search(request):
        return []
    looked_for = {
        name: None for of_eye in report.eyes.values() for name, c in of_eye.conditions.items() if c.flagged is not None
    }
    words = [CONDITION_NAMES[name] for name in looked_for if name in CONDITION_NAMES and name != "normal_fundus"]
    return [f"Screened for: {', '.join(words)}; nothing else."] if words else []


def lesion_kinds(request: str) -> set[str]:
    """The lesion types a request names."""
    words = corrected(request.replace("-", " "))
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


def _conditions(request: str) -> set[str]:
    """The screened conditions that a request names."""
    return {name for name, words in _CONDITION_WORDS.items() if re.search(words, request, re.IGNORECASE)}


def _quadrants(request: str) -> set[str]:
    """The quadrants a request names, one by one ("upper temporal") or by a side ("inferior")."""
    one_by_one = {f"{_VERTICAL[m[1].lower()]}{m[2].lower()}" for m in _QUADRANT.finditer(request)}
    if one_by_one:
        return one_by_one
    sides = [f"{_VERTICAL[m[0].lower()]}" for m in _HALF.finditer(request)]
    sides += [m[0].lower() for m in re.finditer(r"\b(?:temporal|nasal)\b", request, re.IGNORECASE)]
    return {quadrant for quadrant in QUADRANTS if any(side in quadrant for side in sides)}
