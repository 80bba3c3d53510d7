"""Sentences that give a measurement: a number of one kind, by eye."""

from __future__ import annotations

from typing import Any

from .binding import Frame, Stretch, bind, each, eyes_of, values
from .facts import MEASURES, Fact
from .grades import weighed_fairly
from .tokens import Number


def measure(kind: str) -> Frame:
    """A frame that reads each number as this measurement of the eye it is bound to."""
    wanted = MEASURES[kind][2] if kind in MEASURES else ""

    def frame(stretch: Stretch) -> list[Fact] | None:
        groups = bind(stretch, ("N",))
        facts: list[Fact] = []
        for eyes, held in groups or []:
            for token in held:
                if wanted != "?" and token.value.unit != wanted:
                    return None
                facts += each(eyes, kind, number=token.value, unit=token.value.unit)
        return facts or None

    return frame


def fair(read: Frame) -> Frame:
    """A frame whose numbers fit the "high" or "low" beside them."""
    return lambda stretch: read(stretch) if weighed_fairly(stretch) else None


def said_of_eyes(kind: str, **slots: Any) -> Frame:
    """A frame that says one thing of every eye named."""

    def frame(stretch: Stretch) -> list[Fact] | None:
        return each(eyes_of(stretch), kind, **slots)

    return frame


def fundus_probability(stretch: Stretch) -> list[Fact] | None:
    """ "Not a fundus photograph (probability 3 %)" gives the probability that it is one, and it is not."""
    kinds = [token.kind for token in stretch]
    measured = measure("fundus_probability")(stretch)
    if measured is None or values(stretch, "FUNDUS") == [True]:
        return measured
    if len(values(stretch, "FUNDUS")) > 1 or "JOIN" not in kinds[kinds.index("FUNDUS") : kinds.index("N")]:
        return None
    return [*measured, *each(eyes_of(stretch), "not_fundus")]


def position(stretch: Stretch) -> list[Fact] | None:
    """The disc's centre in pixels, and its diameter where a third number stands."""
    start = next((n for n, token in enumerate(stretch) if token.kind in ("PLACED", "XY")), 0)
    after: list[Number] = values(stretch[start:], "N")
    numbers = [*after[:2], *values(stretch[:start], "N"), *after[2:]]
    if (
        len(after) < 2
        or not 2 <= len(numbers) <= 3
        or any(n.unit not in ("", "px") or n.percent or n.bound for n in numbers)
    ):
        return None
    facts = each(eyes_of(stretch), "disc_position", x=numbers[0], y=numbers[1])
    for number in numbers[2:]:
        facts += each(eyes_of(stretch), "disc_diameter", number=number, unit=number.unit)
    return facts


def referable(stretch: Stretch) -> list[Fact] | None:
    """The probability of referable retinopathy as a number, or as likely or unlikely."""
    numbers = values(stretch, "N")
    facts = measure("referable")([t for t in stretch if t.kind != "PROBABLE"]) if numbers else []
    if numbers and not weighed_fairly(stretch):
        return None
    for word in values(stretch, "PROBABLE") if not numbers else ():
        likely, very = word in ("likely", "high", "very high"), word.startswith("very")
        facts = (
            None
            if facts is None or word == "modest"
            else facts + each(eyes_of(stretch), "probable", likely=likely, very=very)
        )
    return facts if facts is None or not any(n.unit for n in numbers) else None
