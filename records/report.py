"""The report: what is written to report.json and rendered to HTML."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import Field

from .base import Eye, Record
from .claim import Citation, Claim, Evidence, ReasoningStep
from .comparison import Comparison
from .photograph import Photograph
from .review import Review

SCHEMA_VERSION = "1.6"
"""Major.minor; records/versions.py reads the older ones."""
DISCLAIMER = "Fundoscope is research software, not a medical device. A qualified person must check every report."


class ReportStatus(StrEnum):
    """How the reading ended."""

    COMPLETE = "complete"
    NEEDS_REVIEW = "needs_review"
    REVIEWED = "reviewed"
    NOT_GRADABLE = "not_gradable"
    NOT_A_FUNDUS_PHOTOGRAPH = "not_a_fundus_photograph"


class QualityResult(Record):
    """`gradable` and `score` (0 to 1) are null when not assessed; `reasons` say why not gradable and what to retake."""

    gradable: bool | None = None
    score: float | None = None
    is_fundus: bool | None = None
    reasons: list[str] = Field(default_factory=list)
    advice: list[str] = Field(default_factory=list)


class DiscLandmark(Record):
    """Optic disc centre and diameter, photograph pixels."""

    x: float
    y: float
    diameter: float


class FoveaLandmark(Record):
    """Fovea centre, photograph pixels."""

    x: float
    y: float


class LandmarkResult(Record):
    """Landmarks; null when not assessed."""

    disc: DiscLandmark | None = None
    fovea: FoveaLandmark | None = None


class VesselResult(Record):
    """Vessel measures by name; null when not assessed."""

    density: float | None = None
    skeleton_length: float | None = None
    skeleton_length_unit: str | None = None
    avr: float | None = None


class LesionResult(Record):
    """Lesion counts by type (MA, HE, EX, SE); null is not assessed, 0 is looked for and none found.

    `intervals`: by type the 95 % interval of its count. From 0 on, all that were counted may be false alarms.
    """

    counts: dict[str, int | None] = Field(default_factory=lambda: dict.fromkeys(("MA", "HE", "EX", "SE")))
    intervals: dict[str, tuple[float, float]] = Field(default_factory=dict)
    by_quadrant: dict[str, dict[str, int]] | None = None
    nearest_exudate_dd: float | None = None


class GradeResult(Record):
    """ICDR grade 0 to 4, five calibrated probabilities, P(grade >= 2); null when not assessed.

    `dme_probability` is of the photographic surrogate of macular oedema: hard exudate near the macula's centre.
    """

    value: int | None = None
    probabilities: list[float] | None = None
    referable_probability: float | None = None
    conformal_set: list[int] | None = None
    dme_risk: int | None = None
    dme_probability: float | None = None


class DiscResult(Record):
    """Vertical cup-disc ratio; null when not assessed."""

    vertical_cdr: float | None = None


class ConditionResult(Record):
    """Probability of another condition, whether it is flagged for a person to look at, and from which probability on it is;
    null when not assessed."""

    probability: float | None = None
    flagged: bool | None = None
    flagged_from: float | None = None


class EyeReport(Record):
    """Everything said of one eye. `prior` is of the first schema version and stays empty: `Report.comparisons` took its place."""

    eye: Eye
    photographs: list[Photograph] = Field(default_factory=list)
    quality: QualityResult = Field(default_factory=QualityResult)
    landmarks: LandmarkResult = Field(default_factory=LandmarkResult)
    vessels: VesselResult = Field(default_factory=VesselResult)
    lesions: LesionResult = Field(default_factory=LesionResult)
    grade: GradeResult = Field(default_factory=GradeResult)
    disc: DiscResult = Field(default_factory=DiscResult)
    conditions: dict[str, ConditionResult] = Field(default_factory=dict)
    steps: list[ReasoningStep] = Field(default_factory=list)
    prior: list[dict[str, Any]] = Field(default_factory=list)


class Recommendation(Record):
    """What follows for diabetic retinopathy, under a named guideline; `interval` and `referral` are null where it has no
    statement.

    `at_least`: the evidence does not settle what follows; the interval is the latest and the referral the least that the
    grade of one eye asks for. `examine_apart`: what was found beside retinopathy and needs an examination of its own, by eye.
    """

    guideline: str | None = None
    interval: str | None = None
    referral: str | None = None
    at_least: bool = False
    examine_apart: dict[Eye, list[str]] = Field(default_factory=dict)
    claims: list[Claim] = Field(default_factory=list)


class Disagreement(Record):
    """Evidence that contradicts other evidence; `rule` names the reconcile rule that noticed."""

    rule: str
    eye: Eye | None = None
    text: str
    evidence: list[str] = Field(default_factory=list)


class NotAssessed(Record):
    """Something that was not assessed, and why."""

    subject: str
    reason: str
    eye: Eye | None = None


class RemovedClaim(Record):
    """A sentence that verification took out, and why."""

    text: str
    reason: str


class ExpertProvenance(Record):
    """Which expert with which weights took part."""

    name: str
    version: str
    weights_sha256: str


class SentPicture(Record):
    """A picture that a planner was shown, `times` times: what of, and the hash, size and bytes of the JPEG that was sent.

    `remote` is true when it left this machine.
    """

    what: str
    sha256: str
    width: int
    height: int
    bytes: int
    times: int = 1
    remote: bool


class Planning(Record):
    """How a case was planned and worded: by whom, what it cost, what went wrong, and what the policy's budget cut."""

    planner: str
    composer: str = "built-in"
    dialect: str | None = None
    remote: bool = False
    policy: str
    turns: int = 0
    tool_calls: int = 0
    tokens: int = 0
    problems: list[str] = Field(default_factory=list)
    cut: list[str] = Field(default_factory=list)
    pictures: list[SentPicture] = Field(default_factory=list)


class Provenance(Record):
    """What made this report: versions, weights, seed, planner, timings (seconds by stage; not part of its identity)."""

    fundoscope: str
    planner: str
    guideline: str
    seed: int
    experts: list[ExpertProvenance] = Field(default_factory=list)
    corpus_sha256: str | None = None
    planning: Planning | None = None
    protocol_additions: list[str] = Field(default_factory=list)
    removed_claims: list[RemovedClaim] = Field(default_factory=list)
    created: datetime.datetime | None = None
    timings: dict[str, float] = Field(default_factory=dict)


class Report(Record):
    """One grounded report of one case. `eyes` has keys right, left, unknown; `review` is what a person signed."""

    schema_version: str = SCHEMA_VERSION
    case: str
    question: str = ""
    status: ReportStatus
    eyes: dict[Eye, EyeReport]
    impression: list[Claim] = Field(default_factory=list)
    recommendation: Recommendation = Field(default_factory=Recommendation)
    comparisons: list[Comparison] = Field(default_factory=list)
    disagreements: list[Disagreement] = Field(default_factory=list)
    not_assessed: list[NotAssessed] = Field(default_factory=list)
    review_reasons: list[str] = Field(default_factory=list)
    limits: list[str] = Field(default_factory=list)
    evidence: list[Evidence] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)
    provenance: Provenance
    review: Review | None = None
    disclaimer: str = DISCLAIMER

    def claims(self) -> list[Claim]:
        """Every claim of the report, in reading order."""
        steps = [claim for eye in self.eyes.values() for step in eye.steps for claim in step.claims]
        return [*steps, *self.impression, *self.recommendation.claims]

    def standing(self, claims: Sequence[Claim]) -> list[Claim]:
        """Those of the claims that a reviewer neither rejected nor reworded; all of them where nobody signed."""
        review = self.review
        return [claim for claim in claims if review is None or review.refused(claim) is None]

    def standing_grade(self, eye: Eye) -> int | None:
        """The grade that stands for an eye: the reviewed one where a person signed, otherwise the machine's."""
        if self.review is not None and eye in self.review.eyes:
            return self.review.eyes[eye].grade
        return self.eyes[eye].grade.value
