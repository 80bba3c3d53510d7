"""Answers about a case that a person reviewed: what they rejected or changed is not said again as it was."""

from __future__ import annotations

from collections.abc import Iterable

from ...records import Claim, Eye, Report
from ...records.report import ReportStatus
from ...records.review import Verdict
from .about_review import note_lines, referral_lines

_ABOUT_GRADES = frozenset({"grade", "report", "recommendation", "explain"})


def after_review(claims: Iterable[Claim], intents: Iterable[str], report: Report) -> tuple[list[Claim], list[str]]:
    """The claims that still stand, and lines on what the reviewer said in place of the others and of the grades."""
    claims, intents, review = list(claims), set(intents), report.review
    if review is None:
        return claims, []
    refused = {c.before: c for c in review.claims if c.verdict is not Verdict.ACCEPTED}
    notes = []
    asked_of = [refused[text] for text in dict.fromkeys(claim.text for claim in claims) if text in refused]
    if by_grade := sum(decided.by_grade for decided in asked_of):
        told = "1 sentence" if by_grade == 1 else f"{by_grade} sentences"
        notes.append(f"Left out: {told} of the machine that the grade given by {review.by} contradicts.")
    for decided in (d for d in asked_of if not d.by_grade):
        instead = "" if decided.after is None else f" Instead, in the reviewer's own words: {decided.after}"
        notes.append(f"{review.by} {'rejected' if decided.after is None else 'changed'}: {decided.before}{instead}")
    standing = [claim for claim in claims if claim.text not in refused]
    if not _ABOUT_GRADES & intents:
        return standing, notes
    changed = {eye: of_eye for eye, of_eye in review.eyes.items() if of_eye.grade != of_eye.grade_before}
    for eye, of_eye in changed.items():
        given, read = (_grade(grade) for grade in (of_eye.grade, of_eye.grade_before))
        notes.append(f"After review by {review.by} the {_eye(eye)} has {given}; the machine's reading is {read}.")
    follows = "recommendation" in intents or any(claim in report.recommendation.claims for claim in claims)
    if report.status is ReportStatus.REVIEWED and follows:
        standing = [claim for claim in standing if claim not in report.recommendation.claims]
        standing += review.recommendation.claims
        notes += [*referral_lines(review), review.recommendation.basis]
        notes += note_lines(review) if changed else []
    return standing, notes


def _grade(grade: int | None) -> str:
    return "no grade" if grade is None else f"grade {grade}"


def _eye(eye: Eye) -> str:
    return "eye of unknown side" if eye is Eye.UNKNOWN else f"{eye.value} eye"
