"""One change that makes a claim of a report false: of its words, its structure, its evidence, or its grounds.

An operator takes a claim and the report it stands in and yields changed claims. A sentence that the report says elsewhere,
and so may be true, is left out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from ...agents.lexicon import PATTERNS, SLOT_TYPES
from ...agents.patterns.words import WHY_WITHHELD
from ...agents.weigh import RULES
from ...records import Claim, Ground, Report
from ..claims import alter, wording

Operator = Callable[[Claim, Report, random.Random], Iterator[Claim]]
SIDES = ("supporting", "opposing", "missing")
EACH = 2
"""At most this many changes of one claim by an operator."""
_TURNED = (
    ("largest", "smallest"),
    ("nearest", "farthest"),
    ("not above", "above"),
    ("is above", "is below"),
    ("between", "above"),
    ("small discs", "large discs"),
    ("more than", "fewer than"),
    ("of the two eyes only", "of the two eyes not only"),
    ("would need", "would not need"),
    ("were not counted", "were counted"),
    ("were not assessed", "were assessed"),
    ("was not assessed", "was assessed"),
    ("none was detected", "some were detected"),
    ("rests on the grading model alone", "rests on the lesions alone"),
    ("is left open", "is decided"),
    ("neither can be excluded", "one can be excluded"),
    ("decides what follows", "does not decide what follows"),
    ("higher grade", "lower grade"),
    ("no statement was found", "a statement was found"),
    ("is superseded", "is not superseded"),
    ("is confirmed", "is excluded"),
    ("No interval", "An interval"),
    ("meet the criterion", "do not meet the criterion"),
    ("meets the criterion", "does not meet the criterion"),
    ("all four quadrants", "three of four quadrants"),
    ("the next above", "the next below"),
)
_BELOW, _ABOVE = SLOT_TYPES["share"].ends or ("", "")
_ENDS = {_BELOW: _ABOVE, _ABOVE: _BELOW}
_SWAPPED = {
    "source": ("the user", "the file's header", "the position of disc and fovea"),
    "why": tuple(WHY_WITHHELD.values()),
    "guideline": ("ICO", "AAO", "ADA", "NICE", "NHS", "WHO"),
}


def _reworded(claim: Claim, text: str) -> Claim:
    """The sentence as a model would hand it in, without structure or grounds."""
    bare: dict[str, object] = {"text": text, "pattern": None, "slots": {}, "eye": None, **{side: [] for side in SIDES}}
    return claim.model_copy(update=bare)


def number(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """A number of the sentence is another one; a bound, for which another could be true too, is turned round."""
    for match in re.finditer(r"(?<![\w.])\d+(?:\.\d+)?(?![\w])(?!\.\d)", claim.text):
        bound = next((end for end in _ENDS if claim.text[: match.end()].endswith(end)), None)
        if bound is not None:
            yield _reworded(claim, claim.text.replace(bound, _ENDS[bound]))
            continue
        decimals = len(match[0].partition(".")[2])
        for other in alter.numbers(float(match[0]), decimals, rng)[:1]:
            yield _reworded(claim, claim.text[: match.start()] + f"{other:.{decimals}f}" + claim.text[match.end() :])


def slot(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """The structure holds another number, and the sentence is its rendering."""
    shape = PATTERNS[str(claim.pattern)]
    for name, value in claim.slots.items():
        decimals = SLOT_TYPES[shape.slots.get(name, "int")].decimals if name != "count" else 0
        if isinstance(value, str) or decimals is None:
            continue
        changed = {**claim.slots, name: value + 10.0**-decimals if decimals else int(value) + 1}
        if "grade" in changed and name == "value":
            changed["grade"] = changed["value"] = (int(value) + 1) % 5
        if "{counted}" in shape.template and shape.slots.get("count"):
            continue
        text = shape.render(changed)
        if text != claim.text:
            yield claim.model_copy(update={"slots": changed, "text": text})


def unit(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """Another unit of length."""
    for text, _name in alter.units(claim.text):
        yield _reworded(claim, text)


def eye(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """The other eye."""
    text = alter.other_eye(claim.text)
    if text is not None:
        yield _reworded(claim, text)


def lesion(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """Another type of lesion."""
    if "lesion" in claim.slots:
        for text, _kind in alter.lesions(claim.text, str(claim.slots["lesion"])):
            yield _reworded(claim, text)


def quadrant(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """Another quadrant."""
    if "quadrant" in claim.slots:
        for text, _quadrant in alter.quadrants(claim.text, str(claim.slots["quadrant"])):
            yield _reworded(claim, text)


def grade(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """Another grade, by name or by number."""
    for match in re.finditer(r"ICDR grade (\d)", claim.text):
        other = (int(match[1]) + rng.randint(1, 4)) % 5
        yield _reworded(claim, claim.text[: match.start(1)] + str(other) + claim.text[match.end(1) :])
    for text in alter.grade_names(claim.text):
        yield _reworded(claim, text)


def citation(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """Another source, real or invented."""
    if "key" in claim.slots:
        for key in alter.keys(str(claim.slots["key"]), rng):
            yield _reworded(claim, claim.text.replace(f"[{claim.slots['key']}]", f"[{key}]"))


def negation(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """A "not" put in or taken out."""
    for text in alter.negations(claim.text):
        yield _reworded(claim, text)


def turned(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """A word of comparison, need or knowledge turned round."""
    for old, new in _TURNED:
        if old in claim.text:
            yield _reworded(claim, claim.text.replace(old, new, 1))


def swapped(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """Another guideline, another who names the eye, another reason why no interval is named."""
    for name, words in _SWAPPED.items():
        held = claim.slots.get(name)
        if held is None:
            continue
        written = SLOT_TYPES[PATTERNS[str(claim.pattern)].slots[name]].write(held)
        for other in words:
            if other != written:
                yield _reworded(claim, claim.text.replace(written, other, 1))


def smuggled(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """A clause that nothing supports."""
    yield _reworded(claim, alter.with_clause(claim.text, rng.choice(wording.CLAUSES)))


def evidence(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """Evidence that does not exist, none at all, or that of another expert."""
    yield claim.model_copy(update={"evidence": [*claim.evidence, "E99"]})
    yield claim.model_copy(update={"evidence": []})
    of_others = [e.id for e in report.evidence if e.finding is not None and e.finding.expert == "vessels"]
    if of_others and not set(of_others) & set(claim.evidence) and claim.pattern not in _ANY_FINDING:
        yield claim.model_copy(update={"evidence": of_others[:1]})


_ANY_FINDING = frozenset({"person_first", "summary_no_grade", "interval_withheld"})
"""Patterns that any finding of the eye supports."""


def ground_left_out(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """A ground that speaks for the claim, against it or is missing is kept quiet."""
    for side in SIDES:
        named: list[Ground] = getattr(claim, side)
        if named:
            yield claim.model_copy(update={side: named[1:]})


def ground_invented(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """A ground that the evidence does not give."""
    held = {g.rule for side in SIDES for g in getattr(claim, side)}
    others = [rule for rule in RULES if rule.name not in held]
    rule = rng.choice(others)
    made = Ground(rule=rule.name, text=rule.text, evidence=claim.evidence[:1])
    yield claim.model_copy(update={rule.side.value: [*getattr(claim, rule.side.value), made]})


def ground_changed(claim: Claim, report: Report, rng: random.Random) -> Iterator[Claim]:
    """A ground on the wrong side, in other words, or on other evidence."""
    for side, other in (("opposing", "supporting"), ("missing", "opposing"), ("supporting", "missing")):
        named: list[Ground] = getattr(claim, side)
        if not named:
            continue
        yield claim.model_copy(update={side: named[1:], other: [*getattr(claim, other), named[0]]})
        yield claim.model_copy(update={side: [named[0].model_copy(update={"evidence": ["E98"]}), *named[1:]]})
        yield claim.model_copy(update={side: [named[0].model_copy(update={"text": "It is certain."}), *named[1:]]})


OPERATORS: dict[str, Operator] = {
    "number": number,
    "slot": slot,
    "unit": unit,
    "eye": eye,
    "lesion": lesion,
    "quadrant": quadrant,
    "grade": grade,
    "citation": citation,
    "negation": negation,
    "turned": turned,
    "swapped": swapped,
    "smuggled": smuggled,
    "evidence": evidence,
    "ground_left_out": ground_left_out,
    "ground_invented": ground_invented,
    "ground_changed": ground_changed,
}


def _with_the_other_name(text: str) -> str:
    """Soft exudates under their other name, which the changes use."""
    return text.replace("soft exudate", "cotton-wool spot")


def changes(claim: Claim, report: Report, rng: random.Random) -> Iterator[tuple[str, Claim]]:
    """(operator, changed claim) pairs; sentences that the report itself says are left out."""
    true = {text for other in report.claims() for text in (other.text, _with_the_other_name(other.text))}
    for name, operator in OPERATORS.items():
        if name == "slot" and claim.pattern is None:
            continue
        made = [c for c in operator(claim, report, rng) if c.text not in true or c.text == claim.text]
        made = [c for c in made if c != claim]
        for changed in rng.sample(made, min(EACH, len(made))):
            yield name, changed
