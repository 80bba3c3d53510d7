"""Questions about a case made of findings, without photographs: the report and the state that an answer is made from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

from fundoscope.agents.answer import Answer, answer
from fundoscope.agents.ledger import Ledger
from fundoscope.agents.state import CaseState
from fundoscope.evals.claims import findings as made
from fundoscope.records import Case, Evidence, Eye, Finding, Measurement, Photograph, Report

from .test_guidelines_asked import read, sound

SIDES = {Eye.RIGHT: "a", Eye.LEFT: "b", Eye.UNKNOWN: "c"}


def of_eye(eye: Eye, value: int = 2, glaucoma: float = 0.1) -> list[Finding]:
    """A graded eye with its disc, and screened for glaucoma."""
    screened = Finding(
        expert="conditions",
        version="1",
        weights_sha256="0" * 64,
        photograph=SIDES[eye] * 64,
        eye=eye,
        measurements=[Measurement(name="glaucoma_suspect", value=glaucoma)],
        flags=["glaucoma_suspect"] if glaucoma >= 0.5 else [],
    )
    return [*sound(eye, value), made.disc(eye, 0.5), screened]


def unplaced(eye: Eye) -> list[Finding]:
    """An eye of which neither disc nor fovea was located, so that no lesion is counted by quadrant."""
    kept = [f for f in of_eye(eye) if f.expert not in ("landmarks", "lesions")]
    return [*kept, made.landmarks(eye, None, None), made.lesions(eye, dict.fromkeys(made.KINDS, 3))]


def case(*findings: Sequence[Finding]) -> Report:
    """The report of these findings."""
    return read([finding for of_one in findings for finding in of_one])


def dated(report: Report, eye: Eye, **fields: Any) -> Report:
    """The report with these facts in the file of an eye's photograph."""
    changed = report.model_copy(deep=True)
    changed.eyes[eye].photographs = [p.model_copy(update=fields) for p in changed.eyes[eye].photographs]
    return changed


def with_finding(report: Report, finding: Finding) -> Report:
    """The report with the finding of one expert more."""
    ledger = Ledger(report.evidence)
    ledger.add_finding(finding, finding.eye)
    return report.model_copy(update={"evidence": list(ledger)})


def ask(report: Report, question: str, passages: Sequence[str] = ()) -> Answer:
    """The answer; `passages` are the evidence ids of what was looked up for the question."""
    photographs: dict[str, Photograph] = {}
    eyes: dict[str, str] = {}
    for number, (eye, told) in enumerate(report.eyes.items(), start=1):
        photographs[f"photo-{number}"], eyes[f"photo-{number}"] = told.photographs[0], eye.value
    ledger: list[Evidence] = list(report.evidence)
    state = {
        "question": question,
        "report": report.model_dump(mode="json"),
        "case": Case(id=report.case, photographs=list(photographs.values())).model_dump(mode="json"),
        "eyes": eyes,
        "usable": list(eyes),
        "findings": {},
        "ledger": [entry.model_dump(mode="json") for entry in ledger],
        "passages": {"question": list(passages)},
    }
    update = asyncio.run(answer(cast("CaseState", state), cast(Any, SimpleNamespace(context=None))))
    return Answer.model_validate(update["answer"])
