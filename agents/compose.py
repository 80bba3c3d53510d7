"""Compose: the ledger turned into claims, step by step in the order a reader works.

Each step is a file of `agents/composing/`.
"""

from __future__ import annotations

from collections.abc import Callable

from langgraph.runtime import Runtime

from ..records.comparison import STEP as COMPARISON
from .composing.adequacy import write_adequacy
from .composing.comparison import write_comparison
from .composing.conditions import write_conditions
from .composing.disc import write_disc
from .composing.draft import Draft, PlacedClaim
from .composing.eye import EyeWriter
from .composing.grade import write_grade
from .composing.grades import held_back
from .composing.impression import write_impression
from .composing.landmarks import write_landmarks
from .composing.lesions import write_lesions
from .composing.macula import write_macula
from .composing.recommendation import write_recommendation
from .composing.regions import write_regions
from .composing.vessels import write_vessels
from .state import CaseState, Engine, ledger_of, photographs_of, references_by_eye, visit_of
from .weigh import weigh

__all__ = ["STEPS", "PlacedClaim", "compose", "draft_claims", "held_back"]

_WRITERS: dict[str, Callable[[EyeWriter], None]] = {
    "adequacy": write_adequacy,
    "landmarks": write_landmarks,
    "vessels": write_vessels,
    "lesions": write_lesions,
    "grade": write_grade,
    "macula": write_macula,
    "disc": write_disc,
    "conditions": write_conditions,
    COMPARISON: write_comparison,
}
STEPS = tuple(_WRITERS)
"""The steps of an eye in the order a reader works."""


async def compose(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Write all claims of the report from the ledger: the first reading's with a model where the settings say so."""
    engine = runtime.context
    if engine.settings.composer == "model" and not state.get("report"):
        from .compose_model import compose_by_model

        return await compose_by_model(state, engine)
    claims = draft_claims(state)
    return {"draft": [placed.model_dump(mode="json") for placed in claims]}


def draft_claims(state: CaseState) -> list[PlacedClaim]:
    """The claims of a case in reading order, weighed: each eye's steps, the impression, the recommendation."""
    draft = Draft()
    ledger = ledger_of(state)
    for eye, references in references_by_eye(state).items():
        visit = [photographs_of(state)[reference].sha256 for reference in visit_of(state, eye) or references[:1]]
        writer = EyeWriter(draft, ledger, eye, visit, state["passages"])
        for write in _WRITERS.values():
            write(writer)
        write_regions(writer)
    write_impression(draft, ledger, state)
    write_recommendation(draft, ledger, state)
    for placed in draft.claims:
        placed.claim = weigh(placed.claim, ledger)
    return draft.claims
