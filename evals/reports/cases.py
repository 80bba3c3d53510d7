"""Cases of one or two eyes, drawn at random and led through the graph's own nodes from findings to the report."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any, cast

from langgraph.runtime import Runtime

from ...agents.compose import compose
from ...agents.graph import after_verify, check_claims
from ...agents.literature import retrieve
from ...agents.reconcile import reconcile
from ...agents.report import write_report
from ...agents.state import CaseState, Engine
from ...knowledge.guidelines import guideline_names
from ...knowledge.retrieve import Retriever
from ...records import QUADRANTS, Case, Eye, Finding, Measurement, Passage, Photograph, Region, Report, Status
from ...records.report import Planning
from ...settings import load_settings
from ..claims import findings as made
from ..claims.ledgers import ledger, ledger_names

SIZE = (2144, 1424)
EYES = ((Eye.RIGHT, Eye.LEFT),) * 6 + ((Eye.RIGHT,), (Eye.LEFT,), (Eye.UNKNOWN,), (Eye.RIGHT, Eye.UNKNOWN))
SOURCES = ("user", "dicom", "landmarks")


class _Books:
    """The literature, each query looked up once."""

    def __init__(self) -> None:
        self._found: dict[tuple[Any, ...], list[Passage]] = {}

    @cached_property
    def _retriever(self) -> Retriever:
        return Retriever(load_settings())

    def search(self, query: str, *, topics: Sequence[str] = (), limit: int = 5) -> list[Passage]:
        """As the retriever's."""
        key = (query, tuple(topics), limit)
        if key not in self._found:
            self._found[key] = self._retriever.search(query, topics=tuple(topics), limit=limit)
        return self._found[key]

    def passage(self, passage_id: str) -> Passage:
        """As the retriever's."""
        return self._retriever.passage(passage_id)


_BOOKS = _Books()


@lru_cache(maxsize=4)
def reports(count: int = 220, seed: int = 0) -> tuple[Report, ...]:
    """Reports of the hand-made ledgers and of `count` drawn cases."""
    rng = random.Random(seed)
    given = [([e.finding for e in ledger(name) if e.finding is not None], name) for name in ledger_names()]
    drawn = [(draw(rng), f"drawn-{n}") for n in range(count)]
    return tuple(report(findings, name, rng) for findings, name in (*given, *drawn))


def report(findings: Sequence[Finding], name: str, rng: random.Random) -> Report:
    """The report that reconcile, retrieve, compose and verify make of these findings."""
    return asyncio.run(_run(_state(findings, name, rng), rng.choice(guideline_names())))


async def _run(state: CaseState, guideline: str) -> Report:
    engine = SimpleNamespace(settings=load_settings(guideline=guideline), retriever=_BOOKS, speaker=None)
    runtime = cast("Runtime[Engine]", SimpleNamespace(context=engine))
    state = {**state, **(await reconcile(state, runtime))}
    state = {**state, **(await retrieve(state, runtime))}
    step = "compose"
    while step == "compose":
        state = {**state, **(await compose(state, runtime))}
        state = {**state, **(await check_claims(state, runtime))}
        step = after_verify(state)
    return Report.model_validate((await write_report(state, runtime))["report"])


def _state(findings: Sequence[Finding], name: str, rng: random.Random) -> CaseState:
    eyes = list(dict.fromkeys(finding.eye for finding in findings))
    photographs = [
        Photograph(
            sha256=next(f.photograph for f in findings if f.eye is eye),
            width=SIZE[0],
            height=SIZE[1],
            file_format="PNG",
            eye=eye,
            eye_source=None if eye is Eye.UNKNOWN else rng.choice(SOURCES),
        )
        for eye in eyes
    ]
    references = {eye: f"photo-{n}" for n, eye in enumerate(eyes, start=1)}
    readable = {f.eye for f in findings if f.expert == "quality" and f.label == "gradable"}
    return {
        "case": Case(id=f"case-{name}", photographs=photographs).model_dump(mode="json"),
        "eyes": {reference: eye.value for eye, reference in references.items()},
        "usable": [reference for eye, reference in references.items() if eye in readable],
        "findings": {
            reference: {f.expert: f.model_dump(mode="json") for f in findings if f.eye is eye}
            for eye, reference in references.items()
        },
        "planning": Planning(planner="protocol", policy="standard").model_dump(mode="json"),
        "before": {"turns": 0, "tool_calls": 0, "tokens": 0},
        "additions": [],
        "timings": {},
        "attempts": 0,
        "rejected": [],
        "question": "",
    }


def draw(rng: random.Random) -> list[Finding]:
    """Findings of a case: sound, sick, contradictory, in part not assessed, undecided or not readable."""
    found: list[Finding] = []
    for eye in rng.choice(EYES):
        found += _eye(eye, rng)
    return found


def _eye(eye: Eye, rng: random.Random) -> list[Finding]:
    if rng.random() < 0.1:
        flags = tuple(rng.sample(("focus", "illumination", "contrast", "field"), rng.randint(0, 2)))
        return [
            made.quality(eye, round(rng.uniform(0.05, 0.45), 3), flags=flags, advice="Clean the lens and try again.")
        ]
    if rng.random() < 0.03:
        return [made.quality(eye, 0.1, fundus=0.02)]
    quality = made.quality(eye, round(rng.uniform(0.5, 0.99), 3))
    grade = rng.choices(range(5), (4, 2, 4, 2, 1))[0]
    located = rng.random() < 0.9
    disc_at = (rng.uniform(300, 1800), rng.uniform(500, 900), rng.uniform(150, 260)) if located else None
    side = eye if rng.random() < 0.93 else rng.choice((Eye.RIGHT, Eye.LEFT))
    landmarks = made.landmarks(eye, disc_at, round(rng.uniform(2.0, 2.9), 3) if located else None, side=side)
    found = [quality, landmarks, made.vessels(eye, rng.uniform(0.05, 0.16), rng.uniform(5000, 12000))]
    lesions = _lesions(eye, grade, located, rng)
    if lesions is not None:
        found.append(lesions)
    if rng.random() < 0.95:
        found.append(_grade(eye, grade, rng))
    found.append(made.disc(eye, round(rng.uniform(0.2, 0.9), 3) if rng.random() < 0.85 else None))
    if rng.random() < 0.7:
        found.append(_conditions(eye, rng))
    return found


def _lesions(eye: Eye, grade: int, located: bool, rng: random.Random) -> Finding | None:
    """Mostly what a grade is defined by, at times something else, at times uncounted or not asked for."""
    if rng.random() < 0.06:
        return None
    level = grade if rng.random() < 0.85 else rng.randint(0, 3)
    most = {0: 0, 1: 5, 2: 8, 3: 45, 4: 30}[level]
    counts: made.Counts = {}
    for kind in made.KINDS:
        shown = level >= 1 if kind == "MA" else level >= 2 and (kind == "HE" or rng.random() < 0.6)
        quadrants = tuple(rng.randint(0, most) for _ in QUADRANTS) if shown else (0, 0, 0, 0)
        counts[kind] = None if rng.random() < 0.04 else quadrants if located else sum(quadrants)
    exudates = counts["EX"]
    some = sum(exudates) if isinstance(exudates, tuple) else exudates
    finding = made.lesions(eye, counts, round(rng.uniform(0.2, 3.0), 3) if some and located else None)
    for m in finding.measurements:
        if m.name.startswith("lesion_count_") and m.value and rng.random() < 0.4:
            m.interval = (max(0, round(m.value * 0.3) - 1), round(m.value * 2.0) + 1)
    finding.regions = _regions(finding, located, rng)
    return finding


def _regions(finding: Finding, located: bool, rng: random.Random) -> list[Region]:
    return [
        Region(
            kind=kind,
            x=rng.uniform(100, 1900),
            y=rng.uniform(100, 1300),
            width=round(rng.uniform(4, 80), 2),
            height=round(rng.uniform(4, 80), 2),
            area=50.0,
            score=0.8,
            fovea_distance_dd=round(rng.uniform(0.1, 4.0), 3) if located else None,
        )
        for kind in made.KINDS
        for _ in range(min(int(finding.number(f"lesion_count_{kind}") or 0), 12))
    ]


def _grade(eye: Eye, grade: int, rng: random.Random) -> Finding:
    weights = [rng.random() * 0.4 for _ in range(5)]
    weights[grade] += rng.choice((0.3, 1.0, 4.0))
    shares = [w / sum(weights) for w in weights]
    given = tuple(round(s, 3) for s in shares)
    low = high = given.index(max(given))
    while rng.random() < 0.35 and high - low < 4:
        low, high = (low, high + 1) if high < 4 and rng.random() < 0.5 else (max(0, low - 1), high)
    finding = made.grade(eye, given, tuple(range(low, high + 1)), novel=rng.random() < 0.05)
    if rng.random() < 0.7:
        referable = (finding.value or 0) >= 2
        finding.referable_set = [False, True] if rng.random() < 0.25 else [referable]
    if rng.random() < 0.8:
        finding.measurements.append(Measurement(name="dme_probability", value=round(rng.random(), 3)))
    return finding


def _conditions(eye: Eye, rng: random.Random) -> Finding:
    names = ("glaucoma_suspect", "cataract_or_haze", "pathological_myopia")
    measured = [Measurement(name=name, value=round(rng.random(), 3)) for name in names]
    unknown = Measurement.not_assessed("hypertensive_retinopathy", "its detector is not shipped")
    return Finding(
        expert="conditions",
        version="1",
        weights_sha256="0" * 64,
        photograph=next(iter(made.quality(eye, 0.9).photograph)) * 64,
        eye=eye,
        status=Status.MEASURED,
        measurements=[*measured, unknown],
        flags=[m.name for m in measured if m.value is not None and m.value >= 0.8],
    )
