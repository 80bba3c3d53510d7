"""Compare: the latest photograph of each eye against the one before it, in the case or in an earlier report."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ..imaging.registration import TREES_DIFFER
from ..records import Comparison, Eye, Finding, Photograph, Record, Report
from ..records.comparison import SUBJECT, Visit
from ..records.report import NotAssessed
from ..tools.bench import Bench
from ..tools.compare import Seen, compare, finding_of
from ..tools.experts import facts
from .state import CaseState, Engine, findings_of, photographs_of, references_by_eye


class PriorVisit(Record):
    """An eye in an earlier report: its photograph and the findings on it, by expert."""

    eye: Eye
    visit: Visit
    findings: dict[str, Finding]


def prior_visits(report: Report) -> list[PriorVisit]:
    """The eyes of an earlier report, each by the photograph its reading stands on: the first that was graded."""
    visits = []
    for eye, of_eye in report.eyes.items():
        by_photograph: dict[str, dict[str, Finding]] = {p.sha256: {} for p in of_eye.photographs}
        for entry in report.evidence:
            if entry.finding is not None and entry.finding.photograph in by_photograph:
                by_photograph[entry.finding.photograph].setdefault(entry.finding.expert, entry.finding)
        for photograph in of_eye.photographs:
            findings = by_photograph[photograph.sha256]
            if "vessels" in findings or "grade" in findings or "lesions" in findings:
                visit = Visit(photograph=photograph.sha256, acquired=photograph.acquired, report=report.case)
                visits.append(PriorVisit(eye=eye, visit=visit, findings=findings))
                break
    return visits


async def compare_visits(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Compare each eye that has two visits; why an eye has no comparison is kept beside."""
    made, reasons = await asyncio.to_thread(comparisons, state, runtime.context.bench)
    return {
        "comparisons": [comparison.model_dump(mode="json") for comparison in made],
        "uncompared": [reason.model_dump(mode="json") for reason in reasons],
    }


def comparisons(state: CaseState, bench: Bench) -> tuple[list[Comparison], list[NotAssessed]]:
    """The comparisons of a case as it stands, and why eyes that might have one have none."""
    made: list[Comparison] = []
    reasons: list[NotAssessed] = []
    kept = {c.later.photograph: c for c in comparisons_of(state)}
    for eye, references in references_by_eye(state).items():
        usable = [reference for reference in references if reference in state["usable"]]
        prior = [PriorVisit.model_validate(p) for p in state.get("prior", [])]
        given = state.get("prior_given", bool(prior))
        if not usable:
            unread = [_unread(p) for p in prior if p.eye is eye]
            reasons += unread or ([NotAssessed(subject=SUBJECT, reason=_no_reading(eye), eye=eye)] if given else [])
            continue
        records = photographs_of(state)
        later = _seen(records[usable[0]], findings_of(state, usable[0]), bench)
        in_case = [_seen(records[r], findings_of(state, r), bench) for r in usable[1:]]
        chosen = _earlier(later, in_case, _of_eye(prior, eye, bench), eye, given)
        reasons += [NotAssessed(subject=SUBJECT, reason=reason, eye=eye) for reason in chosen.reasons]
        if chosen.seen is not None:
            before = kept.get(later.visit.photograph)
            if before is not None and before.alignment is not None and before.earlier == chosen.seen.visit:
                # Laid on each other once; what was consulted since may have added measures.
                made.append(compare(eye, chosen.seen, later, before.alignment))
            else:
                made.append(compare(eye, chosen.seen, later))
    return made, reasons


def compared(state: CaseState, reference: str, bench: Bench) -> list[dict[str, Any]]:
    """What a planner is told of the eye of a photograph: its comparison, or why there is none."""
    eye = Eye(state["eyes"][reference])
    made, reasons = comparisons(state, bench)
    told = [{**facts(found), "notes": found.notes} for found in map(finding_of, made) if found.eye is eye]
    return [*told, *({"not_compared": reason.reason} for reason in reasons if reason.eye is eye)]


def changes(comparison: Comparison) -> list[str]:
    """Why a person should look at an eye for what its two visits have not in common."""
    reasons = []
    if comparison.reason is not None and comparison.reason.startswith(TREES_DIFFER):
        reasons.append(f"{comparison.reason}, so that the two visits may not be of the same eye")
    then, now = comparison.grade.earlier, comparison.grade.later
    if then is not None and now is not None and now > then:
        reasons.append(f"the ICDR grade was {then} at the earlier visit and is {now} now")
    return reasons


def comparisons_of(state: CaseState) -> list[Comparison]:
    """The comparisons made so far."""
    return [Comparison.model_validate(comparison) for comparison in state.get("comparisons", [])]


def uncompared_of(state: CaseState) -> list[NotAssessed]:
    """Why eyes that might have a comparison have none."""
    return [NotAssessed.model_validate(reason) for reason in state.get("uncompared", [])]


def has_earlier(state: CaseState) -> bool:
    """Whether the case holds anything that a photograph could be compared with."""
    eyes = list(state["eyes"].values())
    return bool(state.get("prior")) or len(set(eyes)) < len(eyes)


@dataclass(frozen=True)
class _Chosen:
    """The visit to compare with, if any, and what there is to say about those that are not."""

    seen: Seen | None
    reasons: tuple[str, ...] = ()


def _seen(photograph: Photograph, findings: Mapping[str, Finding], bench: Bench) -> Seen:
    visit = Visit(photograph=photograph.sha256, acquired=photograph.acquired)
    return Seen(visit, {name: finding.use(bench.store) for name, finding in findings.items()})


def _of_eye(prior: list[PriorVisit], eye: Eye, bench: Bench) -> Seen | None:
    found = next((p for p in prior if p.eye is eye), None)
    if found is None:
        return None
    return Seen(found.visit, {name: finding.use(bench.store) for name, finding in found.findings.items()})


def _earlier(later: Seen, in_case: list[Seen], prior: Seen | None, eye: Eye, any_prior: bool) -> _Chosen:
    """The latest visit before the present one. A prior report without a date counts as earlier, being named so."""
    now, reasons = later.visit.acquired, []
    dated = [s for s in in_case if s.visit.acquired is not None and now is not None and s.visit.acquired < now]
    if in_case and not dated and (now is None or any(s.visit.acquired is None for s in in_case)):
        reasons.append("several photographs of this eye carry no dates, so that it is not known which is the earlier")
    if prior is None and any_prior:
        reasons.append(_no_reading(eye))
    if prior is not None and (wrong := _not_before(prior, later)):
        reasons.append(wrong)
        prior = None
    candidates = [*dated, *([prior] if prior is not None else [])]
    if not candidates:
        return _Chosen(None, tuple(reasons))
    best = max(candidates, key=lambda s: s.visit.acquired or datetime.date.min)
    older = [s.visit.acquired.isoformat() for s in candidates if s is not best and s.visit.acquired is not None]
    reasons += [f"only the visit before was compared, not the photograph of {date}" for date in sorted(set(older))]
    return _Chosen(best, tuple(reasons))


def _no_reading(eye: Eye) -> str:
    return f"the prior report has no reading of this eye ({eye.value})"


def _unread(prior: PriorVisit) -> NotAssessed:
    """That an eye's earlier reading has nothing to be compared with, and what its grade was."""
    grade = prior.findings["grade"].value if "grade" in prior.findings else None
    before = "" if grade is None else f"; the earlier report read it as ICDR grade {grade}"
    return NotAssessed(subject=SUBJECT, reason=f"the present photograph is not gradable{before}", eye=prior.eye)


def _not_before(prior: Seen, later: Seen) -> str | None:
    """Why a prior report's photograph cannot be the earlier one."""
    then, now = prior.visit.acquired, later.visit.acquired
    if prior.visit.photograph == later.visit.photograph:
        return "the prior report is of the same photograph"
    if then is not None and now is not None and then > now:
        return f"the prior report's photograph of {then.isoformat()} is newer than this one of {now.isoformat()}"
    return None
