"""Which grades a sentence asserts, which it only weighs, and whose probability each number is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .tokens import Number, Token


@dataclass
class Mention:
    """A grade, or a probability with the grade it belongs to (None: the eye's own)."""

    grade: int | None
    probability: Number | None = None
    supposed: bool = False


def mentions(stretch: Sequence[Token], graded: bool) -> list[Mention] | None:
    """The grades and probabilities of a stretch in order; None when a number is neither. `graded`: bare numbers may be grades.

    A grade is only weighed where "probability of" stands before it, where the sentence gives it its number ("severe NPDR
    has 0.13", "13 % for severe NPDR") instead of saying it of an eye, and where a runner-up is spoken of.
    """
    found: list[Mention] = []
    places: list[tuple[int, int]] = []
    piece = 0
    weighs_all = any(token.kind == "RUNNER_UP" for token in stretch) or _tabulates(stretch)
    for n, token in enumerate(stretch):
        if token.kind in ("JOIN", "BECAUSE"):
            piece += 1
        if token.kind == "G" or token.kind == "NO_DR":
            found.append(Mention(0 if token.kind == "NO_DR" else int(token.value)))
            places.append((n, piece))
        elif token.kind == "N":
            number: Number = token.value
            whole = not (number.decimals or number.percent or number.unit or number.bound or number.about)
            if whole and number.value <= 4 and graded:
                found.append(Mention(int(number.value)))
            elif not number.unit and (number.percent or (number.decimals > 0 and number.value <= 1)):
                found.append(Mention(None, number))
            else:
                return None
            places.append((n, piece))
    _suppose(stretch, found, places, weighs_all)
    _pair(found, places)
    return found


def _tabulates(stretch: Sequence[Token]) -> bool:
    """ "Grade probabilities: grade 1, 0.21; grade 2, 0.64": several under one heading, none of them asserted."""
    heading = next((n for n, token in enumerate(stretch) if token == Token("P", "many")), len(stretch))
    first = next((n for n, token in enumerate(stretch) if token.kind in ("G", "N")), len(stretch))
    return heading < first


def _suppose(stretch: Sequence[Token], found: list[Mention], places: list[tuple[int, int]], weighs_all: bool) -> None:
    weighed_before = False
    for m, (mention, (n, piece)) in enumerate(zip(found, places, strict=True)):
        if mention.grade is None:
            continue
        start = max((k for k in range(n) if stretch[k].kind in ("JOIN", "BECAUSE")), default=-1) + 1
        before = [t.kind for t in stretch[start:n] if t.kind not in ("VERB", "K", "DR", "TOWARDS")]
        towards = any(t.kind == "TOWARDS" for t in stretch[start:n])
        end = next((k for k in range(n + 1, len(stretch)) if stretch[k].kind in ("JOIN", "BECAUSE")), len(stretch))
        after = [t.kind for t in stretch[n + 1 : end] if t.kind not in ("K", "TOWARDS", "DR")]
        of = bool(before) and before[-1] in ("P", "PROBABLE")
        to_it = towards and before[-1:] in (["N"], ["P"])
        alone = "E" not in before and (after[:1] == ["VERB"] or weighed_before) and "N" in after
        behind = next(
            (t.kind for t in stretch[n + 1 :] if t.kind not in ("K", "DR") and t != Token("JOIN", "with")), ""
        )
        others = [f for f in found[:m] if f.grade not in (None, mention.grade) and not f.supposed]
        alone = alone or (bool(others) and "E" not in (*before, *after) and behind in ("N", "P"))
        alone = alone or ("E" not in before and after[:2] == ["N", "P"])
        runs_on = weighed_before and not before and after[:1] in (["N"], ["P"])
        apposed = m > 0 and found[m - 1].supposed and places[m - 1][1] == piece and stretch[n - 1].kind in ("K", "JOIN")
        repeats = m > 0 and found[m - 1].grade == mention.grade and found[m - 1].supposed
        mention.supposed = weighs_all or of or to_it or alone or runs_on or apposed or repeats
        weighed_before = mention.supposed
    if any(token.kind == "RUNNER_UP" for token in stretch):
        _assert_what_is_said_first(stretch, found, places)


def _assert_what_is_said_first(stretch: Sequence[Token], found: list[Mention], places: list[tuple[int, int]]) -> None:
    """ "Grade 2 at 69 %, with grade 1 the runner-up": what stands in a piece before the runner-up's is asserted."""
    runner = next(n for n, token in enumerate(stretch) if token.kind == "RUNNER_UP")
    cut = max(
        (k for k in range(runner) if stretch[k].kind == "JOIN" and stretch[k].value in ("with", ",", "but", "and")),
        default=-1,
    )
    for mention, (n, _) in zip(found, places, strict=True):
        if n < cut and mention.grade is not None:
            mention.supposed = False


def _pair(found: list[Mention], places: list[tuple[int, int]]) -> None:
    """Give each probability the grade of its piece, else the grade named last, else the next one."""
    for m, mention in enumerate(found):
        if mention.probability is None:
            continue
        own = [
            k
            for k, (_, piece) in enumerate(places)
            if piece == places[m][1] and found[k].grade is not None and found[k].probability is None
        ]
        before = [k for k in range(m) if found[k].probability is None]
        after = [k for k in range(m + 1, len(found)) if found[k].probability is None]
        nearest = min(own, key=lambda k: abs(k - m)) if own else before[-1] if before else after[0] if after else None
        mention.grade = None if nearest is None else found[nearest].grade
