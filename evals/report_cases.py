"""Reports of many shapes, made by the graph's own nodes from findings without experts: what the formats are held against.

The fourteen ledgers of the claims' material, then cases drawn with a fixed seed: one or two eyes or an unknown side, each
grade, counts from none to many or not assessed, photographs that are not gradable. Each photograph is a small picture
with masks of exactly as many lesions as are counted, and has an origin as if it had come as DICOM.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from langgraph.runtime import Runtime
from numpy.typing import NDArray

from ..agents.compose import compose
from ..agents.graph import after_verify, check_claims
from ..agents.literature import retrieve
from ..agents.reconcile import reconcile
from ..agents.report import write_report
from ..agents.state import CaseState, Engine
from ..agents.triage import intake
from ..formats.registry import Manuscript
from ..imaging import Frame
from ..imaging.decode import DicomOrigin
from ..records import Case, Eye, Finding, Photograph, Region, Report
from ..sdk import Fundoscope
from .claims import findings as make
from .claims.ledgers import ledger, ledger_names

SIDE, STEP, DOT = 360, 9, 3
"""Of a photograph, between its drawn lesions, and of a lesion, px."""
_ROOT = "1.2.826.0.1.3680043.8.498.77"
_CLASS = "1.2.840.10008.5.1.4.1.1.77.1.5.1"
_WRITTEN = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
_KINDS = ("MA", "HE", "EX", "SE")


def report_cases(scope: Fundoscope, count: int) -> Iterator[tuple[str, Manuscript]]:
    """`count` named cases ready to be rendered; the first are the ledgers."""
    names = ledger_names()
    rng = np.random.default_rng(6)
    for number in range(count):
        if number < len(names):
            name = names[number]
            found = [e.finding.model_copy(deep=True) for e in ledger(name) if e.finding is not None]
        else:
            name, found = f"drawn-{number:02}", _drawn(rng)
        yield name, _manuscript(scope, number, found)


def _drawn(rng: np.random.Generator) -> list[Finding]:
    """Findings of one patient, drawn."""
    pairs = ((Eye.RIGHT,), (Eye.LEFT,), (Eye.RIGHT, Eye.LEFT), (Eye.RIGHT, Eye.LEFT), (Eye.UNKNOWN,))
    return [finding for eye in pairs[rng.integers(len(pairs))] for finding in _eye(rng, eye)]


def _eye(rng: np.random.Generator, eye: Eye) -> list[Finding]:
    if rng.random() < 0.12:
        advice = "Focus again on the retina and repeat the photograph."
        return [make.quality(eye, round(rng.uniform(0.05, 0.45), 3), 0.97, ("focus",), advice)]
    shares = rng.dirichlet(np.full(5, 0.4))
    given = tuple(round(float(share), 4) for share in shares)
    likely = tuple(n for n, share in enumerate(given) if share > 0.12) or (int(np.argmax(given)),)
    counts: dict[str, tuple[int, ...] | int | None] = {}
    for kind in _KINDS:
        kind_of_case = rng.random()
        if kind_of_case < 0.15:
            counts[kind] = None
        elif kind_of_case > 0.4:
            counts[kind] = tuple(int(n) for n in rng.integers(0, 30, 4))
    near = round(rng.uniform(0.2, 3.0), 3) if counts.get("EX") else None
    return [
        make.quality(eye, round(rng.uniform(0.5, 1.0), 3)),
        make.landmarks(eye, (1500.4, 700.2, 210.6), round(rng.uniform(2.2, 2.8), 3)),
        make.vessels(eye, round(rng.uniform(0.05, 0.2), 4), round(rng.uniform(5000, 15000), 1)),
        make.lesions(eye, counts, near),
        make.grade(eye, given, likely, novel=rng.random() < 0.1),
        make.disc(eye, None if rng.random() < 0.2 else round(rng.uniform(0.2, 0.9), 3)),
    ]


def _manuscript(scope: Fundoscope, number: int, found: list[Finding]) -> Manuscript:
    store = scope.engine.bench.store
    photographs = {eye: _photograph(number, eye) for eye in dict.fromkeys(finding.eye for finding in found)}
    for finding in found:
        photograph = photographs[finding.eye]
        finding.photograph = photograph.sha256
        if finding.expert == "lesions":
            _draw(finding, photograph)
            finding.keep(store)
    report = asyncio.run(_through_the_graph(scope.engine, f"case-{number:04}", list(photographs.values()), found))
    report.provenance.created = _WRITTEN
    return Manuscript(report, store, {p.sha256: p for p in photographs.values()})


def _photograph(number: int, eye: Eye) -> Photograph:
    """A flat picture unlike any other's."""
    pixels = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    ys, xs = np.ogrid[:SIDE, :SIDE]
    pixels[np.hypot(xs - SIDE / 2, ys - SIDE / 2) < SIDE / 2] = (150, 60 + number, 30 + list(Eye).index(eye))
    photograph = Photograph.from_pixels(pixels, eye)
    photograph.file_format = "DICOM"
    study = f"{_ROOT}.{number}"
    photograph._origin = DicomOrigin(study, f"{study}.1", f"{study}.1.{list(Eye).index(eye) + 1}", _CLASS)
    return photograph


def _draw(lesions: Finding, photograph: Photograph) -> None:
    """A map of separate dots for each kind, and their regions: as many as the finding counts."""
    frame = Frame(left=0, top=0, scale=1, width=SIDE, height=SIDE, photograph_width=SIDE, photograph_height=SIDE)
    per_row = SIDE // STEP
    for kind in _KINDS:
        count = lesions.number(f"lesion_count_{kind}")
        if count is None:
            continue
        plane: NDArray[np.float32] = np.zeros((SIDE, SIDE), dtype=np.float32)
        for place in range(int(count)):
            x, y = STEP * (place % per_row) + 3, STEP * (place // per_row) + 3
            plane[y : y + DOT, x : x + DOT] = 1.0
            dot = Region(kind=kind, x=x, y=y, width=DOT, height=DOT, area=DOT * DOT, score=1.0)
            lesions.regions = [*lesions.regions, dot]
        lesions.attach(kind, plane, frame)


async def _through_the_graph(
    engine: Engine, name: str, photographs: Sequence[Photograph], found: Sequence[Finding]
) -> Report:
    """The graph from reconcile to the report, as it goes once the experts are done."""
    references = {p.eye: f"photo-{n}" for n, p in enumerate(photographs, start=1)}
    findings: dict[str, dict[str, Any]] = {reference: {} for reference in references.values()}
    for finding in found:
        findings[references[finding.eye]][finding.expert] = finding.model_dump(mode="json")
    gradable = {f.eye for f in found if f.expert == "quality" and f.label == "gradable"}
    state = cast(
        CaseState,
        {
            "case": Case(id=name, photographs=list(photographs)).model_dump(mode="json"),
            "question": "",
            "findings": findings,
            "eyes": {reference: eye.value for eye, reference in references.items()},
            "usable": [reference for eye, reference in references.items() if eye in gradable],
            "additions": [],
            "timings": {},
            "report": {},
        },
    )
    runtime = cast("Runtime[Engine]", SimpleNamespace(context=engine))
    for node in (intake, reconcile, retrieve, compose, check_claims):
        state = cast(CaseState, {**state, **await node(state, runtime)})
    while after_verify(state) == "compose":
        for node in (compose, check_claims):
            state = cast(CaseState, {**state, **await node(state, runtime)})
    return Report.model_validate((await write_report(state, runtime))["report"])
