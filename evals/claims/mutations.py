"""True sentences made false by one change each.

An operator takes a source and yields (text, evidence, facts): what the changed sentence says, or None for `facts` where
nothing in any ledger could support it. What still holds of the ledger is left out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from . import alter, wording
from .facts import Fact, all_hold, cited
from .ledgers import ledger
from .sources import Source, paraphrases, rendered

Changed = tuple[str, tuple[str, ...], "Sequence[Fact] | None"]
Operator = Callable[[Source, random.Random], Iterator[Changed]]
EACH = {"smuggled": 1, "evidence": 1}
"""At most this many mutations of one sentence by an operator; two by the others."""
BOUND = re.compile(r"at least|none nearer|to within")
"""Words after which another distance can be as true."""


@dataclass(frozen=True)
class Mutation:
    """A sentence that is false of its ledger, or that the evidence it names does not support.

    `source` is the id of the true sentence it came from, `pattern` that of a rendered one, `original` its text.
    """

    id: str
    ledger: str
    half: str
    operator: str
    source: str
    pattern: str
    original: str
    text: str
    evidence: tuple[str, ...]


def _facts(source: Source, place: int, fact: Fact) -> list[Fact]:
    return [*source.facts[:place], fact, *source.facts[place + 1 :]]


def number(source: Source, rng: random.Random) -> Iterator[Changed]:
    """A measured number or count off by one in its last digit, tenfold, with digits swapped or the decimal moved."""
    for place, fact in enumerate(source.facts):
        for slot in ("count", "value", "percent", "x", "y"):
            written, decimals = fact.get(slot), fact.get("decimals", 0)
            if fact["pattern"] == "grade" or (fact["pattern"] == "nearest_exudate" and BOUND.search(source.text)):
                continue
            if not isinstance(written, int | float) or not isinstance(decimals, int):
                continue
            for other in alter.numbers(written, max(decimals, 0), rng):
                text = alter.swap_number(source.text, written, other, max(decimals, 0))
                if text is not None:
                    yield text, source.evidence, _facts(source, place, {**fact, slot: other})


def literature_number(source: Source, rng: random.Random) -> Iterator[Changed]:
    """A number of a quoted passage off by one or more, or its unit of time another."""
    for place, fact in enumerate(source.facts):
        for said in alter.said(fact):
            for changed in alter.passage_numbers(said, rng):
                if source.text.count(said) == 1:
                    text = source.text.replace(said, changed)
                    yield text, source.evidence, _facts(source, place, alter.resaid(fact, said, changed))


def unit(source: Source, rng: random.Random) -> Iterator[Changed]:
    """Another unit of length, or a ratio with a unit."""
    for place, fact in enumerate(source.facts):
        if "unit" in fact:
            for text, name in alter.units(source.text):
                yield text, source.evidence, _facts(source, place, {**fact, "unit": name})
    if all(fact["pattern"] == "cup_disc_ratio" for fact in source.facts):
        text = re.sub(r"(0\.\d+)(?=\D*$)", r"\1 mm", source.text)
        if text != source.text:
            yield text, source.evidence, None


def eye(source: Source, rng: random.Random) -> Iterator[Changed]:
    """The other eye throughout."""
    text = alter.other_eye(source.text)
    if text is None:
        return
    named = len(alter.EYE_WORD.findall(source.text))
    facts = []
    for fact in source.facts:
        flipped = dict(fact)
        if fact["pattern"] == "side":
            flipped["side"] = alter.OPPOSITE[str(fact["side"])]
        if fact["pattern"] != "side" or named > 1:
            flipped["eye"] = alter.OPPOSITE.get(str(fact.get("eye")), "right")
        facts.append(flipped)
    yield text, source.evidence, facts


def lesion(source: Source, rng: random.Random) -> Iterator[Changed]:
    """Another lesion type."""
    kinds = {fact["lesion"] for fact in source.facts if "lesion" in fact}
    for old in sorted(str(kind) for kind in kinds):
        for text, new in alter.lesions(source.text, old):
            yield text, source.evidence, [{**f, "lesion": new} if f.get("lesion") == old else f for f in source.facts]
    if not kinds and any(fact["pattern"] == "nearest_exudate" for fact in source.facts):
        for text, _ in alter.lesions(source.text, "EX"):
            yield text, source.evidence, None


def quadrant(source: Source, rng: random.Random) -> Iterator[Changed]:
    """Another quadrant."""
    for place, fact in enumerate(source.facts):
        if "quadrant" in fact:
            for text, new in alter.quadrants(source.text, str(fact["quadrant"])):
                yield text, source.evidence, _facts(source, place, {**fact, "quadrant": new})


def grade(source: Source, rng: random.Random) -> Iterator[Changed]:
    """The grade's name or its number, one without the other."""
    for place, fact in enumerate(source.facts):
        if fact["pattern"] == "grade":
            for text, value in alter.grades(source.text, int(str(fact["value"]))):
                yield text, source.evidence, _facts(source, place, {**fact, "value": value})
        if fact["pattern"] == "conformal_set":
            for text, grades in alter.grade_sets(source.text, fact["set"]):
                yield text, source.evidence, _facts(source, place, {**fact, "set": grades})
        for said in alter.said(fact):
            for changed in alter.grade_names(said):
                if source.text.count(said) == 1:
                    text = source.text.replace(said, changed)
                    yield text, source.evidence, _facts(source, place, alter.resaid(fact, said, changed))


def reason(source: Source, rng: random.Random) -> Iterator[Changed]:
    """Another reason why a photograph is not gradable, another field, another implication of the lesions."""
    for old, new in wording.REASONS:
        if old in source.text and any(f["pattern"] in ("not_gradable", "field") for f in source.facts):
            yield source.text.replace(old, new), source.evidence, None


def citation(source: Source, rng: random.Random) -> Iterator[Changed]:
    """A key that is another's or nobody's."""
    for place, fact in enumerate(source.facts):
        if "key" in fact:
            for key in alter.keys(str(fact["key"]), rng):
                text = re.sub(rf"\b{fact['key']}\b", key, source.text)
                if text != source.text:
                    yield text, source.evidence, _facts(source, place, {**fact, "key": key})


def negation(source: Source, rng: random.Random) -> Iterator[Changed]:
    """A "not" put in or taken out."""
    if len(source.facts) == 1 and not source.text.startswith("Only"):
        for text in alter.negations(source.text):
            yield text, source.evidence, None
    for place, fact in enumerate(source.facts):
        if fact["pattern"] in ("lesion_count", "lesion_quadrant") and len(source.facts) == 1:
            count = int(str(fact["count"]))
            changed = {**fact, "pattern": "lesion_more_than", "count": 0} if count == 0 else {**fact, "count": 0}
            for text in alter.no_lesions(source.text, count):
                yield text, source.evidence, _facts(source, place, changed)
        if fact["pattern"] == "exudate_far" and len(source.facts) == 1:
            text = re.sub(r"\b[Nn]o hard exudate was", "hard exudate was", source.text)
            if text != source.text:
                yield text[0].upper() + text[1:], source.evidence, [{**fact, "pattern": "exudate_near"}]


def comparison(source: Source, rng: random.Random) -> Iterator[Changed]:
    """A word of comparison turned round."""
    patterns = {str(fact["pattern"]) for fact in source.facts}
    for wanted, old, new in wording.COMPARISONS:
        if wanted in patterns and len(re.findall(rf"\b{old}\b", source.text)) == 1 and alter.turns(source, wanted):
            yield re.sub(rf"\b{old}\b", new, source.text), source.evidence, None
    for place, fact in enumerate(source.facts):
        for said in alter.said(fact):
            for old, new in wording.PASSAGE_COMPARISONS:
                if old in said and source.text.count(said) == 1:
                    changed = said.replace(old, new, 1)
                    text = source.text.replace(said, changed)
                    yield text, source.evidence, _facts(source, place, alter.resaid(fact, said, changed))


def smuggled(source: Source, rng: random.Random) -> Iterator[Changed]:
    """The sentence with a clause that nothing supports."""
    for clause in rng.sample(wording.CLAUSES, 1):
        yield alter.with_clause(source.text, clause), source.evidence, None


def _of_any_eye(source: Source, fact: Fact) -> bool:
    """Whether the sentence leaves it to its evidence which eye it is about."""
    named = len(alter.EYE_WORD.findall(source.text))
    return "eye" in fact and (named == 0 if fact["pattern"] != "side" else named < 2) and "unknown" not in source.text


def evidence(source: Source, rng: random.Random) -> Iterator[Changed]:
    """The same sentence on the same expert's finding of the other eye, on another expert's, on another passage, on none."""
    entries = ledger(source.ledger)
    own = cited(entries, source.evidence)
    facts = [{k: v for k, v in f.items() if k != "eye"} if _of_any_eye(source, f) else f for f in source.facts]
    others = [e for e in entries if e.id not in source.evidence]
    if len(own) == 1:
        first = own[0].finding
        same = [e.id for e in others if first and e.finding and e.finding.expert == first.expert]
        kind = [e.id for e in others if (e.finding is None) == (first is None)]
        for other in [*same, *rng.sample(kind, min(1, len(kind)))]:
            if not all_hold(facts, cited(entries, [other])):
                yield source.text, (other,), None
    if rng.random() < 0.1:
        yield source.text, (f"E{len(entries) + rng.randint(1, 40)}",), None


OPERATORS: dict[str, Operator] = {
    "number": number,
    "literature_number": literature_number,
    "unit": unit,
    "eye": eye,
    "lesion": lesion,
    "quadrant": quadrant,
    "grade": grade,
    "reason": reason,
    "citation": citation,
    "negation": negation,
    "comparison": comparison,
    "smuggled": smuggled,
    "evidence": evidence,
}


def mutations(seed: int = 0) -> list[Mutation]:
    """All mutations of all true sentences; the same for the same seed."""
    made: list[Mutation] = []
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    for source in (*paraphrases(), *rendered()):
        rng = random.Random(f"{seed}:{source.ledger}:{source.text}")
        half = source.half or rng.choice(("development", "test"))
        for name, operator in OPERATORS.items():
            for text, ids in _false(source, operator, rng)[: EACH.get(name, 2)]:
                key = f"m{len(made) + 1:05d}"
                if (source.ledger, text, ids) not in seen:
                    made.append(
                        Mutation(key, source.ledger, half, name, source.id, source.pattern, source.text, text, ids)
                    )
                seen.add((source.ledger, text, ids))
    return made


def _false(source: Source, operator: Operator, rng: random.Random) -> list[tuple[str, tuple[str, ...]]]:
    """What an operator makes of a sentence, without what is still true and without what changed nothing."""
    found: dict[tuple[str, tuple[str, ...]], None] = {}
    true = {other.text for other in (*paraphrases(), *rendered()) if other.ledger == source.ledger}
    for text, ids, facts in operator(source, rng):
        if ids == source.evidence and (text in true or (facts is not None and all_hold(facts, ledger(source.ledger)))):
            continue
        found[text, ids] = None
    return rng.sample(list(found), len(found))
