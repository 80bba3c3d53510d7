"""What flows through the graph: plain JSON. Pixels, models and stores stay in the engine, outside the state."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict

from ..errors import ArtifactMissing
from ..knowledge.guidelines import DEFAULT_GUIDELINE
from ..records import ArtifactRef, Case, Disagreement, Evidence, Eye, Finding, Photograph
from ..records.report import Planning
from ..settings import Settings
from ..tools.bench import Bench
from .fields import grade_of
from .ledger import Ledger
from .origins import Origins
from .shelf import Shelf

if TYPE_CHECKING:
    from ..knowledge.retrieve import Retriever
    from .models import Speaker


class CaseState(TypedDict, total=False):
    """The state of one case; every value is JSON.

    `follow_up`: whether the run is for a question about the report that is there, and not for a reading;
    `pictures`: artifact references of the photographs by content hash; `alike`: pairs of references that are one
    picture (intake_checks.alike); `eyes`: photograph reference to eye; `usable`: references that are gradable;
    `findings`: photograph reference to expert to finding; `requests`: what runs next; `views`: what a planner that
    sees is shown next beside the photographs; `looked_up`: what it looked up in this run; `problems`: what was
    wrong with its last requests; `silent`: it is not asked again in this run; `planning`: how the case was planned
    (records.report.Planning), `run`: which run this is (resume.run_mark), `before` its counts when the run began;
    `started`: seconds since the epoch; `passages`: purpose to passage ids; `guideline`: whose advice is followed;
    `prior`: eyes of an earlier report (visits.PriorVisit), `prior_given`: whether there is such a report, read or not; `comparisons`, `uncompared`: eyes held against it, and
    why others were not; `draft`: placed claims; `rejected`: claims that verification took out; `review`: what a
    person signed (records.review.Review); `timings`: seconds by stage.
    """

    case: dict[str, Any]
    question: str
    follow_up: bool
    pictures: dict[str, Any]
    alike: list[list[str]]
    eyes: dict[str, str]
    usable: list[str]
    findings: dict[str, dict[str, Any]]
    requests: list[dict[str, Any]]
    views: list[dict[str, Any]]
    looked_up: list[dict[str, Any]]
    problems: list[str]
    planning: dict[str, Any]
    run: str
    started: float
    before: dict[str, int]
    silent: bool
    rounds: int
    additions: list[str]
    ledger: list[dict[str, Any]]
    passages: dict[str, list[str]]
    guideline: str
    prior: list[dict[str, Any]]
    prior_given: bool
    comparisons: list[dict[str, Any]]
    uncompared: list[dict[str, Any]]
    disagreements: list[dict[str, Any]]
    review_reasons: list[str]
    draft: list[dict[str, Any]]
    attempts: int
    rejected: list[dict[str, Any]]
    report: dict[str, Any]
    review: dict[str, Any]
    answer: dict[str, Any]
    asked_before: str
    timings: dict[str, float]


@dataclass
class Engine:
    """What the nodes work with and checkpoints never see."""

    settings: Settings
    bench: Bench
    speaker: Speaker
    shelf: Shelf = field(default_factory=Shelf)
    origins: Origins = field(default_factory=Origins)

    @cached_property
    def retriever(self) -> Retriever:
        """The literature, opened on first use."""
        from ..knowledge.retrieve import Retriever

        return Retriever(self.settings)

    def photograph(self, state: CaseState, reference: str) -> Photograph:
        """A photograph of the case with its pixels, from the shelf or the store. Raises ArtifactMissing."""
        record = photographs_of(state)[reference]
        photograph = self.shelf.get(record.sha256)
        if photograph is None:
            if record.sha256 not in state.get("pictures", {}):
                raise ArtifactMissing(f"the pixels of {reference} are not in the store")
            ref = ArtifactRef.model_validate(state["pictures"][record.sha256])
            photograph = record.restore(self.bench.store, ref)
            self.shelf.put([photograph])
        return photograph.model_copy(update={"eye": record.eye, "eye_source": record.eye_source, "field": record.field})


def case_of(state: CaseState) -> Case:
    """The case record."""
    return Case.model_validate(state["case"])


def photographs_of(state: CaseState) -> dict[str, Photograph]:
    """Photographs by their reference, photo-1 first."""
    return {f"photo-{number}": p for number, p in enumerate(case_of(state).photographs, start=1)}


def findings_of(state: CaseState, reference: str) -> dict[str, Finding]:
    """Findings on one photograph by expert."""
    stored = state.get("findings", {}).get(reference, {})
    return {name: Finding.model_validate(finding) for name, finding in stored.items()}


def planning_of(state: CaseState) -> Planning:
    """How the case was planned so far."""
    return Planning.model_validate(state["planning"])


def elapsed(state: CaseState) -> float:
    """Seconds since the run began."""
    return time.time() - state["started"]


def ledger_of(state: CaseState) -> Ledger:
    """The ledger of the case."""
    return Ledger(Evidence.model_validate(entry) for entry in state.get("ledger", []))


def guideline_of(state: CaseState) -> str:
    """The guideline that the report follows."""
    return state.get("guideline", DEFAULT_GUIDELINE).upper()


def advice_for(grade: int) -> str:
    """The purpose of the passage in which the guideline says what follows a grade that does not decide alone."""
    return f"advice:{grade}"


def disagreements_of(state: CaseState) -> list[Disagreement]:
    """What reconcile noticed."""
    return [Disagreement.model_validate(d) for d in state.get("disagreements", [])]


def references_by_eye(state: CaseState) -> dict[Eye, list[str]]:
    """Photograph references of each eye, right first, the most telling photograph of an eye first."""
    by_eye: dict[Eye, list[str]] = {}
    for eye in Eye:
        references = [reference for reference, side in state["eyes"].items() if side == eye.value]
        if references:
            by_eye[eye] = sorted(references, key=lambda reference: _rank(state, reference))
    return by_eye


def primary_findings(state: CaseState) -> dict[Eye, dict[str, Finding]]:
    """Findings of the most telling usable photograph of each eye."""
    chosen = {}
    for eye, references in references_by_eye(state).items():
        usable = [reference for reference in references if reference in state["usable"]]
        if usable:
            chosen[eye] = findings_of(state, usable[0])
    return chosen


def visit_of(state: CaseState, eye: Eye) -> list[str]:
    """References of an eye's usable photographs that may be of one visit with the most telling one, which is the first: of the
    same day, or one of them without a date."""
    usable = [reference for reference in references_by_eye(state).get(eye, []) if reference in state["usable"]]
    acquired = {reference: photographs_of(state)[reference].acquired for reference in usable}
    return [r for r in usable if acquired[r] is None or acquired[usable[0]] in (None, acquired[r])]


def deciding_grade(state: CaseState) -> int | None:
    """The worse eye's grade; None when no eye was graded."""
    grades = [
        f["grade"].value for f in primary_findings(state).values() if "grade" in f and f["grade"].value is not None
    ]
    return max(grades, default=None)


def _rank(state: CaseState, reference: str) -> tuple[int, int, int, float, str]:
    """Gradable before not, the latest visit before earlier ones, of its photographs the one with the worst grade, better
    quality first, then the order they were given in."""
    findings = findings_of(state, reference)
    quality = findings.get("quality")
    score = quality.number("quality_score") if quality is not None else None
    acquired = photographs_of(state)[reference].acquired
    age = 0 if acquired is None else -acquired.toordinal()
    unusable = 0 if reference in state.get("usable", []) else 1
    return (unusable, age, -grade_of(findings), -float(score or 0.0), reference)
