"""Two visits of one eye held against each other."""

from __future__ import annotations

import datetime
from enum import StrEnum

from pydantic import Field

from .base import Eye, Record
from .finding import Region

COMPARE = "compare_visits"
"""The tool, and the name under which the ledger holds a comparison."""
STEP = "comparison"
"""Name of the step of a reading that tells it."""
SUBJECT = "change since the earlier visit"
"""What is not assessed where two visits are not compared."""


class Visit(Record):
    """A photograph of one of the visits: its content hash and date; `report` is the case of the report it comes from,
    None for one of the present case."""

    photograph: str
    acquired: datetime.date | None = None
    report: str | None = None


class Alignment(Record):
    """How the earlier photograph lies on the later one.

    `matrix` (2 rows of 3) takes earlier photograph pixels (x, y, 1) to later ones. `error_dd`: root mean square distance
    in disc diameters by which matched places of the vessel trees miss it. `overlap`: share of the smaller field of view
    that both show. `agreement`: correlation of the vessel maps there. `matched` of `places` with vessels fit.
    """

    matrix: tuple[tuple[float, float, float], tuple[float, float, float]]
    error_dd: float
    overlap: float
    agreement: float
    places: int
    matched: int


class Change(StrEnum):
    """What became of a lesion, as far as two detections tell: detected now only, then only, at both."""

    NEW = "new"
    RESOLVED = "resolved"
    PERSISTING = "persisting"
    NOT_COMPARABLE = "not_comparable"


class LesionChange(Record):
    """A lesion of either visit. `x`, `y`: its centre in later photograph pixels, for one seen only then where it would lie.

    A lesion outside what both photographs show is not comparable; it carries the visit that has it.
    """

    kind: str
    change: Change
    x: float
    y: float
    earlier: Region | None = None
    later: Region | None = None


class LesionTally(Record):
    """How many lesions of a type were detected now and not then, then and not now, at both, and outside the overlap."""

    new: int = 0
    resolved: int = 0
    persisting: int = 0
    not_comparable_then: int = 0
    not_comparable_now: int = 0


class GradeChange(Record):
    """ICDR grades of the two visits; null when not graded."""

    earlier: int | None = None
    later: int | None = None


class CountChange(Record):
    """Lesions of a type that each visit's reading counts on the whole photograph; null when not assessed."""

    earlier: int | None = None
    later: int | None = None


class MeasureChange(Record):
    """A measure at both visits.

    `repeatability`: the difference that two photographs of an unchanged eye stay within in 95 of 100 cases, in the
    measure's unit; null where it was not measured. `beyond` tells whether the change is larger; null when it cannot be told.
    """

    name: str
    unit: str
    earlier: float
    later: float
    repeatability: float | None = None
    beyond: bool | None = None

    @property
    def difference(self) -> float:
        """Later less earlier."""
        return self.later - self.earlier


class Comparison(Record):
    """The later photograph of an eye against the earlier one.

    `alignment` is null when `reason` says why the photographs cannot be laid on each other: then no lesion is matched.
    `not_comparable` lists what else could not be compared, in words.
    """

    eye: Eye
    earlier: Visit
    later: Visit
    alignment: Alignment | None = None
    reason: str | None = None
    lesions: list[LesionChange] = Field(default_factory=list)
    counts: dict[str, CountChange] = Field(default_factory=dict)
    tallies: dict[str, LesionTally] = Field(default_factory=dict)
    grade: GradeChange = Field(default_factory=GradeChange)
    measures: list[MeasureChange] = Field(default_factory=list)
    not_comparable: list[str] = Field(default_factory=list)
