"""What a person says of a report: the decisions handed in, and the record of them that stays in the report.

The machine's reading is never overwritten: a review stands beside it and holds what was before and after.
"""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from .base import Eye, Record
from .claim import Claim

MOST_SIGNATURE = 120
MOST_WORDS = 4000
"""Characters of a signature, and of a note or an edited sentence, at most."""


class Verdict(StrEnum):
    """What a reviewer made of a sentence."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"


class ReviewDecision(Record):
    """What a reviewer hands in. Claims are named by their ids (`C1`); every claim must be decided.

    `accept_rest` accepts what is named nowhere, but for sentences that the reviewer's own grade contradicts. `grades` are the reviewer's own ICDR grades, 0 to 4; `ungradable` names
    eyes whose photograph the reviewer cannot grade. `refer` names eyes that an eye doctor is to see whatever the guideline
    says, and why, in the reviewer's own words. `signature` is the name the reviewer signs with.
    """

    signature: str = ""
    note: str = ""
    accept_rest: bool = False
    accept: list[str] = Field(default_factory=list)
    reject: list[str] = Field(default_factory=list)
    edit: dict[str, str] = Field(default_factory=dict)
    grades: dict[Eye, int] = Field(default_factory=dict)
    ungradable: list[Eye] = Field(default_factory=list)
    refer: dict[Eye, str] = Field(default_factory=dict)


class ClaimReview(Record):
    """The verdict on one claim: `before` is the machine's sentence, `after` the reviewer's own words in its place.

    `by_grade`: nobody named the sentence; it is rejected because the reviewer's own grade contradicts it.
    """

    claim: str
    eye: Eye | None = None
    verdict: Verdict
    before: str
    after: str | None = None
    by_grade: bool = False


class EyeReview(Record):
    """An eye's grade and gradability before (the machine's) and after; `grade_by` says who the grade after is from.

    `grade` is null when the reviewer rejected the machine's and gave none, or called the photograph ungradable.
    `refer` is why the reviewer asks that an eye doctor sees the eye, whatever the guideline says; null where they do not.
    """

    grade_before: int | None = None
    grade: int | None = None
    grade_by: Literal["reviewer", "machine"] | None = None
    gradable_before: bool | None = None
    gradable: bool | None = None
    refer: str | None = None


class ReviewedRecommendation(Record):
    """What follows from the reviewed grades under the guideline, derived by code; `basis` says from what.

    `at_least`: another eye is not settled; the interval is the latest and the referral the least that one eye asks for.
    """

    guideline: str
    interval: str | None = None
    referral: str | None = None
    at_least: bool = False
    claims: list[Claim] = Field(default_factory=list)
    basis: str


class Review(Record):
    """A signed review: who, when, each sentence and each grade before and after. `earlier` is what it follows.

    `reasons` are those for which the signed report asked for a person; null in reviews of schema versions before 1.6.
    """

    reviewer: str
    signed: datetime.datetime
    note: str = ""
    claims: list[ClaimReview] = Field(default_factory=list)
    eyes: dict[Eye, EyeReview] = Field(default_factory=dict)
    recommendation: ReviewedRecommendation
    reasons: list[str] | None = None
    earlier: Review | None = None

    def of(self, claim: str) -> ClaimReview | None:
        """The verdict on a claim, or None when it was not part of what was signed."""
        return next((decided for decided in self.claims if decided.claim == claim), None)

    def refused(self, claim: Claim) -> ClaimReview | None:
        """The verdict on a sentence that the reviewer rejected or reworded; None for one that stands as it is.

        A sentence is known by its words: in a later reading the ids stand for others.
        """
        same = [decided for decided in self.claims if decided.before == claim.text]
        decided = next((one for one in same if one.claim == claim.id), same[0] if same else None)
        return None if decided is None or decided.verdict is Verdict.ACCEPTED else decided

    @property
    def referred(self) -> dict[Eye, str]:
        """The eyes that an eye doctor is to see by the reviewer's own word, and why."""
        return {eye: of_eye.refer for eye, of_eye in self.eyes.items() if of_eye.refer}

    @property
    def by(self) -> str:
        """Who signed it and on which day."""
        return f"{self.reviewer} on {self.signed.date().isoformat()}"
