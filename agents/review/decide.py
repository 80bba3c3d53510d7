"""Decisions of a reviewer held against the report they are about, before anything is changed."""

from __future__ import annotations

import re
from collections import Counter

from ...errors import BadSetting
from ...records import Report, ReviewDecision
from ...records.review import MOST_SIGNATURE, MOST_WORDS, ClaimReview, EyeReview, Verdict
from .contradicted import contradicted

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Control characters and those that turn or hide the text after them; a note may have line breaks and tabs."""
_GRADE_CLAIMS = ("grade", "summary")
"""Patterns of the claims that name an eye's grade."""


def check(report: Report, decision: ReviewDecision) -> None:
    """Raises BadSetting, in one line, for decisions that do not fit the report."""
    _check_words("the signature", decision.signature, MOST_SIGNATURE)
    if "\n" in decision.signature or "\t" in decision.signature:
        raise BadSetting("the signature is one line")
    if decision.note:
        _check_words("the note", decision.note, MOST_WORDS)
    claims = [claim.id for claim in report.claims()]
    named = Counter([*decision.accept, *decision.reject, *decision.edit])
    for claim, times in named.items():
        if claim not in claims:
            raise BadSetting(f"{report.case} has no claim {claim!r}; its claims are {claims[0]} to {claims[-1]}" if claims
                             else f"{report.case} has no claims")  # fmt: skip
        if times > 1:
            raise BadSetting(f"claim {claim} is decided more than once")
    for claim, text in decision.edit.items():
        _check_words(f"the sentence in place of {claim}", text, MOST_WORDS)
    for eye in [*decision.grades, *decision.ungradable, *decision.refer]:
        if eye not in report.eyes:
            raise BadSetting(f"{report.case} has no {eye.value} eye")
    for eye, why in decision.refer.items():
        _check_words(f"the reason to refer the {eye.value} eye", why, MOST_WORDS)
    for eye, grade in decision.grades.items():
        if grade not in range(5):
            raise BadSetting(f"a grade is 0 to 4, not {grade}")
        if eye in decision.ungradable:
            raise BadSetting(f"the {eye.value} eye is given a grade and called ungradable")
    open_ = [claim for claim in claims if claim not in named]
    if open_ and not decision.accept_rest:
        raise BadSetting(
            f"{len(open_)} claim{'s are' if len(open_) > 1 else ' is'} not decided ({', '.join(open_[:5])}"
            f"{', ...' if len(open_) > 5 else ''}): accept, edit or reject each, or accept the rest"
        )


def _check_words(what: str, text: str, most: int) -> None:
    if not text.strip():
        raise BadSetting(f"{what} is empty")
    if len(text) > most:
        raise BadSetting(f"{what} has more than {most} characters")
    if _UNPRINTABLE.search(text):
        raise BadSetting(f"{what} holds characters that cannot be printed")


def claim_reviews(report: Report, decision: ReviewDecision) -> list[ClaimReview]:
    """The verdict on every claim, in reading order. An edit that changes nothing is an acceptance.

    What is accepted with the rest and contradicted by a grade of the reviewer's own is rejected by that grade.
    """
    reviews = []
    against = contradicted(report, decision) - {*decision.accept, *decision.reject, *decision.edit}
    for claim in report.claims():
        after = decision.edit.get(claim.id, "").strip()
        verdict = Verdict.EDITED if after and after != claim.text else Verdict.ACCEPTED
        if claim.id in decision.reject or claim.id in against:
            verdict = Verdict.REJECTED
        reviews.append(
            ClaimReview(
                claim=claim.id,
                eye=claim.eye,
                verdict=verdict,
                before=claim.text,
                after=after if verdict is Verdict.EDITED else None,
                by_grade=claim.id in against,
            )
        )
    return reviews


def eye_reviews(report: Report, decision: ReviewDecision, claims: list[ClaimReview]) -> dict[str, EyeReview]:
    """Grade and gradability of each eye, before and after."""
    refused = {review.claim for review in claims if review.verdict is not Verdict.ACCEPTED}
    reviews = {}
    for eye, of_eye in report.eyes.items():
        machine, gradable = of_eye.grade.value, of_eye.quality.gradable
        in_steps = {claim.id: step.name for step in of_eye.steps for claim in step.claims}
        of_grade = {
            claim.id
            for claim in report.claims()
            if claim.eye is eye
            and (
                claim.pattern in _GRADE_CLAIMS or (claim.pattern is None and in_steps.get(claim.id, "grade") == "grade")
            )
        }
        adequacy = {claim for claim, step in in_steps.items() if step == "adequacy"}
        refer = decision.refer[eye].strip() if eye in decision.refer else None
        review = EyeReview(grade_before=machine, gradable_before=gradable, gradable=gradable, refer=refer)
        if adequacy & refused:
            review.gradable = None
        if eye in decision.ungradable:
            review.gradable = False
        elif eye in decision.grades:
            review.gradable, review.grade, review.grade_by = True, decision.grades[eye], "reviewer"
        elif machine is not None and not of_grade & refused:
            review.grade, review.grade_by = machine, "machine"
        reviews[eye.value] = review
    return reviews
