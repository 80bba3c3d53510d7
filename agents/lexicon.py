"""The language of reports: sentence patterns with typed slots, rendered from values and parsed back into them.

A claim's text is a rendering of a pattern. A text that no pattern parses says something this system has no way to
check, so verification calls it unsupported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ..records import QUADRANTS, ClaimKind

Slots = dict[str, str | int | float]

LESION_NAMES = {
    "MA": ("microaneurysm", "microaneurysms"),
    "HE": ("haemorrhage", "haemorrhages"),
    "EX": ("hard exudate", "hard exudates"),
    "SE": ("soft exudate", "soft exudates"),
}
GRADE_NAMES = {
    0: "no apparent retinopathy",
    1: "mild non-proliferative retinopathy",
    2: "moderate non-proliferative retinopathy",
    3: "severe non-proliferative retinopathy",
    4: "proliferative retinopathy",
}
"""ICDR levels [wilkinson2003]."""
CONDITION_NAMES = {
    "normal_fundus": "a normal fundus",
    "glaucoma_suspect": "suspected glaucoma",
    "cataract_or_haze": "cataract or hazy media",
    "age_related_macular_degeneration": "age-related macular degeneration",
    "hypertensive_retinopathy": "hypertensive retinopathy",
    "pathological_myopia": "pathological myopia",
}
"""The conditions expert's measurements in words."""
EYE_WORDS = {"right": "right eye", "left": "left eye", "unknown": "eye of unknown side"}
RETAKE_REASONS = {
    "focus": "poor focus",
    "illumination": "poor illumination",
    "contrast": "poor contrast",
    "field": "an incomplete field of view",
}


def _choice(words: Mapping[str, object]) -> str:
    return "|".join(re.escape(str(word)) for word in sorted(words, key=len, reverse=True))


_BY_EYE_WORDS = {words: eye for eye, words in EYE_WORDS.items()}
_BY_LESION_WORD = {word: kind for kind, words in LESION_NAMES.items() for word in words}
_BY_GRADE_NAME = {name: grade for grade, name in GRADE_NAMES.items()}
_BY_CONDITION = {words: name for name, words in CONDITION_NAMES.items()}
_BY_REASON = {words: reason for reason, words in RETAKE_REASONS.items()}


@dataclass(frozen=True)
class SlotType:
    """How a value is written and recognised. `decimals` for numbers."""

    regex: str
    decimals: int | None = None
    words: Mapping[str, str | int] | None = None

    def write(self, value: str | int | float) -> str:
        """The words for a value."""
        if self.decimals is not None:
            return f"{float(value):.{self.decimals}f}"
        if self.words is not None:
            return next(word for word, stands_for in self.words.items() if stands_for == value)
        return str(value)

    def read(self, text: str) -> str | int | float:
        """The value of the words."""
        if self.decimals is not None:
            return int(text) if self.decimals == 0 else float(text)
        return self.words[text] if self.words is not None else text


_NUMBER = r"-?\d+"
SLOT_TYPES: dict[str, SlotType] = {
    "eye": SlotType(_choice(_BY_EYE_WORDS), words=_BY_EYE_WORDS),
    "side": SlotType("right|left"),
    "field": SlotType("macula-centred|disc-centred"),
    "int": SlotType(_NUMBER, decimals=0),
    "dec1": SlotType(_NUMBER + r"\.\d", decimals=1),
    "dec2": SlotType(_NUMBER + r"\.\d\d", decimals=2),
    "unit": SlotType("px|mm|DD"),
    "grade": SlotType(_choice(_BY_GRADE_NAME), words=_BY_GRADE_NAME),
    "set": SlotType(r"[0-4](?:, [0-4])*"),
    "quadrant": SlotType("|".join(QUADRANTS)),
    "reasons": SlotType(f"(?:{_choice(_BY_REASON)})(?:, (?:{_choice(_BY_REASON)}))*"),
    "condition": SlotType(_choice(_BY_CONDITION), words=_BY_CONDITION),
    "key": SlotType(r"[a-z][a-z0-9_]+"),
    "case": SlotType(r"[0-9a-f]{16}"),
    "text": SlotType(r"\S(?:.*\S)?"),
}


def counted(kind: str, count: int) -> str:
    """ "no haemorrhages", "1 haemorrhage", "12 haemorrhages"."""
    singular, plural = LESION_NAMES[kind]
    return f"no {plural}" if count == 0 else f"{count} {singular if count == 1 else plural}"


_COUNTED = rf"(?:no|\d+) (?:{_choice(_BY_LESION_WORD)})"


def _read_counted(text: str) -> tuple[str, int]:
    number, word = text.split(" ", 1)
    return _BY_LESION_WORD[word], 0 if number == "no" else int(number)


@dataclass(frozen=True)
class Pattern:
    """A sentence with slots `{name:type}`; `{counted}` stands for a lesion type with its count."""

    id: str
    kind: ClaimKind
    template: str

    @cached_property
    def slots(self) -> dict[str, str]:
        """Slot names with their types."""
        return dict(re.findall(r"\{(\w+):(\w+)\}", self.template))

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        pieces = re.split(r"(\{\w+(?::\w+)?\})", self.template)
        regex = ""
        for piece in pieces:
            if piece == "{counted}":
                regex += f"(?P<counted>{_COUNTED})"
            elif piece.startswith("{"):
                name, slot_type = piece[1:-1].split(":")
                regex += f"(?P<{name}>{SLOT_TYPES[slot_type].regex})"
            else:
                regex += re.escape(piece)
        return re.compile(regex, re.ASCII)

    def render(self, slots: Mapping[str, str | int | float]) -> str:
        """The sentence for these values. Raises KeyError for a missing slot."""
        text = self.template
        if "{counted}" in text:
            text = text.replace("{counted}", counted(str(slots["lesion"]), int(slots["count"])))
        for name, slot_type in self.slots.items():
            text = text.replace(f"{{{name}:{slot_type}}}", SLOT_TYPES[slot_type].write(slots[name]))
        return text[0].upper() + text[1:]

    def parse(self, text: str) -> Slots | None:
        """The values in a sentence, or None when it is not of this pattern."""
        match = self._regex.fullmatch(text) or self._regex.fullmatch(text[:1].lower() + text[1:])
        if match is None:
            return None
        slots: Slots = {}
        for name, words in match.groupdict().items():
            if name == "counted":
                slots["lesion"], slots["count"] = _read_counted(words)
            else:
                slots[name] = SLOT_TYPES[self.slots[name]].read(words)
        return slots


def reasons_text(flags: list[str]) -> str:
    """Quality flags as words, in their fixed order."""
    return ", ".join(words for flag, words in RETAKE_REASONS.items() if flag in flags)


_O, _M, _I, _R = ClaimKind.OBSERVATION, ClaimKind.MEASUREMENT, ClaimKind.INTERPRETATION, ClaimKind.RECOMMENDATION

PATTERNS: dict[str, Pattern] = {
    p.id: p
    for p in (
        Pattern("gradable", _O, "the photograph of the {eye:eye} is gradable (quality score {score:dec2})."),
        Pattern("not_gradable", _O, "the photograph of the {eye:eye} is not gradable because of {reasons:reasons}."),
        Pattern("low_quality", _O, "the photograph of the {eye:eye} is not gradable (quality score {score:dec2})."),
        Pattern("not_fundus", _O, "this is not a fundus photograph (probability of a fundus {probability:dec2})."),
        Pattern("disc_position", _M, "in the {eye:eye}, the optic disc is centred at x {x:int}, y {y:int} px and is {diameter:int} px across."),
        Pattern("fovea_distance", _M, "in the {eye:eye}, the fovea lies {distance:dec2} disc diameters from the centre of the disc."),
        Pattern("side", _O, "disc and fovea lie as in a {side:side} eye."),
        Pattern("field", _O, "the photograph of the {eye:eye} is {field:field}."),
        Pattern("vessel_density", _M, "in the {eye:eye}, vessels cover {percent:dec1} % of the field of view."),
        Pattern("skeleton_length", _M, "in the {eye:eye}, the vessel skeleton is {length:int} {unit:unit} long."),
        Pattern("lesion_count", _M, "in the {eye:eye}, {counted} were detected."),
        Pattern("lesion_count_one", _M, "in the {eye:eye}, {counted} was detected."),
        Pattern("lesion_quadrant", _M, "in the {eye:eye}, the {quadrant:quadrant} quadrant holds {counted}."),
        Pattern("nearest_exudate", _M, "in the {eye:eye}, the hard exudate nearest to the fovea lies {distance:dec2} disc diameters from it."),
        Pattern("grade", _I, "the grading model reads the {eye:eye} as {grade:grade} (ICDR grade {value:int}), probability {probability:dec2}."),
        Pattern("referable", _I, "the probability of referable retinopathy (ICDR grade 2 or more) in the {eye:eye} is {probability:dec2}."),
        Pattern("conformal_set", _I, "with 90 % coverage, the ICDR grade of the {eye:eye} is among {set:set}."),
        Pattern("lesions_mean_none", _I, "in the {eye:eye}, none of the lesion types that were looked for was detected, which agrees with ICDR grade 0."),
        Pattern("lesions_mean_mild", _I, "in the {eye:eye}, microaneurysms are the only lesions detected, which is the definition of ICDR grade 1."),
        Pattern("lesions_mean_more", _I, "in the {eye:eye}, lesions other than microaneurysms were detected, which is more than ICDR grade 1."),
        Pattern("exudate_near", _I, "in the {eye:eye}, hard exudate within one disc diameter of the fovea is a photographic surrogate for macular oedema, not a diagnosis of it."),
        Pattern("exudate_far", _I, "in the {eye:eye}, no hard exudate was detected within one disc diameter of the fovea."),
        Pattern("oedema_probability", _I, "in the {eye:eye}, the probability of exudate near the macula's centre, a surrogate for macular oedema, is {probability:dec2}."),
        Pattern("avr", _M, "in the {eye:eye}, the arteriovenous ratio is {ratio:dec2}."),
        Pattern("cup_disc_ratio", _M, "in the {eye:eye}, the vertical cup-disc ratio is {ratio:dec2}."),
        Pattern("condition", _I, "in the {eye:eye}, the probability of {condition:condition} is {probability:dec2}."),
        Pattern("condition_flagged", _I, "in the {eye:eye}, {condition:condition} is flagged for a person to look at."),
        Pattern("no_condition_flagged", _I, "in the {eye:eye}, none of the conditions that were screened for is flagged."),
        Pattern("summary", _I, "{eye:eye}: {grade:grade} (ICDR grade {value:int}), referable probability {probability:dec2}."),
        Pattern("summary_no_grade", _I, "{eye:eye}: no grade was given."),
        Pattern("worse_eye", _I, "the {eye:eye} has the higher grade and decides what follows."),
        Pattern("same_grade", _I, "both eyes have the same grade."),
        Pattern("similar_case", _O, "similar case {place:int} to the {eye:eye} is {case:case}, with confirmed ICDR grade {value:int} (similarity {similarity:dec2})."),
        Pattern("follow", _R, "what follows: {statement:text} [{key:key}]"),
        Pattern("literature", _I, "{statement:text} [{key:key}]"),
        Pattern("retake", _R, "take the photograph of the {eye:eye} again: {advice:text}"),
        Pattern("person_first", _R, "a qualified person must read the {eye:eye} before any interval is set."),
    )
}  # fmt: skip


def parse(text: str) -> tuple[Pattern, Slots] | None:
    """The first pattern that parses a sentence, with its values."""
    for pattern in PATTERNS.values():
        slots = pattern.parse(text)
        if slots is not None:
            return pattern, slots
    return None
