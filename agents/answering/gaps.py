"""What a report says was not assessed: one line a reason and an eye, its subjects in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...records import QUADRANTS, Eye
from ...records.report import NotAssessed
from ..lexicon import CONDITION_NAMES, EYE_WORDS, LESION_NAMES
from ..patterns.words import MEASURE_NAMES

_WORDS = {
    **{name.replace("_", " "): words for name, words in (MEASURE_NAMES | CONDITION_NAMES).items()},
    "quality": "image quality",
    "landmarks": "optic disc and fovea",
    "disc": "optic cup and disc",
    "conditions": "other conditions",
    "skeleton length": "length of the vessels",
    "disc diameter": "diameter of the disc",
    "disc fovea distance": "distance from disc to fovea",
    "disc fovea angle": "angle from disc to fovea",
    "nearest exudate fovea distance": "distance of the nearest hard exudate from the fovea",
    "dme probability": "probability of exudate near the macula's centre",
    "laterality confidence": "certainty of the side",
}
"""Subjects that do not read as words, in words."""
_LESIONS = re.compile(rf"lesion (count|area) ({'|'.join(LESION_NAMES)})(?: ({'|'.join(QUADRANTS)}))?")


def gap_lines(items: Iterable[NotAssessed]) -> list[str]:
    """A line on the subjects of an eye that share a reason."""
    grouped: dict[tuple[Eye | None, str], list[str]] = {}
    for item in items:
        grouped.setdefault((item.eye, item.reason), []).append(item.subject)
    return [
        f"Not assessed{'' if eye is None else f' ({EYE_WORDS[eye]})'}: {', '.join(_subjects(subjects))}, because {reason}."
        for (eye, reason), subjects in grouped.items()
    ]


def _subjects(subjects: Iterable[str]) -> list[str]:
    """Subjects in words, each once: counts of several types of lesion and of quadrants as one."""
    words: dict[str, None] = {}
    kinds: dict[tuple[str, bool], dict[str, None]] = {}
    for subject in subjects:
        match = _LESIONS.fullmatch(subject)
        if match is None:
            words[_WORDS.get(subject.lower(), subject)] = None
        else:
            kinds.setdefault((match[1], match[3] is not None), {})[match[2]] = None
    return [*(_of_lesions(measure, by_quadrant, list(of)) for (measure, by_quadrant), of in kinds.items()), *words]


def _of_lesions(measure: str, by_quadrant: bool, kinds: list[str]) -> str:
    if len(kinds) == 1:
        return f"{measure} of {LESION_NAMES[kinds[0]][1]}{' by quadrant' if by_quadrant else ''}"
    of = "type" if len(kinds) == len(LESION_NAMES) else ""
    by = " and ".join(part for part in ("quadrant" if by_quadrant else "", of) if part)
    named = "" if of else f" of {' and '.join(LESION_NAMES[kind][1] for kind in kinds)}"
    return f"{'lesion ' if of else ''}{measure}s{named}{f' by {by}' if by else ''}"
