"""What a stretch of concepts states: for each kind of fact, which concepts it needs and which it may hold besides.

A stretch with any other concept in it is not of that kind, so that nothing said is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .binding import OPPOSITE, SILENT, Stretch, bind, each, eyes_of, values
from .facts import Fact
from .grades import conformal_facts, grade_facts, grade_of, same_facts, worse_facts
from .lesions import lesion_facts
from .tokens import Number, Token

Frame = Callable[[Stretch], "list[Fact] | None"]


def _measure(kind: str) -> Frame:
    def frame(stretch: Stretch) -> list[Fact] | None:
        groups = bind(stretch, ("N",))
        if groups is None or any(len(held) != 1 for _, held in groups):
            return None
        facts: list[Fact] = []
        for eyes, held in groups:
            number = held[0].value
            facts += each(eyes, kind, number=number, unit=number.unit)
        return facts

    return frame


def _said_of_eyes(kind: str, **slots: Any) -> Frame:
    def frame(stretch: Stretch) -> list[Fact] | None:
        return each(eyes_of(stretch), kind, **slots)

    return frame


def _with_score(kind: str) -> Frame:
    """Gradable or not, and the score, of one eye or both alike."""

    def frame(stretch: Stretch) -> list[Fact] | None:
        scores = _measure("quality_score")(stretch)
        verdict = each(eyes_of(stretch), kind, reasons=_reasons(stretch))
        return None if scores is None or len(values(stretch, "N")) > 1 else [*verdict, *scores]

    return frame


def _gradable(stretch: Stretch) -> list[Fact] | None:
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


def _not_gradable(stretch: Stretch) -> list[Fact] | None:
    return each(eyes_of(stretch), "not_gradable", reasons=_reasons(stretch))


def _reasons(stretch: Stretch) -> tuple[str, ...]:
    named = [reason if isinstance(reason, tuple) else (reason,) for reason in values(stretch, "REASON")]
    return tuple(reason for reasons in named for reason in reasons)


def _retake(stretch: Stretch) -> list[Fact] | None:
    return each(eyes_of(stretch), "retake", better=(*values(stretch, "BETTER"), *_reasons(stretch)))


def _field(stretch: Stretch) -> list[Fact] | None:
    return [fact for field in values(stretch, "FIELD_IS") for fact in each(eyes_of(stretch), "field", field=field)]


def _side(stretch: Stretch) -> list[Fact] | None:
    sides = [eyes[0] for eyes in values(stretch, "E") if len(eyes) == 1]
    if not 1 <= len(sides) <= 2 or len(sides) != len(values(stretch, "E")):
        return None
    return each(sides[:-1], "side", side=sides[-1])


def _position(stretch: Stretch) -> list[Fact] | None:
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


def _referable(stretch: Stretch) -> list[Fact] | None:
    facts = _measure("referable")([t for t in stretch if t.kind != "PROBABLE"])
    for likely in values(stretch, "PROBABLE"):
        facts = None if facts is None else facts + each(eyes_of(stretch), "probable", likely=likely)
    return facts if facts is None or not any(n.unit for n in values(stretch, "N")) else None


_NAMES = {
    "CDR": ("vertical_cdr",),
    "DIAMETER": ("disc_diameter",),
    "DISC_FOVEA": ("disc_fovea_distance",),
    "QUADRANTS": (),
}


def _not_assessed(stretch: Stretch) -> list[Fact] | None:
    kinds = {token.kind for token in stretch}
    names = list(values(stretch, "NAME"))
    lesions = [kind for kind, _ in values(stretch, "L")]
    if "DISTANCE" in kinds and {"L", "FOVEA"} <= kinds:
        names += ["nearest_exudate_fovea_distance"] if set(lesions) == {"EX"} else [""]
    elif {"DISC", "FOVEA"} <= kinds:
        names.append("disc_fovea_distance")
    elif lesions:
        names += [f"lesion_count_{kind}{'_superotemporal' if 'QUADRANTS' in kinds else ''}" for kind in lesions]
    elif "DISC" in kinds and "CDR" not in kinds:
        names.append("disc_diameter")
    names += [name for kind in kinds for name in _NAMES.get(kind, ())]
    return each(eyes_of(stretch), "not_assessed", names=tuple(dict.fromkeys(names))) if names else None


def _exudate(stretch: Stretch) -> list[Fact] | None:
    """Exudate near the fovea, or none there, with its distance and what it stands for."""
    if any(kind != "EX" for kind, _ in values(stretch, "L")):
        return None
    numbers: list[Number] = values(stretch, "N")
    negated = values(stretch, "NEG")
    limits = set(values(stretch, "ONE_DD"))
    if len(numbers) > 1 or len(negated) > 1 or len(limits) > 1 or any(n.unit != "DD" for n in numbers):
        return None
    eyes = eyes_of(stretch)
    facts = [fact for n in numbers for fact in each(eyes, "nearest_exudate", number=n, unit="DD")]
    if negated and (numbers or limits == {"beyond"}):
        return None
    if limits == {"beyond"}:
        return facts + each(eyes, "exudate_far", some=True)
    if negated:
        return each(eyes, "exudate_far")
    if limits or values(stretch, "SURROGATE") or any(t.kind == "SURROGATE" for t in stretch):
        facts += each(eyes, "exudate_near")
    return facts or None


def _mean(stretch: Stretch) -> list[Fact] | None:
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
    if len(found) != 1 or any(kind != "MA" for kind, _ in values(stretch, "L")) or ("L" in kinds and found != {"mild"}):
        return None
    if "L" in kinds and "ONLY_LESION" not in kinds:
        return None
    if "NEG" in kinds and "ANY" not in kinds:
        return None
    return each(eyes_of(stretch), "lesions_mean", level=found.pop())


def _more_in(stretch: Stretch) -> list[Fact] | None:
    named, lesions, more = values(stretch, "E"), values(stretch, "L"), values(stretch, "MORE")
    if len(named) != 2 or len(lesions) != 1 or len(more) != 1 or {*named[0], *named[1]} != set(OPPOSITE):
        return None
    if len(named[0]) != 1:
        return None
    compared = next(token.kind for token in stretch if token.kind in ("E", "THAN")) == "THAN"
    first = named[1 if compared else 0][0]
    return [Fact("more_in", first if more[0] else OPPOSITE[first], {"lesion": lesions[0][0]})]


_MEAN = {"E", "ANY", "AGREES", "EXCEEDS", "G", "K", "N", "L", "NEG", "ONLY_MA", "ONLY_LESION", "OTHER_THAN_MA"}
_EX = {"E", "L", "FOVEA", "NEAREST", "ONE_DD", "SURROGATE", "CAUTION", "N", "NEG", "DISTANCE", "ALL"}
_LESIONS = {"E", "L", "N", "NEG", "Q", "V", "H", "ANY", "ALL", "EVENLY", "QUADRANTS", "OF", "TOTAL"}
FRAMES: tuple[tuple[set[str], set[str], Frame], ...] = (
    ({"CDR", "N"}, {"E", "HEIGHT", "DISC"}, _measure("cup_disc_ratio")),
    ({"SKELETON", "N"}, {"E", "VESSEL", "TOTAL"}, _measure("skeleton_length")),
    ({"VESSEL", "N"}, {"E", "FOV"}, _measure("vessel_density")),
    ({"DISC", "FOVEA", "N"}, {"E", "DISTANCE"}, _measure("fovea_distance")),
    ({"DISC_FOVEA", "N"}, {"E", "DISTANCE"}, _measure("fovea_distance")),
    ({"DISC", "N"}, {"E", "DIAMETER"}, _measure("disc_diameter")),
    ({"DISC", "N", "PLACED"}, {"E", "XY", "DIAMETER"}, _position),
    ({"DISC", "N", "XY"}, {"E", "PLACED", "DIAMETER"}, _position),
    ({"SCORE", "N"}, {"E", "FUNDUS"}, _measure("quality_score")),
    ({"SCORE", "N", "GRADABLE"}, {"E"}, _with_score("gradable")),
    ({"N", "GRADABLE"}, {"E"}, _with_score("gradable")),
    ({"SCORE", "N", "NOT_GRADABLE"}, {"E", "K", "REASON"}, _with_score("not_gradable")),
    ({"NEG", "CDR"}, {"E"}, _said_of_eyes("not_assessed", names=("vertical_cdr",))),
    ({"FUNDUS_P", "N"}, {"E"}, _measure("fundus_probability")),
    ({"P", "FUNDUS", "N"}, {"E"}, _measure("fundus_probability")),
    ({"FUNDUS"}, {"E"}, lambda s: each(eyes_of(s), "not_fundus") if values(s, "FUNDUS") == [False] else None),
    ({"GRADABLE"}, {"E", "SCORE", "NEG", "FUNDUS"}, _gradable),
    ({"NOT_GRADABLE"}, {"E", "K", "SCORE", "REASON", "FUNDUS"}, _not_gradable),
    ({"REASON"}, {"E", "SCORE"}, _not_gradable),
    ({"NO_GRADE"}, {"E", "K", "AVAILABLE"}, _said_of_eyes("no_grade")),
    ({"RETAKE"}, {"E", "BETTER", "REASON", "FUNDUS"}, _retake),
    ({"FIELD_IS"}, {"E"}, _field),
    ({"LIKE", "E", "DISC", "FOVEA"}, set(), _side),
    ({"LIKE", "E", "LANDMARKS"}, set(), _side),
    ({"OOD"}, {"E"}, _said_of_eyes("out_of_distribution")),
    ({"REFER", "N"}, {"E", "P", "PROBABLE"}, _referable),
    ({"G"}, {"E", "K", "P", "N", "DR"}, grade_facts),
    ({"K", "N"}, {"E", "P", "NO_DR", "DR"}, grade_facts),
    ({"SET", "N"}, {"E", "K", "G"}, conformal_facts),
    ({"SET", "G"}, {"E", "K"}, conformal_facts),
    ({"WORSE", "E"}, {"THAN", "DECIDES", "K", "G", "N", "DR"}, worse_facts),
    ({"DECIDES", "E"}, {"K"}, worse_facts),
    ({"SAME"}, {"E", "K", "G", "N"}, same_facts),
    (
        {"NOT_MEASURED"},
        {"E", "NAME", "L", "CDR", "DISC", "FOVEA", "DISTANCE", "DIAMETER", "QUADRANTS", "DISC_FOVEA"},
        _not_assessed,
    ),
    ({"NEG", "AVAILABLE"}, {"E", "NAME", "L", "CDR", "DISTANCE", "DISC_FOVEA"}, _not_assessed),
    (
        {"NO_LANDMARK"},
        {"E"},
        lambda s: [f for what in values(s, "NO_LANDMARK") for f in each(eyes_of(s), "not_located", what=what)],
    ),
    ({"DISC", "NEG"}, {"E"}, _said_of_eyes("not_located", what="disc")),
    ({"FOVEA", "NEG"}, {"E"}, _said_of_eyes("not_located", what="fovea")),
    ({"L", "ONE_DD"}, _EX, _exudate),
    ({"NEAREST", "ONE_DD"}, _EX, _exudate),
    ({"L", "NEAREST", "N"}, _EX, _exudate),
    ({"L", "FOVEA", "N"}, _EX, _exudate),
    ({"NEAREST", "N"}, _EX, _exudate),
    ({"ONE_DD", "FOVEA"}, _EX, _exudate),
    ({"ONE_DD"}, {"SURROGATE", "CAUTION"}, _exudate),
    ({"SURROGATE"}, _EX, _exudate),
    ({"CAUTION", "SURROGATE"}, _EX, _exudate),
    ({"ONLY_MA"}, _MEAN, _mean),
    ({"ONLY_LESION"}, _MEAN, _mean),
    ({"OTHER_THAN_MA"}, _MEAN, _mean),
    ({"AGREES"}, _MEAN, _mean),
    ({"EXCEEDS"}, _MEAN, _mean),
    ({"MORE", "L", "E"}, {"THAN"}, _more_in),
    ({"L"}, _LESIONS, lesion_facts),
    ({"ANY"}, _LESIONS, lesion_facts),
    ({"Q", "N"}, _LESIONS, lesion_facts),
    ({"E"}, set(), lambda s: []),
    ({"CAUTION"}, set(), lambda s: []),
)
"""(needed, allowed besides, reading). The first frame that fits a stretch and can read it wins."""


_ABOUT_PICTURES = {"P", "GRADABLE", "NOT_GRADABLE", "RETAKE", "SCORE"}


def facts_of(stretch: Stretch) -> list[Fact] | None:
    """What a stretch states; None when no frame accounts for all of it."""
    resolved = [
        t for t in _other_eye(stretch) if t != Token("FUNDUS", True) or _ABOUT_PICTURES & {s.kind for s in stretch}
    ]
    kinds = {token.kind for token in resolved} - set(SILENT)
    for needed, allowed, read in FRAMES:
        if needed <= kinds and kinds <= needed | allowed:
            facts = read(resolved)
            if facts is not None:
                return facts
    return None


def _other_eye(stretch: Stretch) -> list[Token]:
    """ "The other eye" as the eye it is."""
    made: list[Token] = []
    for token in stretch:
        named = values(made, "E")
        if token.kind == "OTHER_EYE" and named and named[-1][0] in OPPOSITE:
            token = replace(token, kind="E", value=(OPPOSITE[named[-1][0]],))
        made.append(token)
    return made
