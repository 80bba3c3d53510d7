"""Concepts sorted by the eyes they are said of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from .facts import Fact
from .tokens import Token

SILENT = ("JOIN", "VERB", "LOOSE", "BECAUSE", "DEFINITE", "TOWARDS")
"""Concepts that join others and state nothing alone."""
OPPOSITE = {"right": "left", "left": "right"}
Stretch = Sequence[Token]
Frame = Callable[[Stretch], "list[Fact] | None"]
Group = tuple[tuple[str, ...], list[Token]]


def values(stretch: Stretch, kind: str) -> list[Any]:
    """The values of all concepts of a kind, in order."""
    return [token.value for token in stretch if token.kind == kind]


def pieces(stretch: Stretch) -> Iterator[list[Token]]:
    """The runs of concepts between joining words, eyes named in one breath ("right and left") as one."""
    piece: list[Token] = []
    for n, token in enumerate(stretch):
        if token.kind not in ("JOIN", "BECAUSE"):
            if token.kind == "E" and piece and piece[-1].kind == "E":
                piece[-1] = replace(token, value=tuple(dict.fromkeys((*piece[-1].value, *token.value))))
            else:
                piece.append(token)
        elif not _between_eyes(stretch, n):
            yield piece
            piece = []
    yield piece


def _between_eyes(stretch: Stretch, n: int) -> bool:
    around = [token.kind for token in (*stretch[max(n - 1, 0) : n], *stretch[n + 1 : n + 2])]
    return around == ["E", "E"] and stretch[n].value in ("and", "or")


def bind(stretch: Stretch, kinds: Sequence[str], *, lists: bool = False) -> list[Group] | None:
    """Concepts of `kinds` by the eyes they are said of; None when an eye is left with nothing or stands in doubt.

    A piece that names an eye is about that eye; one that names none, about the eye named last, else the next one named. With `lists`, "2 in
    the right eye, and 1 and 2 in the left": items before an eye that stands last are all its own.
    """
    held = [[token for token in piece if token.kind == "E" or token.kind in kinds] for piece in pieces(stretch)]
    parts = [piece for piece in held if piece]
    if any(token.kind == "LOOSE" for token in stretch):
        return _respectively(parts)
    if lists and parts and all(part[-1].kind == "E" for part in (parts[0], parts[-1])):
        parts = _gathered(parts)
    groups: list[Group] = []
    eyes: tuple[str, ...] = ()
    open_eye = False
    for n, part in enumerate(parts):
        named = [token for token in part if token.kind == "E"]
        said = [token for token in part if token.kind != "E"]
        if len(named) > 1 and said:
            groups += _alternating(part)
            eyes, open_eye = named[-1].value, False
        elif not said:
            own = tuple(dict.fromkeys(eye for token in named for eye in token.value))
            follows = n + 1 < len(parts) and not any(token.kind == "E" for token in parts[n + 1])
            if groups and not follows and not _also(groups, own, named_last="E" in [t.kind for t in parts[n - 1]]):
                return None
            eyes, open_eye = own, follows
        else:
            eyes = named[0].value if named else eyes
            groups.append((eyes, said))
            open_eye = False
    if open_eye or not groups:
        return None
    first = next((own for own, _ in groups if own), eyes)
    return [(own or first, said) for own, said in groups]


def _also(groups: list[Group], own: tuple[str, ...], *, named_last: bool) -> bool:
    """Take an eye named after all was said into what was said last: "in the right eye, and in the left"."""
    eyes, said = groups[-1]
    if len(own) > 1 and set(own) == {eye for held, _ in groups for eye in held}:
        return True
    if named_last or not eyes:
        groups[-1] = (tuple(dict.fromkeys((*eyes, *own))), said)
        return True
    return set(own) == set(eyes)


def _gathered(parts: Sequence[list[Token]]) -> list[list[Token]]:
    """Parts joined up to the eye that each of them ends in."""
    made: list[list[Token]] = [[]]
    for part in parts:
        made[-1] = [*made[-1], *part]
        if part[-1].kind == "E":
            made.append([])
    return [part for part in made if part]


def _alternating(part: Sequence[Token]) -> list[Group]:
    """Eyes and concepts by turns: those after an eye are its own, or those before it when they come first."""
    leading = part[0].kind == "E"
    groups: list[Group] = []
    said: list[Token] = []
    eyes: tuple[str, ...] = ()
    for token in part:
        if token.kind != "E":
            said.append(token)
        elif leading:
            groups += [(eyes, said)] if said else []
            eyes, said = (token.value if said or not eyes else (*eyes, *token.value)), []
        else:
            groups += [(token.value, said)] if said else []
            eyes, said = token.value, []
    return [*groups, (eyes, said)] if said else groups


def _respectively(parts: Sequence[Sequence[Token]]) -> list[Group] | None:
    named = [token.value for part in parts for token in part if token.kind == "E"]
    said = [token for part in parts for token in part if token.kind != "E"]
    eyes = named[-1] if named and len(named[-1]) > 1 else tuple(eye for own in named for eye in own)
    if len(set(eyes)) != len(eyes) or len(eyes) < 2 or len(said) < len(eyes):
        return None
    shared, own = said[: -len(eyes)], said[-len(eyes) :]
    return [*([(eyes, shared)] if shared else []), *(((eye,), [token]) for eye, token in zip(eyes, own, strict=True))]


def each(eyes: Sequence[str], kind: str, **slots: Any) -> list[Fact]:
    """The fact for every eye named, or for the eye of the evidence."""
    return [Fact(kind, eye, slots) for eye in eyes or (None,)]


def eyes_of(stretch: Stretch) -> tuple[str, ...]:
    """All eyes named, in order."""
    return tuple(dict.fromkeys(eye for eyes in values(stretch, "E") for eye in eyes))
