"""Sentences about the photograph itself: gradable or not and why, its field, its side, another one."""

from __future__ import annotations

from .binding import Frame, Stretch, each, eyes_of, values
from .facts import Fact
from .measures import measure


def with_score(kind: str) -> Frame:
    """Gradable or not, and the score, of one eye or both alike."""

    def frame(stretch: Stretch) -> list[Fact] | None:
        scores = measure("quality_score")(stretch)
        verdict = each(eyes_of(stretch), kind, reasons=reasons_in(stretch))
        return None if scores is None or (kind != "gradable" and len(values(stretch, "N")) > 1) else [*verdict, *scores]

    return frame


def gradable(stretch: Stretch) -> list[Fact] | None:
    """ "The right photograph is gradable, the left is not." """
    facts: list[Fact] = []
    last: list[str] = []
    for token in stretch:
        if token.kind == "E":
            last = [*token.value]
            facts += each(last, "gradable")
        elif token.kind == "NEG":
            if token.value != "not" or not last or len(facts) < 2:
                return None
            facts[-len(last) :] = each(last, "not_gradable")
            last = []
    return facts or each((), "gradable")


def not_gradable(stretch: Stretch) -> list[Fact] | None:
    """Not gradable, with the reasons named."""
    return each(eyes_of(stretch), "not_gradable", reasons=reasons_in(stretch))


def reasons_in(stretch: Stretch) -> tuple[str, ...]:
    """The quality flags that a stretch names."""
    named = [reason if isinstance(reason, tuple) else (reason,) for reason in values(stretch, "REASON")]
    return tuple(reason for reasons in named for reason in reasons)


def retake(stretch: Stretch) -> list[Fact] | None:
    """Another photograph is asked for, better in what is named."""
    return each(eyes_of(stretch), "retake", better=(*values(stretch, "BETTER"), *reasons_in(stretch)))


def field(stretch: Stretch) -> list[Fact] | None:
    """What the photograph is centred on."""
    return [fact for field in values(stretch, "FIELD_IS") for fact in each(eyes_of(stretch), "field", field=field)]


def side(stretch: Stretch) -> list[Fact] | None:
    """Which eye disc and fovea lie as in; another eye named is that of the photograph."""
    sides = [eyes[0] for eyes in values(stretch, "E") if len(eyes) == 1]
    if not 1 <= len(sides) <= 2 or len(sides) != len(values(stretch, "E")):
        return None
    start = next(n for n, token in enumerate(stretch) if token.kind == "LIKE")
    likened = values(stretch[start:], "E")
    if not likened:
        return None
    filed = [side for side in sides if side != likened[0][0]]
    return each(filed, "side", side=likened[0][0])
