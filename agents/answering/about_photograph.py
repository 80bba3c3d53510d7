"""Questions about the photographs themselves: when and by what they were taken, and where the fovea is in them."""

from __future__ import annotations

import re
from collections.abc import Callable

from ...records import Eye, Photograph
from ..lexicon import EYE_WORDS
from .asked import Asked, Said, clause_spans
from .eyes import absent, eyes_named

_PICTURE = r"(?:photos?|photographs?|pictures?|images?|scans?)"
_WHEN = re.compile(
    rf"\bwhen (?:was|were|did|has|had)\b[^.?!,]*\b(?:taken|acquired|made|captured|shot|photographed)\b"
    rf"|\b(?:date|day|age) (?:of|on) (?:the |this |these |each )?{_PICTURE}|\bhow old (?:is|are) (?:the |this |these ){_PICTURE}"
    r"|\b(?:acquisition|capture) date\b|\bdate of (?:acquisition|the visit)\b",
    re.IGNORECASE,
)
_BY_WHAT = re.compile(
    r"\b(?:what|which)(?: (?:kind|type|make|model|sort|brand) of)?(?: fundus)? (?:camera|device)\b(?! (?:should|would|do|can|to)\b)[^.?!,]*"
    r"|\b(?:camera|device) (?:model|name|make|type)\b|\bname of the (?:camera|device)\b",
    re.IGNORECASE,
)
_FOVEA = re.compile(r"\bfove|\bcent(?:re|er) of the macula", re.IGNORECASE)
_WHERE = re.compile(r"\bwhere\b|\bposition|\bcoordinat|\bin pixels\b|\bpx\b|\blocat", re.IGNORECASE)


def absent_eyes(question: str, asked: Asked) -> Said | None:
    """That there is no photograph of an eye a question names; what it asks of that eye alone is not answered with another."""
    eyes = asked.report.eyes
    missing = absent(question, eyes)
    if not missing:
        return None
    of_others = eyes_named(question, eyes)
    settles = [span for span in clause_spans(question) if not of_others or not eyes_named(question[slice(*span)], eyes)]
    notes = [f"There is no photograph of the {eye.value} eye." for eye in (Eye.RIGHT, Eye.LEFT) if eye in missing]
    unknown = ["The side of one photograph is not known."] if Eye.UNKNOWN in eyes else []
    return Said("", settles, notes=[*notes, *unknown], answers=False)


def acquisition(question: str, asked: Asked) -> Said | None:
    """When the photographs were taken or by what, as their files say, or that they do not."""
    settles, lines = [], []
    for pattern, of_photograph, missing in (
        (_WHEN, _date, "does not say when it was taken"),
        (_BY_WHAT, _device, "does not name the camera"),
    ):
        match = pattern.search(question)
        if match is not None:
            settles.append(match.span())
            lines += _lines(asked, eyes_named(question, asked.report.eyes), of_photograph, missing)
    return Said("quality", settles, notes=lines) if settles else None


def fovea_position(question: str, asked: Asked) -> Said | None:
    """Where the fovea of each eye that a question names is, in pixels; the router's answer follows."""
    if not (_FOVEA.search(question) and _WHERE.search(question)):
        return None
    lines = []
    for eye in sorted(eyes_named(question, asked.report.eyes), key=list(Eye).index):
        shown = asked.report.eyes[eye].photographs
        entry = asked.ledger.of("landmarks", eye, shown[0].sha256 if shown else None)
        point = None if entry is None or entry.finding is None else entry.finding.points.get("fovea")
        if entry is not None and point is not None:
            lines.append(f"{entry.id}: the fovea of the {EYE_WORDS[eye]} is at x {point.x:.0f}, y {point.y:.0f} px.")
    return Said("landmarks", notes=lines) if lines else None


def _lines(asked: Asked, eyes: set[Eye], of_photograph: Callable[[Photograph], str | None], missing: str) -> list[str]:
    """A line on each photograph of these eyes, those of one eye told once where they say the same."""
    return [
        f"The photograph of the {EYE_WORDS[eye]} {told}."
        if told
        else f"The file of the photograph of the {EYE_WORDS[eye]} {missing}."
        for eye, of_eye in asked.report.eyes.items()
        if eye in eyes
        for told in dict.fromkeys(of_photograph(photograph) for photograph in of_eye.photographs)
    ]


def _date(photograph: Photograph) -> str | None:
    return None if photograph.acquired is None else f"was taken on {photograph.acquired.isoformat()}"


def _device(photograph: Photograph) -> str | None:
    return None if not photograph.device else f"was taken with {photograph.device}"
