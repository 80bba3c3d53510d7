"""The report as rows for a spreadsheet, one an eye; batch review writes the same columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from ..knowledge.guidelines import NO_REFERRAL
from ..records import Eye, Report
from ..records.files import plain_name
from ..records.report import ConditionResult, LesionResult, ReportStatus
from ..records.review import Review
from .registry import Manuscript
from .said import what_follows
from .words import EYE_WORDS, referral_row

COLUMNS = (
    "file",
    "eye",
    "status",
    "reason",
    "gradable",
    "quality_score",
    "grade",
    "p0",
    "p1",
    "p2",
    "p3",
    "p4",
    "referable_probability",
    "MA",
    "HE",
    "EX",
    "SE",
    "vessel_density",
    "vertical_cdr",
    "needs_review",
    "report",
    "flagged",
    "reviewed_grade",
    "may_be_none",
    "next_examination",
    "referral",
    "at_least",
    "case",
    "examine_apart",
    "reviewer_note",
)
HEADER = ",".join(COLUMNS) + "\n"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes text that begins so for a formula."""


def render(manuscript: Manuscript) -> dict[str, bytes]:
    """Header and rows. `file` holds the case's pseudonymous id, since a report does not keep the names of files."""
    report = manuscript.report
    rows = (row(report, eye, report.case, f"{manuscript.stem}.json") for eye in report.eyes)
    return {".csv": (HEADER + lines(rows)).encode()}


def lines(rows: Iterable[Mapping[str, object]]) -> str:
    """Rows as CSV without the header, a line each; null is an empty field."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writerows({name: _inert(value) for name, value in given.items()} for given in rows)
    return text.getvalue()


def whole(line: str) -> str:
    """A line of `lines` that an earlier version wrote, with an empty field for each column that came since."""
    missing = len(COLUMNS) - len(next(csv.reader([line])))
    return line.rstrip("\n") + "," * missing + "\n"


def field(line: str, column: str) -> str:
    """What a line of `lines` holds in a column; empty where an earlier version had no such column."""
    return dict(zip(COLUMNS, next(csv.reader([line])), strict=False)).get(column, "")


def row(report: Report, eye: Eye, file: str, path: str) -> dict[str, object]:
    """What a spreadsheet holds of one eye; `path` names the report's JSON."""
    of_eye = report.eyes[eye]
    given = of_eye.grade.probabilities
    return {
        "file": file,
        "eye": eye.value,
        "status": report.status.value,
        "reason": "; ".join(_reasons(report, eye)),
        "gradable": of_eye.quality.gradable,
        "quality_score": _rounded(of_eye.quality.score),
        "grade": of_eye.grade.value,
        **{f"p{grade}": None if given is None else _rounded(given[grade]) for grade in range(5)},
        "referable_probability": _rounded(of_eye.grade.referable_probability),
        **of_eye.lesions.counts,
        "vessel_density": _rounded(of_eye.vessels.density),
        "vertical_cdr": _rounded(of_eye.disc.vertical_cdr),
        "needs_review": bool(report.review_reasons) and report.status is not ReportStatus.REVIEWED,
        "report": path,
        "flagged": _flagged(of_eye.conditions),
        "reviewed_grade": _reviewed(report.review, eye),
        "may_be_none": _may_be_none(of_eye.lesions),
        **_follows(report),
        "case": report.case,
        "examine_apart": "; ".join(report.recommendation.examine_apart.get(eye, ()))
        or _none_if_looked_for(of_eye.conditions),
        "reviewer_note": None if report.review is None else report.review.note or None,
    }


def _inert(value: object) -> object:
    """A number as it is; text on one line, with an apostrophe where a spreadsheet would take it for a formula."""
    if not isinstance(value, str):
        return value
    return ("'" if value.startswith(_FORMULA_STARTS) else "") + plain_name(value)


def _reasons(report: Report, eye: Eye) -> list[str]:
    """What quality has against the photograph, and why a person is asked, for this eye or the whole case; each once."""
    own, every = f"{EYE_WORDS[eye]}: ".lower(), tuple(f"{words}: ".lower() for words in EYE_WORDS.values())
    asked = [
        reason[len(own) :] if reason.lower().startswith(own) else reason
        for reason in report.review_reasons
        if reason.lower().startswith(own) or not reason.lower().startswith(every)
    ]
    return list(dict.fromkeys([*report.eyes[eye].quality.reasons, *asked]))


def _reviewed(review: Review | None, eye: Eye) -> int | None:
    """The grade that a person signed for, their own or the machine's; null where none stands."""
    return None if review is None or eye not in review.eyes else review.eyes[eye].grade


def _follows(report: Report) -> dict[str, object]:
    """What the guideline asks for, for the patient: from the reviewed grades once a person signed.

    It is about retinopathy alone, so that it is the least wherever either eye asks for an examination of its own.
    """
    given = what_follows(report)
    named = given.interval is not None or given.referral is not None
    apart = any(report.recommendation.examine_apart.values())
    return {
        "next_examination": given.interval,
        "referral": _referral(given.referral, report.review),
        "at_least": True if apart else given.at_least if named else None,
    }


def _referral(by_guideline: str | None, review: Review | None) -> str | None:
    """The guideline's referral, after what a reviewer asks for whatever it says; its "none" is not said beside that."""
    asked = [] if review is None else [f"by the reviewer, {told}" for _label, told in referral_row(review)]
    if asked and by_guideline == NO_REFERRAL:
        return asked[0]
    return "; ".join([*asked, *filter(None, [by_guideline])]) or None


def _may_be_none(lesions: LesionResult) -> str | None:
    """The lesion types all of whose counted lesions may be false alarms, or "none"; null where none was counted."""
    found = [kind for kind, count in lesions.counts.items() if count]
    low = {kind: lesions.intervals[kind][0] for kind in found if kind in lesions.intervals}
    return ("; ".join(kind for kind in found if low.get(kind, 1) < 1) or "none") if found else None


def _flagged(conditions: Mapping[str, ConditionResult]) -> str | None:
    """The machine's flags with semicolons, or "none"; null where no condition was assessed."""
    return "; ".join(name for name, found in sorted(conditions.items()) if found.flagged) or _none_if_looked_for(
        conditions
    )


def _none_if_looked_for(conditions: Mapping[str, ConditionResult]) -> str | None:
    """The word "none" where conditions were looked for; null where none was assessed."""
    return None if all(condition.flagged is None for condition in conditions.values()) else "none"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
