"""Sentences on what the kinds of lesion mean for the grade."""

from __future__ import annotations

from .binding import Stretch, each, eyes_of, values
from .facts import Fact
from .grades import grade_of
from .tokens import Number


def meaning(stretch: Stretch) -> list[Fact] | None:
    """What kinds of lesion there are and which grade that agrees with."""
    kinds = {token.kind for token in stretch}
    level = {"ONLY_MA": "mild", "ONLY_LESION": "mild", "OTHER_THAN_MA": "more"}
    found = {level[kind] for kind in kinds & set(level)}
    if "NEG" in kinds:
        found.add("none")
    grades = [grade_of(token) for token in stretch if token.kind in ("G", "N")]
    if kinds & {"AGREES", "EXCEEDS"}:
        if not grades or any(grade not in (0, 1) for grade in grades) or ("EXCEEDS" in kinds and set(grades) != {1}):
            return None
        found |= {"more" if "EXCEEDS" in kinds else ("none", "mild")[g or 0] for g in grades}
    elif grades:
        return None
    if found == {"more"} and "EXCEEDS" in kinds and "NEG" not in kinds and values(stretch, "L"):
        named = [kind for kind, _ in values(stretch, "L")]
        shown = [
            f
            for kind in named
            for f in each(eyes_of(stretch), "lesion_count", lesion=kind, number=Number(0, bound="more"))
        ]
        return None if set(named) <= {"MA"} else [*shown, *each(eyes_of(stretch), "lesions_mean", level="more")]
    if len(found) != 1 or any(kind != "MA" for kind, _ in values(stretch, "L")) or ("L" in kinds and found != {"mild"}):
        return None
    if ("L" in kinds) != ("ONLY_LESION" in kinds):
        return None
    if "NEG" in kinds and "ANY" not in kinds:
        return None
    return each(eyes_of(stretch), "lesions_mean", level=found.pop())
