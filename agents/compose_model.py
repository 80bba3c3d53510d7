"""Compose with a model: it words the ledger; every sentence is read back and verified, and nothing essential depends on it.

What fails verification goes back to the model once, with the reason and with built-in sentences on the same evidence. What
fails again the graph removes and lists; the nearest built-in sentence, if one is near, is said in its place. Adequacy, grade,
lesion counts, exudate near the fovea, flagged conditions, the impression and the whole recommendation are written by the built-in composer
where the model left them out, the recommendation always. A model that writes nothing, or more than half of whose
sentences fail twice, writes nothing of the report.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from ..records import Claim, ClaimKind, ClaimStatus, Eye
from ..records.report import Planning
from .compose import STEPS, PlacedClaim, draft_claims
from .compose_brief import ROLE, forms, in_words, what_it_may_use
from .language import Fact, facts_in
from .ledger import Ledger
from .models import Turn
from .policy import exhausted, policy_of
from .rewording import instead_of, offered, quote
from .spending import charge, note, spent_of
from .state import CaseState, Engine, elapsed, ledger_of, planning_of, references_by_eye
from .verify import verify_claim

MOST_CLAIMS = 80
GRACE_S = 5.0
SHORTEST_CALL_S = 1.0
ESSENTIAL = frozenset(
    {
        "gradable",
        "not_gradable",
        "low_quality",
        "not_fundus",
        "grade",
        "lesion_count",
        "lesion_count_one",
        "lesion_few",
        "lesion_few_one",
        "camera_spots",
        "camera_spot",
        "exudate_near",
        "condition_flagged",
        "condition_reaches",
    }
)
"""Patterns of the built-in composer that a report has even when the model leaves them out, beside impression and recommendation."""
_MEASURED = frozenset(
    {"quality_score", "fundus_probability", "disc_position", "disc_diameter", "fovea_distance", "vessel_density",
     "skeleton_length", "lesion_count", "all_in", "lesion_total", "nearest_exudate", "cup_disc_ratio", "more_in"}
)  # fmt: skip
_OBSERVED = frozenset({"gradable", "not_gradable", "not_fundus", "side", "field", "out_of_distribution"})


class WrittenClaim(BaseModel):
    """One sentence, where it belongs, the eye it is about, and the ids of the evidence it stands on."""

    place: Literal["adequacy", "landmarks", "vessels", "lesions", "grade", "macula", "disc", "impression"]
    eye: Literal["right", "left", "unknown"] | None = None
    text: str
    evidence: list[str]


class WrittenReport(BaseModel):
    """The sentences of a report in reading order."""

    claims: list[WrittenClaim] = Field(default_factory=list)


async def compose_by_model(state: CaseState, engine: Engine) -> CaseState:
    """The draft of a model on the first attempt; with what failed written again on the second."""
    author = _Author(state, engine)
    claims = await (author.rewrite() if state["attempts"] else author.write())
    return {
        "draft": [placed.model_dump(mode="json") for placed in claims],
        "planning": author.record.model_dump(mode="json"),
    }


class _Author:
    """One attempt of a model at a report; `record` takes what it cost and what became of it."""

    def __init__(self, state: CaseState, engine: Engine) -> None:
        self.state, self.engine = state, engine
        self.record: Planning = planning_of(state)
        self.record.composer = "model"
        self.ledger: Ledger = ledger_of(state)
        self.built_in = draft_claims(state)
        self.offered = {entry.id: entry for entry in what_it_may_use(state, self.ledger, remote=engine.speaker.remote)}

    async def write(self) -> list[PlacedClaim]:
        """A first draft; the built-in composer's when the model writes nothing."""
        written = await self._ask([])
        if not written:
            return self._without_model("The model wrote no sentences; the built-in composer wrote the report.")
        return self._completed(self._placed(written, 1))

    async def rewrite(self) -> list[PlacedClaim]:
        """The draft with its removed sentences written again."""
        draft = [PlacedClaim.model_validate(placed) for placed in self.state["draft"]]
        own = [placed for placed in draft if placed.claim.id.startswith("M")]
        if not own:
            return draft
        wrong = {claim["id"]: claim["reason"] for claim in self.state["rejected"]}
        failed = [placed for placed in own if placed.claim.id in wrong]
        good = [placed for placed in own if placed.claim.id not in wrong]
        written = await self._ask([self._returned(placed, wrong[placed.claim.id]) for placed in failed])
        said = {placed.claim.text for placed in good}
        again = self._placed([claim for claim in written if claim.text not in said], len(own) + 1)
        places = {(placed.place, placed.eye) for placed in again}
        left = [placed for placed in failed if (placed.place, placed.eye) not in places]
        twice = [placed for placed in (*again, *left) if not self._holds(placed)]
        if 2 * len(twice) > len(good) + len(again) + len(left):
            line = "More than half of the model's sentences did not hold; the built-in composer wrote the report."
            return [*self._without_model(line), *twice]
        return self._completed([*good, *again, *left, *self._restated(twice, [*good, *again])])

    def _without_model(self, why: str) -> list[PlacedClaim]:
        note(self.record.cut, why)
        self.record.composer = "built-in"
        return self.built_in

    async def _ask(self, wrong: list[dict[str, Any]]) -> list[WrittenClaim]:
        policy, speaker = policy_of(self.engine.settings), self.engine.speaker
        why_not = exhausted(policy, replace(spent_of(self.state, self.record), rounds=0))
        if why_not is not None:
            note(self.record.cut, f"The model was not asked to write: {why_not}.")
            return []
        brief = {"forms": forms(), "ledger": [in_words(entry) for entry in self.offered.values()], "wrong": wrong}
        messages: list[BaseMessage] = [SystemMessage(ROLE), HumanMessage(json.dumps(brief, sort_keys=True))]
        limit = max(SHORTEST_CALL_S, (policy.wall_s - elapsed(self.state)) / 2)
        report: WrittenReport | None = None
        try:
            async with asyncio.timeout(limit + GRACE_S):
                report, turn = await speaker.write(messages, WrittenReport, limit_s=limit)
        except TimeoutError:
            turn = Turn(problems=[f"no report within {limit:.0f} s"])
        charge(self.record, turn, messages)
        return [] if report is None else report.claims[:MOST_CLAIMS]

    def _placed(self, written: Sequence[WrittenClaim], number: int) -> list[PlacedClaim]:
        return [self._claim(claim, f"M{n}") for n, claim in enumerate(written, start=number)]

    def _claim(self, written: WrittenClaim, name: str) -> PlacedClaim:
        facts = facts_in(written.text) or []
        evidence = [entry for entry in dict.fromkeys(written.evidence) if entry in self.offered]
        named = {fact.eye for fact in facts if fact.eye is not None}
        named = named or {str(eye) for entry in evidence if (eye := self.offered[entry].eye) is not None}
        eye = Eye(written.eye or (named.pop() if len(named) == 1 else "unknown")) if len(named) < 2 else None
        known = eye in references_by_eye(self.state)
        place = written.place if known else "impression"
        claim = Claim(
            id=name,
            text=written.text,
            kind=_kind(facts),
            eye=eye if known else None,
            slots=_shared_slots(facts),
            evidence=evidence,
        )
        return PlacedClaim(place=place, eye=claim.eye, claim=claim)

    def _returned(self, placed: PlacedClaim, reason: str | None) -> dict[str, Any]:
        """A sentence that failed, with the reason and what could be said instead."""
        claim, eye = placed.claim, None if placed.eye is None else placed.eye.value
        instead = [one.claim.text for one in offered(placed, self._statements(placed))]
        sentence = {"place": placed.place, "eye": eye, "text": claim.text, "evidence": claim.evidence}
        return {**sentence, "wrong": reason, "instead": instead}

    def _statements(self, beside: PlacedClaim) -> list[PlacedClaim]:
        """The report's own sentences that stand on what the model was given alone, and the passages named beside."""
        cited = [self.offered[entry] for entry in beside.claim.evidence if entry in self.offered]
        quoted = [quote(entry, beside.place, beside.eye) for entry in cited if entry.passage is not None]
        known = [p for p in self.built_in if p.place != "recommendation" and set(p.claim.evidence) <= set(self.offered)]
        return [*known, *quoted]

    def _restated(self, failed: Sequence[PlacedClaim], own: Sequence[PlacedClaim]) -> list[PlacedClaim]:
        """Built-in sentences in place of those that failed, where no other sentence makes up for them."""
        said = {key for placed in own if self._holds(placed) for key in _keys(placed)}
        found: dict[str, PlacedClaim] = {}
        for placed in failed:
            one = instead_of(placed, self._statements(placed))
            if one is not None and not (_keys(one) and _keys(one) <= said):
                found.setdefault(one.claim.text, one)
        if found:
            note(
                self.record.problems, f"{len(found)} sentences in the report's own words stand for what the model wrote"
            )
        return list(found.values())

    def _holds(self, placed: PlacedClaim) -> bool:
        return verify_claim(placed.claim, self.ledger).status is ClaimStatus.SUPPORTED

    def _completed(self, own: list[PlacedClaim]) -> list[PlacedClaim]:
        """The model's sentences, and what is essential and not among those of them that hold.

        Where the model wrote what is added word for word, the addition takes its place.
        """
        said = {key for placed in own if self._holds(placed) for key in _keys(placed)}
        needed = [p for p in self.built_in if p.place not in STEPS or p.claim.pattern in ESSENTIAL]
        there = {placed.claim.id for placed in own}
        missing = [
            p
            for p in needed
            if p.claim.id not in there and (p.place == "recommendation" or not _keys(p) or not _keys(p) <= said)
        ]
        note(self.record.problems, *(["the built-in composer added what the model left out"] if missing else []))
        added = {p.claim.text for p in missing}
        return [*(p for p in own if p.claim.text not in added), *missing]


def _kind(facts: Sequence[Fact]) -> ClaimKind:
    kinds = {fact.kind for fact in facts}
    if "retake" in kinds:
        return ClaimKind.RECOMMENDATION
    if kinds and kinds <= _OBSERVED:
        return ClaimKind.OBSERVATION
    return ClaimKind.MEASUREMENT if kinds and kinds <= _MEASURED else ClaimKind.INTERPRETATION


def _shared_slots(facts: Sequence[Fact]) -> dict[str, str | int | float]:
    """The lesion type and quadrant that all facts of a sentence are about, by which answers find it."""
    shared: dict[str, str | int | float] = {}
    for name in ("lesion", "quadrant"):
        found = {fact.slots.get(name) for fact in facts}
        if len(found) == 1 and isinstance(value := found.pop(), str):
            shared[name] = value
    return shared


def _keys(placed: PlacedClaim) -> frozenset[tuple[str, ...]]:
    """What a sentence tells, values apart: where, of which eye, what of which lesions."""
    where = "eye" if placed.place in STEPS else placed.place
    own = None if placed.eye is None else placed.eye.value
    return frozenset(
        (where, fact.kind, str(fact.eye or own), str(fact.slots.get("lesion")), str(fact.slots.get("quadrant") or ""))
        for fact in facts_in(placed.claim.text) or []
    )
