"""What a stretch of concepts states: for each kind of fact, which concepts it needs and which it may hold besides.

A stretch with any other concept in it is not of that kind, so that nothing said is passed over.
"""

from __future__ import annotations

from dataclasses import replace

from .binding import OPPOSITE, SILENT, Frame, Stretch, each, eyes_of, values
from .comparisons import COMPARED, differing, greater, more_in
from .exudates import exudate
from .facts import Fact
from .grades import conformal_facts, grade_facts, member_facts, same_facts, worse_facts
from .lesions import lesion_facts
from .meaning import meaning
from .measures import fair, fundus_probability, measure, position, referable, said_of_eyes
from .on_pictures import field, gradable, not_gradable, retake, side, with_score
from .tokens import Number, Token
from .unassessed import not_assessed, not_looked_at


def _grade_zero(stretch: Stretch) -> bool:
    return set(values(stretch, "NEG")) == {"no"} and all(number == Number(0) for number in values(stretch, "N"))


_MEAN = {"E", "ANY", "AGREES", "EXCEEDS", "G", "K", "N", "L", "NEG", "ONLY_MA", "ONLY_LESION", "OTHER_THAN_MA"}
_GRADES = {"E", "K", "P", "N", "G", "DR", "NO_DR", "PROBABLE", "RUNNER_UP", "TOWARDS", "THAN", "AGREES"}
_EX = {"E", "L", "FOVEA", "NEAREST", "ONE_DD", "SURROGATE", "CAUTION", "N", "NEG", "DISTANCE", "ALL"}
_LESIONS = {"E", "L", "N", "NEG", "Q", "V", "H", "ANY", "ALL", "EVENLY", "QUADRANTS", "OF", "TOTAL"} | {
    "EACH_QUADRANT",
    "ONLY_LESION",
    "SPREAD",
    "SAME",
    "CONFINED",
    "MOST",
    "OTHER",
    "ONLY_EYE",
    "THAN",
}
FRAMES: tuple[tuple[set[str], set[str], Frame], ...] = (
    *(({"LARGER", kind, "E"}, {"THAN", "N", "P"}, greater) for kind in COMPARED),
    ({"CDR", "N"}, {"E", "HEIGHT", "DISC", "THAN"}, measure("cup_disc_ratio")),
    ({"SKELETON", "N"}, {"E", "VESSEL", "TOTAL", "THAN"}, measure("skeleton_length")),
    ({"VESSEL", "N"}, {"E", "FOV", "THAN"}, measure("vessel_density")),
    ({"DISC", "FOVEA", "N"}, {"E", "DISTANCE"}, measure("fovea_distance")),
    ({"DISC_FOVEA", "N"}, {"E", "DISTANCE"}, measure("fovea_distance")),
    ({"DISC", "N"}, {"E", "DIAMETER"}, measure("disc_diameter")),
    ({"DISC", "N", "PLACED"}, {"E", "XY", "DIAMETER"}, position),
    ({"DISC", "N", "XY"}, {"E", "PLACED", "DIAMETER"}, position),
    ({"SCORE", "N"}, {"E", "FUNDUS", "THAN", "PROBABLE"}, fair(measure("quality_score"))),
    ({"SCORE", "N", "GRADABLE"}, {"E", "PROBABLE"}, fair(with_score("gradable"))),
    ({"N", "GRADABLE"}, {"E"}, with_score("gradable")),
    ({"SCORE", "N", "NOT_GRADABLE"}, {"E", "K", "REASON", "PROBABLE"}, fair(with_score("not_gradable"))),
    ({"N", "NOT_GRADABLE"}, {"E", "K", "REASON"}, with_score("not_gradable")),
    ({"NEG", "CDR"}, {"E"}, said_of_eyes("not_assessed", names=("vertical_cdr",))),
    ({"FUNDUS_P", "N"}, {"E"}, measure("fundus_probability")),
    (
        {"P", "FUNDUS", "N"},
        {"E"},
        fundus_probability,
    ),
    ({"FUNDUS"}, {"E"}, lambda s: each(eyes_of(s), "not_fundus") if values(s, "FUNDUS") == [False] else None),
    ({"GRADABLE"}, {"E", "SCORE", "NEG", "FUNDUS"}, gradable),
    ({"NOT_GRADABLE"}, {"E", "K", "SCORE", "REASON", "FUNDUS"}, not_gradable),
    ({"REASON"}, {"E", "SCORE"}, not_gradable),
    ({"NO_GRADE"}, {"E", "K", "AVAILABLE"}, said_of_eyes("no_grade")),
    ({"RETAKE"}, {"E", "BETTER", "REASON", "FUNDUS"}, retake),
    ({"FIELD_IS"}, {"E", "FOV"}, field),
    ({"LIKE", "E", "DISC", "FOVEA"}, set(), side),
    ({"LIKE", "E"}, set(), side),
    ({"LIKE", "E", "LANDMARKS"}, {"DISC", "FOVEA"}, side),
    (
        {"NA_REASON"},
        {"E"},
        lambda s: [f for w in values(s, "NA_REASON") for f in each(eyes_of(s), "not_located", what=w)],
    ),
    ({"SIDE_OPEN"}, {"E", "LANDMARKS", "DISC", "FOVEA"}, lambda s: each(eyes_of(s), "side", side="unknown")),
    ({"NEG", "APPARENT"}, {"E", "K", "N"}, lambda s: each(eyes_of(s), "grade", grade=0) if _grade_zero(s) else None),
    ({"NEG", "DISC", "DIAMETER"}, {"E"}, said_of_eyes("not_assessed", names=("disc_diameter",))),
    ({"OOD"}, {"E"}, said_of_eyes("out_of_distribution")),
    ({"REFER", "N"}, {"E", "P", "PROBABLE", "TOWARDS", "THAN", "DR"}, referable),
    ({"REFER", "PROBABLE"}, {"E", "P"}, referable),
    ({"G"}, _GRADES, grade_facts),
    ({"K", "N"}, _GRADES, grade_facts),
    ({"RUNNER_UP", "N"}, _GRADES, grade_facts),
    ({"SET", "N"}, {"E", "K", "G", "SPAN", "TOWARDS", "AGREES"}, conformal_facts),
    ({"SET", "G"}, {"E", "K", "SPAN", "TOWARDS"}, conformal_facts),
    ({"MEMBER", "G"}, {"E", "K", "SET", "N"}, member_facts),
    ({"MEMBER", "N"}, {"E", "K", "SET", "G"}, member_facts),
    ({"MEMBER", "NO_DR"}, {"E", "K", "SET"}, member_facts),
    ({"ONLY_SET", "MEMBER", "N"}, {"E", "K", "SET"}, conformal_facts),
    ({"LARGER", "E", "K"}, {"THAN", "G", "N", "DR", "DECIDES"}, worse_facts),
    ({"WORSE", "E"}, {"THAN", "DECIDES", "K", "G", "N", "DR"}, worse_facts),
    ({"DECIDES", "E"}, {"K"}, worse_facts),
    ({"SAME"}, {"E", "K", "G", "N"}, same_facts),
    ({"DIFFER"}, {"E"}, lambda s: [Fact("different_grade", "right")]),
    ({"DIFFER", "N"}, {"E", "K", "THAN"}, differing),
    ({"DIFFER", "G"}, {"E", "K", "N", "THAN"}, differing),
    (
        {"NOT_MEASURED"},
        {"E", "NAME", "L", "CDR", "DISC", "FOVEA", "DISTANCE", "DIAMETER", "QUADRANTS", "DISC_FOVEA", "NEAREST"}
        | {"AVAILABLE", "NEG"},
        not_assessed,
    ),
    ({"NEG", "AVAILABLE"}, {"E", "NAME", "L", "CDR", "DISTANCE", "DISC_FOVEA", "DIAMETER", "DISC"}, not_assessed),
    (
        {"NEG", "NAME"},
        {"E"},
        not_looked_at,
    ),
    ({"UNSURE"}, {"E", "K"}, said_of_eyes("unsure")),
    (
        {"NO_LANDMARK"},
        {"E"},
        lambda s: [
            f
            for what in values(s, "NO_LANDMARK")
            for place in (("disc", "fovea") if what == "both" else (what,))
            for f in each(eyes_of(s), "not_located", what=place)
        ],
    ),
    (
        {"DISC", "FOVEA", "NEG"},
        {"E"},
        lambda s: [f for what in ("disc", "fovea") for f in each(eyes_of(s), "not_located", what=what)],
    ),
    ({"DISC", "NEG"}, {"E"}, said_of_eyes("not_located", what="disc")),
    ({"FOVEA", "NEG"}, {"E"}, said_of_eyes("not_located", what="fovea")),
    ({"L", "ONE_DD"}, _EX, exudate),
    ({"NEAREST", "ONE_DD"}, _EX, exudate),
    ({"L", "NEAREST", "N"}, _EX, exudate),
    ({"L", "FOVEA", "N"}, _EX, exudate),
    ({"NEAREST", "N"}, _EX, exudate),
    ({"ONE_DD", "FOVEA"}, _EX, exudate),
    ({"ONE_DD"}, {"SURROGATE", "CAUTION"}, exudate),
    ({"NEG", "ONE_DD"}, {"E", "FOVEA"}, exudate),
    ({"SURROGATE"}, _EX, exudate),
    ({"CAUTION", "SURROGATE"}, _EX, exudate),
    ({"ONLY_MA"}, _MEAN, meaning),
    ({"ONLY_LESION"}, _MEAN, meaning),
    ({"OTHER_THAN_MA"}, _MEAN, meaning),
    ({"AGREES"}, _MEAN, meaning),
    ({"EXCEEDS"}, _MEAN, meaning),
    ({"MORE", "L", "E"}, {"THAN", "N"}, more_in),
    ({"L"}, _LESIONS, lesion_facts),
    ({"ANY"}, _LESIONS, lesion_facts),
    ({"Q", "N"}, _LESIONS, lesion_facts),
    ({"E"}, set(), lambda s: []),
    ({"CAUTION"}, set(), lambda s: []),
)
"""(needed, allowed besides, reading). The first frame that fits a stretch and can read it wins."""


_ABOUT_PICTURES = {"P", "GRADABLE", "NOT_GRADABLE", "RETAKE", "SCORE"}


_OF_FUNDUS = Token("FUNDUS", True)


def _said(stretch: Stretch, n: int) -> bool:
    """Whether a picture is said to be of a fundus, not only called a fundus photograph."""
    return n > 0 and stretch[n - 1].kind == "VERB"


def facts_of(stretch: Stretch) -> list[Fact] | None:
    """What a stretch states; None when no frame accounts for all of it."""
    pictured = bool(_ABOUT_PICTURES & {token.kind for token in stretch})
    resolved = [t for n, t in enumerate(_other_eye(stretch)) if pictured or t != _OF_FUNDUS or _said(stretch, n)]
    kinds = {token.kind for token in resolved} - set(SILENT)
    if values(resolved, "FUNDUS") == [True] and kinds <= {"E", "FUNDUS"}:
        return each(eyes_of(resolved), "is_fundus")
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
