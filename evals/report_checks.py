"""Reports held against their own evidence: claims that resolve, grades and referrals that follow, changes that are caught."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ..agents.ledger import Ledger
from ..agents.verify import verify_claim
from ..records import Claim, ClaimStatus, Report
from .claims.judge import interval
from .reports.cases import reports
from .reports.consistency import problems
from .reports.operators import changes
from .table import Row

CAUGHT_BAR = 0.995
MUTATED_REPORTS = 40
"""Of these many reports the sentences are changed; all are checked."""


def evaluate(data: Path | None) -> list[Row]:
    """Claims, grades and referrals of drawn cases; no photographs are needed."""
    return claim_rows()


def claim_rows(count: int = 220) -> list[Row]:
    """Rows on the hand-made ledgers and on `count` drawn cases."""
    made = reports(count)
    return [_resolvable(made), _consistent(made), _complete(made), *_caught(made)]


def _share(metric: str, name: str, right: int, of: int, bar: float, missed: list[str]) -> Row:
    return Row(metric, name, right / of, interval(right, of), bar, note=", ".join(missed))


def unresolved(claim: Claim, report: Report) -> list[str]:
    """Evidence ids of a claim and its grounds that the report does not hold; "none" where it names none."""
    known = {entry.id for entry in report.evidence}
    grounds = [*claim.supporting, *claim.opposing, *claim.missing]
    named = [*claim.evidence, *(evidence for ground in grounds for evidence in ground.evidence)]
    return [evidence for evidence in named if evidence not in known] + ([] if claim.evidence else ["none"])


def _resolvable(made: tuple[Report, ...]) -> Row:
    claims = [(report.case, claim, unresolved(claim, report)) for report in made for claim in report.claims()]
    missed = [f"{case} {claim.id}" for case, claim, wrong in claims if wrong]
    name = f"{len(made)} cases, {len(claims)} claims"
    return _share("claims whose every evidence resolves", name, len(claims) - len(missed), len(claims), 1.0, missed)


def _consistent(made: tuple[Report, ...]) -> Row:
    wrong = {report.case: found for report in made if (found := problems(report))}
    missed = [f"{case}: {'; '.join(found)}" for case, found in wrong.items()]
    name = f"{len(made)} cases"
    metric = "reports whose grade and referral follow from their evidence"
    return _share(metric, name, len(made) - len(wrong), len(made), 1.0, missed)


def _complete(made: tuple[Report, ...]) -> Row:
    """Sentences of the composer's own that verification took out: there should be none."""
    removed = [f"{r.case}: {c.text} ({c.reason})" for r in made for c in r.provenance.removed_claims]
    claims = sum(len(report.claims()) for report in made) + len(removed)
    return _share("the composer's own claims kept", f"{claims} claims", claims - len(removed), claims, 1.0, removed)


def _changes(made: tuple[Report, ...]) -> Iterator[tuple[str, Claim, Report]]:
    rng = random.Random(0)
    for report in made[:MUTATED_REPORTS]:
        seen: set[tuple[str, str | None]] = set()
        claims = report.claims()
        for claim in rng.sample(claims, len(claims)):
            for operator, changed in changes(claim, report, rng):
                if (operator, claim.pattern) not in seen:
                    seen.add((operator, claim.pattern))
                    yield operator, changed, report


def _caught(made: tuple[Report, ...]) -> list[Row]:
    """Changes caught, all together and by operator; each one missed is named."""
    tried: Counter[str] = Counter()
    missed: dict[str, list[str]] = {}
    for operator, changed, report in _changes(made):
        tried[operator] += 1
        if verify_claim(changed, Ledger(report.evidence)).status is ClaimStatus.SUPPORTED:
            missed.setdefault(operator, []).append(f"{report.case} {changed.id}: {changed.text}")
    total, lost = sum(tried.values()), [line for lines in missed.values() for line in lines]
    rows = [_share("changed claims caught", f"all operators ({total})", total - len(lost), total, CAUGHT_BAR, lost)]
    for operator, number in sorted(tried.items()):
        caught = number - len(missed.get(operator, []))
        rows.append(Row("changed claims caught", f"{operator} ({number})", caught / number, interval(caught, number)))
    return rows
