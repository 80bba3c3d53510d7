"""A number of lesions as a sentence states it, and the eye that it is said of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .tokens import Number

KINDS = ("MA", "HE", "EX", "SE")
ZERO, SOME = Number(0), Number(0, bound="more")


@dataclass
class Item:
    """A number of lesions: `kind` None until it is known what is counted, `quadrants` where they lie."""

    number: Number
    kind: str | None
    eyes: tuple[str, ...] = ()
    quadrants: list[tuple[str, ...]] = field(default_factory=list)
    bare: bool = False
    negated: bool = False
    every: bool = False
    definite: bool = False
    all_over: bool = False
    most: str = ""
    spread: int = 0


def give_eyes(spoken: Sequence[Item | tuple[str, ...] | None], items: Sequence[Item]) -> bool:
    """Eyes: those named before an item, or after it when none was named first; eyes in a row are named
    together. `spoken` holds both in order, None where a new clause begins. False when an eye is left with nothing.
    """
    eyes: tuple[str, ...] = ()
    waiting: list[Item] = []
    last_was_eye, leading, opens = False, False, True
    for heard in spoken:
        if heard is None:
            waiting = [item for item in waiting if not item.eyes]
            last_was_eye, opens = False, True
            continue
        if opens:
            leading, opens = isinstance(heard, tuple) and not waiting, False
        if isinstance(heard, Item):
            if last_was_eye and not leading:
                waiting = []
            waiting.append(heard)
            heard.eyes = eyes
            last_was_eye = False
            continue
        eyes = tuple(dict.fromkeys((*eyes, *heard))) if last_was_eye else heard
        for item in waiting if not leading else ():
            item.eyes = eyes
        last_was_eye = True
    return not (leading and last_was_eye and set(eyes) != set(items[-1].eyes if items else ()))
