"""What lesion counts, distances and ratios mean by the definitions of the literature."""

from __future__ import annotations

from collections.abc import Mapping

from ..records import QUADRANTS, Finding, Region

LESION_KINDS = ("MA", "HE", "EX", "SE")
MORE_THAN_MICROANEURYSMS = ("HE", "EX", "SE")
HAEMORRHAGES_PER_QUADRANT = 20
"""More than this many in each of four quadrants is a criterion of severe retinopathy [wilkinson2003]."""
ON_CAMERA_SPOTS = "on_camera_spots"
"""The lesions expert's measurement of how many places it left out, since the camera shows a dark spot there."""
SURROGATE_DD = 1.0
"""Hard exudate within this many disc diameters of the fovea is the photographic surrogate of macular oedema [nhs_desp_def2021]."""
REFLEX_DD = 0.15
"""Hard exudate centred within this of the fovea, no wider than twice it and the only one within SURROGATE_DD can be the reflex
of light there. Ours, set after looking at validation and hold-out photographs of IDRiD's grading set alike, so that neither
judges it: of validation's 17 eyes labelled with the surrogate 1 has it so alone, of 21 without it 7 have."""
DEGENERATION = "age_related_macular_degeneration"
"""The condition whose drusen look like hard exudates."""
CDR_SMALL_DISCS, CDR_LARGE_DISCS = 0.59, 0.74
"""97.5th percentiles of the vertical cup-disc ratio in small and in large discs [crowston2004]."""
REFERABLE_GRADE = 2
"""From moderate non-proliferative retinopathy on, retinopathy is referable [wong2018_ico]."""
PROLIFERATIVE = 4
"""The ICDR grade of proliferative retinopathy [wilkinson2003]."""
OEDEMA_PROBABLE, OEDEMA_IMPROBABLE = 0.5, 0.1
"""From the first probability of the surrogate of macular oedema on, it is taken for likelier than not; up to the second, the
grading model is sure that there is none."""


def lesion_counts(finding: Finding | None) -> dict[str, int | None]:
    """Counts by lesion type; None is not assessed."""
    if finding is None:
        return dict.fromkeys(LESION_KINDS)
    counts = {kind: finding.number(f"lesion_count_{kind}") for kind in LESION_KINDS}
    return {kind: None if count is None else int(count) for kind, count in counts.items()}


def few(lesions: Finding | None) -> frozenset[str]:
    """The lesion types of which some were counted, yet so few that the interval of their count reaches down to none."""
    made = {} if lesions is None else {kind: lesions.measurement(f"lesion_count_{kind}") for kind in LESION_KINDS}
    return frozenset(k for k, m in made.items() if m is not None and m.value and m.interval and m.interval[0] < 1)


def lesions_imply(lesions: Finding | None) -> str | None:
    """What the counts say by the ICDR scale [wilkinson2003].

    "none": no lesion (grade 0); "mild": microaneurysms only (grade 1); "more": more than microaneurysms (grade 2 or
    above; the 4-2-1 signs and neovascularisation have no detector, so not how much above); "few": of what would decide
    between these, no more than may be none at all; None: not assessed.
    """
    counts, doubtful = lesion_counts(lesions), few(lesions)
    others = {kind: counts[kind] for kind in MORE_THAN_MICROANEURYSMS}
    if any(count and kind not in doubtful for kind, count in others.items()):
        return "more"
    if counts["MA"] is None or None in others.values():
        return None
    if any(others.values()) or "MA" in doubtful:
        return "few"
    return "mild" if counts["MA"] else "none"


def likelier_grade(grade: Finding) -> int | None:
    """The likeliest grade, where the one that was given is another and the median of the probabilities."""
    shares = grade.probabilities
    if shares is None or grade.value is None:
        return None
    likeliest = max(range(len(shares)), key=lambda g: shares[g])
    middle = next(g for g in range(len(shares)) if sum(shares[: g + 1]) >= sum(shares) / 2)
    return likeliest if likeliest != grade.value and middle == grade.value else None


def crowded_quadrants(lesions: Finding | None) -> int | None:
    """In how many of the four quadrants more than 20 haemorrhages were counted; None when one was not counted."""
    if lesions is None:
        return None
    counts = [lesions.number(f"lesion_count_HE_{quadrant}") for quadrant in QUADRANTS]
    if any(count is None for count in counts):
        return None
    return sum(count is not None and count > HAEMORRHAGES_PER_QUADRANT for count in counts)


def definition_met(grade: int, lesions: Finding | None) -> bool:
    """Whether the lesions that were counted meet the definition of an ICDR grade, as far as they can [wilkinson2003].

    Grade 4 is defined by signs that have no detector, grade 3 by one criterion that has.
    """
    implied, crowded = lesions_imply(lesions), crowded_quadrants(lesions)
    if grade in (3, 4):
        return grade == 3 and crowded == len(QUADRANTS)
    return implied == ("none", "mild", "more")[grade] and crowded != len(QUADRANTS)


def definition_uncounted(grade: int, lesions: Finding | None) -> bool:
    """Whether lesions that define an ICDR grade were not counted; grade 4 is not defined by any that are."""
    if grade == PROLIFERATIVE:
        return False
    return (crowded_quadrants(lesions) if grade > REFERABLE_GRADE else lesions_imply(lesions)) is None


def largest_lesion(lesions: Finding, kind: str) -> float | None:
    """The longest side of the box of the largest lesion of a type, photograph pixels; None without one."""
    own = [max(region.width, region.height) for region in _regions(lesions, kind)]
    return max(own, default=None)


def nearest_lesion(lesions: Finding, kind: str) -> float | None:
    """Disc diameters from the fovea to the nearest centre of a lesion of a type; None without one or without landmarks."""
    own = [r.fovea_distance_dd for r in _regions(lesions, kind) if r.fovea_distance_dd is not None]
    return min(own, default=None)


def cup_size(ratio: float) -> str:
    """ "within" the limit of small discs, "above" that of large ones, or "between", at two decimals [crowston2004]."""
    written = round(ratio, 2)
    return "within" if written <= CDR_SMALL_DISCS else "above" if written > CDR_LARGE_DISCS else "between"


def large_cup(disc: Finding | None) -> bool:
    """Whether a photograph's vertical cup-disc ratio is unusual for discs of every size."""
    ratio = None if disc is None else disc.number("vertical_cdr")
    return ratio is not None and cup_size(ratio) == "above"


def surrogate_found(lesions: Finding | None) -> bool:
    """Whether hard exudate was measured within one disc diameter of the fovea."""
    distance = None if lesions is None else lesions.number("nearest_exudate_fovea_distance")
    return distance is not None and distance <= SURROGATE_DD


def reflex_possible(findings: Mapping[str, Finding]) -> bool:
    """Whether the surrogate of macular oedema stands on small exudate at the fovea's very centre alone."""
    lesions, landmarks = findings.get("lesions"), findings.get("landmarks")
    diameter = None if landmarks is None else landmarks.number("disc_diameter")
    if lesions is None or diameter is None or not surrogate_found(lesions):
        return False
    near = [r for r in lesions.regions if r.kind == "EX" and (r.fovea_distance_dd or 0.0) <= SURROGATE_DD]
    return bool(near) and all(
        r.fovea_distance_dd is not None
        and r.fovea_distance_dd <= REFLEX_DD
        and max(r.width, r.height) <= 2 * REFLEX_DD * diameter
        for r in near
    )


def drusen_possible(lesions: Finding | None, conditions: Finding | None) -> bool:
    """Whether hard exudates were counted in an eye that is flagged for macular degeneration: the lesion network takes drusen
    for them (its card's limits). The two findings may be of two photographs of the eye."""
    flagged = conditions is not None and DEGENERATION in conditions.flags
    return flagged and bool(lesion_counts(lesions)["EX"])


def oedema_probable(grade: Finding | None) -> bool:
    """Whether the grading model thinks exudate near the macula's centre likelier than not."""
    probability = None if grade is None else grade.number("dme_probability")
    return probability is not None and probability >= OEDEMA_PROBABLE


def oedema_improbable(grade: Finding | None) -> bool:
    """Whether the grading model is sure that there is no exudate near the macula's centre."""
    probability = None if grade is None else grade.number("dme_probability")
    return probability is not None and probability <= OEDEMA_IMPROBABLE


def surrogate_doubtful(grade: Finding | None, lesions: Finding | None) -> bool:
    """Whether the surrogate of macular oedema was measured, but of exudates so few that they may be none, and the grading
    model is sure that there is none. Of IDRiD's validation eyes in which it was measured this sets aside 1 of the 17 labelled
    with it and 7 of the 8 without."""
    return surrogate_found(lesions) and "EX" in few(lesions) and oedema_improbable(grade)


def oedema_suspected(grade: Finding | None, lesions: Finding | None) -> bool:
    """Whether the surrogate of macular oedema was measured beyond doubt or is probable."""
    return (surrogate_found(lesions) and not surrogate_doubtful(grade, lesions)) or oedema_probable(grade)


def oedema_open(grade: Finding | None, lesions: Finding | None) -> bool:
    """Whether macular oedema is suspected beside a grade whose interval is for eyes without it."""
    below = grade is not None and grade.value is not None and grade.value < REFERABLE_GRADE
    return below and oedema_suspected(grade, lesions)


def graver_open(grade: Finding) -> int | None:
    """The gravest grade that the conformal set does not exclude, where it is above the grade that was given."""
    gravest = max(grade.conformal_set or [0])
    return gravest if grade.value is not None and gravest > grade.value else None


def undecided(grade: Finding) -> bool:
    """Whether the conformal set leaves open if the retinopathy is referable.

    The set for that question (`referable_set`) speaks where the grader gives one, otherwise its set of grades.
    """
    if grade.referable_set is not None:
        return len(set(grade.referable_set)) != 1
    grades = grade.conformal_set or []
    return bool(grades) and min(grades) < REFERABLE_GRADE <= max(grades)


def _regions(lesions: Finding, kind: str) -> list[Region]:
    counted = lesions.number(f"lesion_count_{kind}")
    return [region for region in lesions.regions if region.kind == kind] if counted else []


def grades_apart(one: int, other: int) -> bool:
    """Whether two grades differ by more than neighbours do that are both referable or both not."""
    return abs(one - other) > 1 or (one >= REFERABLE_GRADE) != (other >= REFERABLE_GRADE)


def other_grades(findings: Mapping[str, Finding]) -> dict[str, int]:
    """The ICDR grades apart from the grading model's that graders beside it give, by their name: plug-ins that measure
    `icdr_grade`."""
    own = findings["grade"].value if "grade" in findings else None
    given = {name: finding.number("icdr_grade") for name, finding in sorted(findings.items()) if name != "grade"}
    told = {
        name: int(value) for name, value in given.items() if value is not None and value in range(PROLIFERATIVE + 1)
    }
    return {} if own is None else {name: grade for name, grade in told.items() if grades_apart(own, grade)}
