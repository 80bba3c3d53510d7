"""What guidelines state of a grade, quoted from their table, and when none may be told."""

from __future__ import annotations

from collections.abc import Iterable

from ...knowledge import corpus
from ...knowledge.guidelines import recommendation
from ...records import Claim, Passage, Report, Review
from ...records.report import ReportStatus
from ..lexicon import PATTERNS
from ..verify import verify
from .asked import Asked, Said, Span

_WITHHELD = frozenset({"interval_withheld", "at_least"})
"""What is told where the report names no interval."""


def quoted(asked: Asked, settles: list[Span], passages: Iterable[Passage]) -> Said | None:
    """Passages as sentences of their own, entered in the ledger; None where there is none."""
    claims: list[Claim] = []
    for number, passage in enumerate(passages, start=1):
        entry = asked.ledger.add_passage(passage)
        slots = {"statement": passage.text, "key": passage.reference}
        claims.append(PATTERNS["literature"].claim(f"A{number}", None, slots, [entry.id]))
    kept, _removed = verify(claims, asked.ledger)
    return Said("literature", settles, claims=kept) if kept else None


def statements(asked: Asked, settles: list[Span], grade: int, names: Iterable[str]) -> Said:
    """What these guidelines state of an ICDR grade, each gap said; only why there is no interval, where none may be told."""
    withheld = withheld_claims(asked.report)
    if withheld:
        return Said("recommendation", settles, claims=withheld)
    review = signed(asked.report)
    if review is not None and _open_after(review):
        return Said("", settles, notes=[review.recommendation.basis])
    cells = {name: recommendation(name, grade) for name in names}
    passages = [corpus.by_id()[cell.passage_id] for cell in cells.values() if cell is not None]
    said = quoted(asked, settles, passages) or Said("literature", settles)
    for name, cell in cells.items():
        if cell is None:
            said.afterwards.append(f"No statement of {name} on ICDR grade {grade} is in the table of guidelines.")
        elif cell.superseded_by is not None:
            by = f"[{cell.superseded_by}]"
            said.afterwards.append(f"The statement of {name} for ICDR grade {grade} is superseded by {by}.")
    return said


def withheld_claims(report: Report) -> list[Claim]:
    """Why the report names no interval, and what it asks for at the least; nothing where it names one or a person signed it."""
    if signed(report) is not None:
        return []
    return [claim for claim in report.recommendation.claims if claim.pattern in _WITHHELD]


def signed(report: Report) -> Review | None:
    """The review of a report that stands as it was signed."""
    return report.review if report.status is ReportStatus.REVIEWED else None


def _open_after(review: Review) -> bool:
    """Whether no interval is derived from the grades that were signed although the guideline has one."""
    grades = [of_eye.grade for of_eye in review.eyes.values() if of_eye.grade is not None]
    follows = review.recommendation
    if follows.at_least or len(grades) < len(review.eyes):
        return True
    return not follows.claims and recommendation(follows.guideline, max(grades, default=0)) is not None
