"""Verification: each sentence is taken apart again and held against the evidence it names. Code, not a model.

A rendered sentence is parsed by its pattern (lexicon). A sentence in other words is read over a closed lexicon
(language): every word of it must be accounted for, and every fact it states must hold.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..records import Claim, ClaimStatus, Evidence, Eye
from .checks import CHECKS, Cited
from .language import Wrong, hold_sentence
from .ledger import Ledger
from .lexicon import Pattern, Slots, parse
from .weigh import wrong_grounds

__all__ = ["CHECKS", "verify", "verify_claim"]

MOST_CHARACTERS = 4000
_OPEN = frozenset({"literature", "follow", "other_guideline", "if_oedema", "at_least", "graver_open", "retake"})
"""Patterns with words of the evidence in them, which many a free sentence looks like."""


def verify_claim(claim: Claim, ledger: Ledger) -> Claim:
    """The claim with its status: supported, contradicted (the evidence says otherwise) or unsupported (it says nothing)."""
    status, reason = ClaimStatus.SUPPORTED, None
    try:
        _hold_against(claim, ledger)
    except Wrong as wrong:
        status = ClaimStatus.UNSUPPORTED if wrong.unsupported else ClaimStatus.CONTRADICTED
        reason = str(wrong)
    return claim.model_copy(update={"status": status, "reason": reason})


def _hold_against(claim: Claim, ledger: Ledger) -> None:
    if len(claim.text) > MOST_CHARACTERS:
        raise Wrong("it is too long to be read", unsupported=True)
    parsed = parse(claim.text)
    if parsed is None and claim.pattern is not None:
        raise Wrong("no sentence of the report's language reads like this", unsupported=True)
    if not claim.evidence:
        raise Wrong("it names no evidence", unsupported=True)
    entries = tuple(entry for entry in map(ledger.get, claim.evidence) if entry is not None)
    if len(entries) < len(claim.evidence):
        raise Wrong("it names evidence that is not in the ledger", unsupported=True)
    if parsed is not None and (claim.pattern is not None or parsed[0].id not in _OPEN):
        _hold_rendered(claim, *parsed, entries)
    else:
        _hold_free(claim, parsed, entries)
    wrong = wrong_grounds(claim, ledger)
    if wrong is not None:
        raise Wrong(wrong)


def _hold_free(claim: Claim, parsed: tuple[Pattern, Slots] | None, entries: tuple[Evidence, ...]) -> None:
    try:
        hold_sentence(claim.text, claim.eye, entries)
    except Wrong:
        if parsed is None:
            raise
        _hold_rendered(claim, *parsed, entries)


def _hold_rendered(claim: Claim, pattern: Pattern, slots: Slots, entries: tuple[Evidence, ...]) -> None:
    _agrees_with_structure(claim, pattern, slots)
    cited = Cited(slots, entries)
    for check in CHECKS[pattern.id]:
        check(cited)


def _agrees_with_structure(claim: Claim, pattern: Pattern, slots: Slots) -> None:
    """A claim's sentence, structure and named eye say the same thing."""
    eye = slots.get("eye")
    if eye is not None and claim.eye is not None and Eye(str(eye)) is not claim.eye:
        raise Wrong("the sentence speaks of another eye than the claim")
    if claim.pattern is not None and claim.kind is not pattern.kind:
        raise Wrong(f"it is a {pattern.kind}, not a {claim.kind}")
    if claim.pattern is not None and (claim.pattern != pattern.id or pattern.render(claim.slots) != claim.text):
        raise Wrong("the sentence is not the rendering of the claim's structure")


def verify(claims: Iterable[Claim], ledger: Ledger) -> tuple[list[Claim], list[Claim]]:
    """Claims that are supported, and those that are not."""
    checked = [verify_claim(claim, ledger) for claim in claims]
    return (
        [claim for claim in checked if claim.status is ClaimStatus.SUPPORTED],
        [claim for claim in checked if claim.status is not ClaimStatus.SUPPORTED],
    )
