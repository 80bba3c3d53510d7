"""Weigh: what of the ledger speaks for an interpretation, against it, or is missing to it. Code, not a model.

The same rules write the grounds of a claim and check them: a ground that the ledger does not give is refused, and so is a
claim that keeps quiet about one.
"""

from __future__ import annotations

from ..records import Claim, ClaimKind, Evidence, Eye, Finding, Ground
from .ledger import Ledger
from .weighing import grade, other
from .weighing.rule import Rule, Side, Weighed

RULES: tuple[Rule, ...] = (*grade.RULES, *other.RULES)
_ABOUT = frozenset(pattern for rule in RULES for pattern in rule.about)


def weigh(claim: Claim, ledger: Ledger) -> Claim:
    """The claim with its grounds; a claim of no pattern that is weighed, or that is no interpretation, has none."""
    return claim.model_copy(update={side.value: grounds for side, grounds in _grounds(claim, ledger).items()})


def wrong_grounds(claim: Claim, ledger: Ledger) -> str | None:
    """What is wrong with the grounds that a claim names, or leaves out; None where they are those the ledger gives."""
    for side, grounds in _grounds(claim, ledger).items():
        named: list[Ground] = getattr(claim, side.value)
        missing = [g for ground in named for g in ground.evidence if ledger.get(g) is None]
        if missing:
            return f"{side} evidence {missing[0]} is not in the ledger"
        for ground in named:
            if ground not in grounds:
                return f"the evidence does not give the {side} ground {ground.rule}"
        for ground in grounds:
            if ground not in named:
                return f"it leaves out the {side} ground {ground.rule}"
        if len(named) != len(grounds):
            return f"it names a {side} ground twice"
    return None


def _grounds(claim: Claim, ledger: Ledger) -> dict[Side, list[Ground]]:
    found: dict[Side, list[Ground]] = {side: [] for side in Side}
    if claim.kind is not ClaimKind.INTERPRETATION or claim.pattern not in _ABOUT:
        return found
    weighed = _weighed(claim, ledger)
    if weighed is None:
        return found
    case, own, others = weighed
    for rule in RULES:
        if claim.pattern in rule.about and rule.applies(case):
            ids = [own[name].id for name in rule.experts if name in own]
            ids += [others[name].id for name in rule.others if name in others]
            found[rule.side].append(Ground(rule=rule.name, text=rule.text, evidence=ids))
    return found


def _weighed(claim: Claim, ledger: Ledger) -> tuple[Weighed, dict[str, Evidence], dict[str, Evidence]] | None:
    """The claim's eye with every finding of the photograph it cites, and those of the other eye that it cites."""
    cited = [e for e in map(ledger.get, claim.evidence) if e is not None and e.finding is not None]
    eye = claim.eye or (cited[0].eye if cited else None)
    own = _all_of(ledger, next((e.finding for e in cited if e.eye is eye), None))
    if eye is None or not own:
        return None
    others = _all_of(ledger, next((e.finding for e in cited if e.eye is not eye), None))
    return Weighed(claim, Eye(eye), _findings(own), _findings(others)), own, others


def _all_of(ledger: Ledger, finding: Finding | None) -> dict[str, Evidence]:
    """Entries by expert of the photograph that a finding is about."""
    if finding is None:
        return {}
    return {e.finding.expert: e for e in ledger if e.finding is not None and e.finding.photograph == finding.photograph}


def _findings(entries: dict[str, Evidence]) -> dict[str, Finding]:
    return {name: entry.finding for name, entry in entries.items() if entry.finding is not None}
