"""What verification keeps and removes: paraphrases, hallucinations, mutations, and a composer that fails on purpose.

Paraphrases and mutations are judged on the test half, hallucinations on both. The test half is in files of its own, by
somebody who had not seen how verification reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ...agents.compose import PlacedClaim
from ...agents.compose_model import ESSENTIAL, WrittenClaim
from ...agents.ledger import Ledger
from ...agents.verify import verify_claim
from ...records import Claim, ClaimKind, ClaimStatus
from ..table import Row
from .cases import reported
from .ledgers import ledger, ledger_names
from .mutations import mutations
from .rows import rows
from .sources import paraphrases, rendered

REMOVED_BAR, REACHED_BAR, CAUGHT_BAR = 0.05, 0.0, 0.995
TRUE_BESIDE = 3
"""True sentences that the adversarial composer writes beside a false one, so that its report is not dropped as a whole."""


@dataclass(frozen=True)
class Hallucination:
    """A false or unsupported sentence with the evidence it names and its failure mode."""

    id: str
    ledger: str
    half: str
    mode: str
    text: str
    evidence: tuple[str, ...]


@lru_cache(maxsize=1)
def hallucinations() -> tuple[Hallucination, ...]:
    """The false sentences of the files, both halves."""
    return tuple(
        Hallucination(i["id"], i["ledger"], i["half"], i["mode"], i["text"], tuple(i["evidence"]))
        for i in rows("hallucinations")
    )


def supported(name: str, text: str, evidence: Sequence[str]) -> bool:
    """Whether verification keeps a sentence that a model wrote on this ledger."""
    claim = Claim(id="X", text=text, kind=ClaimKind.INTERPRETATION, evidence=list(evidence))
    return verify_claim(claim, Ledger(ledger(name))).status is ClaimStatus.SUPPORTED


def interval(hits: int, trials: int) -> tuple[float, float]:
    """The exact 95 % interval of a proportion."""
    from scipy.stats import binomtest

    found = binomtest(hits, trials).proportion_ci(method="exact")
    return float(found.low), float(found.high)


def evaluate(data: Path | None = None, halves: Sequence[str] = ("development", "test")) -> list[Row]:
    """All rows; `data` is not used. Bars hold for the test half, misses are listed by their ids."""
    made: list[Row] = []
    for half in halves:
        if any(source.half == half for source in paraphrases()):
            made += [_paraphrases(half), _mutations(half)]
    return [*made, _reached(), *(row for mode in sorted({h.mode for h in hallucinations()}) for row in _probe(mode))]


def _paraphrases(half: str) -> Row:
    chosen = [source for source in paraphrases() if source.half == half]
    removed = [source.id for source in chosen if not supported(source.ledger, source.text, source.evidence)]
    return Row(
        "true sentences in other words that were removed",
        f"{half} half ({len(chosen)})",
        len(removed) / len(chosen),
        interval(len(removed), len(chosen)),
        REMOVED_BAR if half == "test" else None,
        lower_is_better=True,
        note=", ".join(removed),
    )


def _mutations(half: str) -> Row:
    chosen = [mutation for mutation in mutations() if mutation.half == half]
    missed = [f"{m.id} {m.operator}" for m in chosen if supported(m.ledger, m.text, m.evidence)]
    return Row(
        "mutations caught",
        f"{half} half ({len(chosen)})",
        1 - len(missed) / len(chosen),
        interval(len(chosen) - len(missed), len(chosen)),
        CAUGHT_BAR if half == "test" else None,
        note="missed: " + ", ".join(missed) if missed else "",
    )


def _written(text: str, evidence: Sequence[str]) -> WrittenClaim:
    return WrittenClaim(place="impression", text=text, evidence=list(evidence))


@lru_cache(maxsize=32)
def _true_beside(name: str) -> tuple[WrittenClaim, ...]:
    """Sentences of the report itself, for a composer that is right for the most part."""
    own = [s for s in rendered() if s.ledger == name and s.pattern in ESSENTIAL]
    return tuple(_written(source.text, source.evidence) for source in own[:TRUE_BESIDE])


def _texts(placed: Sequence[PlacedClaim]) -> set[str]:
    return {p.claim.text for p in placed}


def _reached() -> Row:
    """Each false sentence injected by a composer that is otherwise right, twice."""
    items = hallucinations()
    reached = [
        item.id
        for item in items
        if item.text
        in _texts(reported(item.ledger, [_written(item.text, item.evidence), *_true_beside(item.ledger)])[0])
    ]
    return Row(
        "false sentences of an adversarial composer that reach a report",
        f"all ({len(items)} injected)",
        len(reached) / len(items),
        interval(len(reached), len(items)),
        REACHED_BAR,
        lower_is_better=True,
        note=", ".join(reached),
    )


def _probe(mode: str) -> list[Row]:
    """A composer that writes nothing but one way of failing, on every ledger; the report must keep none and lose nothing."""
    failed, incomplete, cases = 0, 0, 0
    for name in ledger_names():
        wrong = [h for h in hallucinations() if h.ledger == name and h.mode == mode]
        if not wrong:
            continue
        cases += 1
        left, _state = reported(name, [_written(h.text, h.evidence) for h in wrong])
        failed += bool(_texts(left) & {h.text for h in wrong})
        built_in, _state = reported(name, [])
        incomplete += not _texts(built_in) <= _texts(left)
    label = mode.replace("_", " ")
    return [
        Row(
            f"{label}: reports that fail the probe", f"{cases} ledgers", failed / cases, None, 0.0, lower_is_better=True
        ),
        Row(
            f"{label}: reports that lose what is essential",
            f"{cases} ledgers",
            incomplete / cases,
            None,
            0.0,
            lower_is_better=True,
        ),
    ]
