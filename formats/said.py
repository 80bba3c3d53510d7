"""What a report says of an eye as a flat list of items, from which the structured formats are made alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..records import Claim, Eye, EyeReport, Report
from ..records.report import Recommendation, ReportStatus
from ..records.review import Review, ReviewedRecommendation, Verdict
from . import words
from .layers import LESION_NAMES


@dataclass(frozen=True)
class Item:
    """One thing said of an eye: a key that is the same in all formats, words, and a value or None for not assessed.

    `unit` is UCUM ("1" for a share or a ratio, empty for a count or a grade) or words; `code` a name in codes.json;
    `expert` whose evidence it stands on.
    """

    key: str
    text: str
    value: float | int | bool | None
    unit: str = ""
    code: str | None = None
    expert: str = ""


GRADES = ("grade", "reviewed_grade")
"""Keys whose values are ICDR grades."""


def items(report: Report, of: Eye) -> Iterator[Item]:
    """Everything structured that a report says of one eye; the conditions last, by name.

    The grade is the machine's; where a person signed, theirs follows as `reviewed_grade`.
    """
    eye, side = report.eyes[of], of.value
    quality, grade, lesions, vessels = eye.quality, eye.grade, eye.lesions, eye.vessels
    yield Item("gradable", "Photograph is gradable", quality.gradable, expert="quality")
    yield Item("quality_score", "Quality score", quality.score, "1", expert="quality")
    yield Item("grade", "Diabetic retinopathy severity (ICDR)", grade.value, "", f"grade_{side}", "grade")
    if report.review is not None and of in report.review.eyes:
        after = "Diabetic retinopathy severity (ICDR) after review"
        yield Item("reviewed_grade", after, report.review.eyes[of].grade, "", f"grade_{side}")
    for number, share in enumerate(grade.probabilities or [None] * 5):
        yield Item(f"p{number}", f"Probability of ICDR grade {number}", share, "1", expert="grade")
    yield Item(
        "referable_probability", "Probability of referable retinopathy", grade.referable_probability, "1", None, "grade"
    )
    yield Item(
        "dme_probability",
        "Probability of macular exudate (surrogate of macular oedema)",
        grade.dme_probability,
        "1",
        expert="grade",
    )
    for kind, name in LESION_NAMES.items():
        yield Item(kind, f"Number of {name.lower()}", lesions.counts.get(kind), "", None, "lesions")
    nearest = "Distance of nearest hard exudate to the fovea, disc diameters"
    yield Item("nearest_exudate_dd", nearest, lesions.nearest_exudate_dd, "1", expert="lesions")
    ratio = eye.disc.vertical_cdr
    yield Item("vertical_cdr", "Vertical cup-disc ratio", ratio, "1", f"cup_disc_{side}", "disc")
    yield Item("vessel_density", "Vessel density in the field of view", vessels.density, "1", None, "vessels")
    yield Item("avr", "Ratio of arteriolar to venular calibre", vessels.avr, "1", expert="vessels")
    for name, condition in sorted(eye.conditions.items()):
        said = f"Probability of {words.readable(name).lower()}"
        yield Item(name, said, condition.probability, "1", expert="conditions")


def why_absent(report: Report, eye: Eye, item: Item) -> str:
    """Why something was not assessed, as far as the report says."""
    subjects = {item.key, item.expert, f"lesion_count_{item.key}"}
    reasons = [n.reason for n in report.not_assessed if n.eye in (eye, None) and n.subject in subjects]
    return words.NOT_ASSESSED + (f": {reasons[0]}" if reasons else "")


@dataclass(frozen=True)
class Absence:
    """Things that were not assessed for one reason: of which eyes (empty: of none in particular), what, and why."""

    eyes: str
    what: str
    reason: str


def absences(report: Report) -> list[Absence]:
    """What was not assessed, by reason; a part ("lesion count MA inferonasal") is left out beside its whole."""
    by_eye: dict[Eye | None, list[tuple[str, str]]] = {}
    for missing in report.not_assessed:
        by_eye.setdefault(missing.eye, []).append((missing.subject, missing.reason))
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for eye, missed in by_eye.items():
        for reason, subjects in by_reason(missed).items():
            together.setdefault((reason, tuple(subjects)), []).extend([words.EYE_WORDS[eye]] if eye is not None else [])
    return [
        Absence(" and ".join([*eyes[:1], *(eye.lower() for eye in eyes[1:])]), words.readable(*subjects), reason)
        for (reason, subjects), eyes in together.items()
    ]


def by_reason(missed: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Subjects by the reason they were not assessed for; parts of a subject that is named itself are left out."""
    found: dict[str, list[str]] = {}
    for subject, reason in missed:
        found.setdefault(reason, []).append(subject)
    return {
        reason: [s for s in subjects if not any(s.startswith(f"{other} ") for other in subjects)]
        for reason, subjects in found.items()
    }


def review_lines(report: Report) -> list[str]:
    """What a person signed, in sentences: who and when, each grade before and after, what follows, the note, what was rejected."""
    review = report.review
    if review is None:
        return []
    done = "Reviewed" if report.status is ReportStatus.REVIEWED else "An earlier review"
    found = [f"{done} by {review.by}."]
    for eye, of_eye in review.eyes.items():
        machine, after = _graded(of_eye.grade_before), _graded(of_eye.grade)
        found.append(f"{words.EYE_WORDS[eye]}: the machine's reading was {machine}; after review {after}.")
    found += [*referral_lines(review), *(claim.text for claim in review.recommendation.claims)]
    found += [f"Note, in the reviewer's own words: {review.note}"] if review.note else []
    found += filter(None, [rejected_by_grade(review)])
    for decided in (d for d in review.claims if d.verdict is not Verdict.ACCEPTED and not d.by_grade):
        own = f" In the reviewer's own words: {decided.after}" if decided.after else ""
        found.append(f"{decided.verdict.value.capitalize()} by the reviewer: {decided.before}{own}")
    return found


def referral_lines(review: Review) -> list[str]:
    """Which eyes the reviewer refers whatever the guideline says, and why, as the reviewer's own statement."""
    asks = "the reviewer asks that an eye doctor sees it, whatever the guideline says. In the reviewer's own words"
    return [f"{words.EYE_WORDS[eye]}: {asks}: {why}" for eye, why in review.referred.items()]


def what_follows(report: Report) -> Recommendation | ReviewedRecommendation:
    """What follows: from the reviewed grades once a person signed."""
    return report.recommendation if report.review is None else report.review.recommendation


def advice_claims(report: Report) -> list[Claim]:
    """The sentences on what follows, each once: those from the reviewed grades, then the machine's that still stand."""
    reviewed = [] if report.review is None else report.review.recommendation.claims
    return list({claim.text: claim for claim in [*reviewed, *report.standing(report.recommendation.claims)]}.values())


def rejected_by_grade(review: Review) -> str:
    """How many of the machine's sentences the reviewer's own grade contradicts; empty where there is none."""
    against = [decided.claim for decided in review.claims if decided.by_grade]
    if not against:
        return ""
    many = len(against) > 1
    said = f"{len(against)} sentences of the machine are" if many else "1 sentence of the machine is"
    return (
        f"{said} rejected by the reviewer's grade, which contradicts {'them' if many else 'it'}: {', '.join(against)}."
    )


def _graded(grade: int | None) -> str:
    return "no grade" if grade is None else f"grade {grade}, {words.GRADE_WORDS[grade]}"


def evidence_of(report: Report, eye: Eye, expert: str) -> list[str]:
    """The ledger ids of an expert's findings of an eye."""
    return [
        entry.id
        for entry in report.evidence
        if entry.finding is not None and entry.finding.expert == expert and entry.eye == eye
    ]


def eyes_in_order(report: Report) -> list[EyeReport]:
    """The eyes in the order right, left, unknown."""
    return [report.eyes[eye] for eye in (Eye.RIGHT, Eye.LEFT, Eye.UNKNOWN) if eye in report.eyes]
