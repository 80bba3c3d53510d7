"""Concepts sorted by the eyes they are said of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .facts import Fact
from .tokens import Token

SILENT = ("JOIN", "VERB", "LOOSE", "BECAUSE", "DEFINITE")
"""Concepts that join others and state nothing alone."""
OPPOSITE = {"right": "left", "left": "right"}
Stretch = Sequence[Token]


def values(stretch: Stretch, kind: str) -> list[Any]:
    """The values of all concepts of a kind, in order."""
    return [token.value for token in stretch if token.kind == kind]


def bind(stretch: Stretch, kinds: Sequence[str]) -> list[tuple[tuple[str, ...], list[Token]]] | None:
    """Concepts of `kinds` by the eyes they are said of: those after an eye, or before it when they come first."""
    parts = [token for token in stretch if token.kind == "E" or token.kind in kinds]
    leading = bool(parts) and parts[0].kind == "E"
    groups: list[tuple[tuple[str, ...], list[Token]]] = [((), [])]
    for before, token in zip([None, *parts], parts, strict=False):
        eyes, held = groups[-1]
        if token.kind == "E":
            named = tuple(dict.fromkeys((*eyes, *token.value)))
            if before is not None and before.kind == "E":
                groups[-1] = (named, held)
            elif leading and (held or eyes):
                groups.append((token.value, []))
            else:
                groups[-1] = (named, held)
        elif not leading and eyes:
            groups.append(((), [token]))
        else:
            held.append(token)
    if len(groups) > 1 and not groups[-1][0]:
        eyes, held = groups[-2]
        groups[-2:] = [(eyes, [*held, *groups[-1][1]])]
    groups = _respectively(stretch, groups)
    return groups if all(held for _, held in groups) else None


def _respectively(
    stretch: Stretch, groups: list[tuple[tuple[str, ...], list[Token]]]
) -> list[tuple[tuple[str, ...], list[Token]]]:
    if any(token.kind == "LOOSE" for token in stretch) and len(groups) == 1 and len(groups[0][0]) == len(groups[0][1]):
        return [((eye,), [token]) for eye, token in zip(*groups[0], strict=True)]
    return groups


def each(eyes: Sequence[str], kind: str, **slots: Any) -> list[Fact]:
    """The fact for every eye named, or for the eye of the evidence."""
    return [Fact(kind, eye, slots) for eye in eyes or (None,)]


def eyes_of(stretch: Stretch) -> tuple[str, ...]:
    """All eyes named, in order."""
    return tuple(dict.fromkeys(eye for eyes in values(stretch, "E") for eye in eyes))
