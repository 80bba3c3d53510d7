"""Sentences that restate a passage of the literature: every word stands in the passage, bound to the same neighbours.

A sentence may leave parts of a passage out and put its parts in another order. It may bring in no word, number,
interval or level of its own, drop no "not", "more than" or "until" before what it keeps, and take no number from
another part of the passage than the words beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...records import Passage
from .tokens import NUMBER_WORDS, plain

_KEYS = re.compile(r"\s*\[([a-z][a-z0-9_]*(?:, ?[a-z][a-z0-9_]*)*)\]\s*\.?\s*$")
MOST_CHARACTERS = 1000
_MOST_STEPS_BACK = 3
_GRADES = (
    ("g0", r"no apparent (?:diabetic )?(?:retinopathy|dr)|(?:icdr )?grade 0|no (?:diabetic )?retinopathy|(?:eyes? )?without (?:diabetic )?retinopathy"),
    ("g1", r"mild (?:npdr|non-?proliferative (?:diabetic )?retinopathy)|(?:icdr )?grade 1"),
    ("g2", r"moderate (?:npdr|non-?proliferative (?:diabetic )?retinopathy)|(?:icdr )?grade 2"),
    ("g3", r"severe (?:npdr|non-?proliferative (?:diabetic )?retinopathy)|(?:icdr )?grade 3"),
    ("g4", r"pdr|proliferative (?:diabetic )?retinopathy|(?:icdr )?grade 4"),
)  # fmt: skip
_PHRASES = (
    *_GRADES,
    ("refer", r"(?:be |is |are )?refer(?:s|red|ral|ring)?(?: to (?:an|the) (?:ophthalmologist|eye specialist))?"),
    ("recall", r"(?:(?:should |to |must )?be )?(?:re-?examin(?:e|es|ed|ation|ing)|review(?:s|ed)?|see[ns]? again|followed(?: up)?|follows?(?:[- ]ups?)?|monitor(?:s|ed|ing)?|rescreen(?:s|ed|ing)?|recall(?:s|ed)?|recheck(?:s|ed)?|seen every|seen)(?: intervals?)?|(?:review |screening |follow-up )?intervals?"),
    ("enough", r"(?:is |are )?any (?:1|one) of|suffic(?:es?|ient)|enough|by itself enough|on its own enough"),
    ("differ", r"differs?|disagrees?|vary|varies|do not agree"),
    ("ma", r"(?:retinal )?microaneurysms?"),
    ("he", r"ha?emorrhages?|bleeds?"),
    ("nv", r"neovasculari[sz]ation|new vessels?"),
    ("se", r"cotton[- ]wool spots?|soft exudates?"),
    ("dd", r"disc[- ]diameters?|dds?"),
    ("upward", r"upwards?|(?:or|and) (?:worse|above|higher|beyond)|onwards?"),
    ("only", r"only(?! if)|alone|solely|confined to|nothing but"),
    ("less", r"less than|fewer than|(?:in )?(?:under|below|within|inside)(?= \d)|not more than"),
    ("more", r"more than|beyond|(?:over|above|exceeding)(?= \d)|further than|greater than"),
    ("at least", r"at least|no fewer than"),
    ("at most", r"at most|up to"),
    ("not", r"(?:is |are |does |do |needs? |requires? )?(?:not|no|without|never|neither|nor)(?: need)?"),
    ("until", r"until|unless|before"),
    ("after", r"after(?= \d)"),
    ("each", r"each|every(?! \d)"),
    ("or", r"or"),
    ("very", r"very"),
)  # fmt: skip
_BINDING = frozenset({"less", "more", "at least", "at most", "not", "until", "after", "very", "each", "criterion"})
"""Words that change what stands after them."""
_AROUND = frozenset({"upward", "only"})
"""Words that change the whole: in the sentence if, and only if, in the passage where it was taken from."""
_INTERVAL = r"(?:between )?(?P<low>\d+(?:\.\d+)?)(?:(?:-| to | and )(?P<high>\d+))? (?P<unit>day|week|month|year)s?"
_SILENT_TEXT = """a an the of in on at to for from by with and is are was were be been being that which who whose as it
its this these those has have had says say said states state stated according under means mean defined definition defines
define described recommends recommend recommended advises advise advised suggests suggest suggested calls call called asks
ask asked requires require required sets set put puts place places placed gives give given should must shall may needs need
needed then when while but also there one ones their they than if such study guideline guidelines scale international
clinical severity every now so into range ranges ranged rise rises rising goes went regarded counts counted considered
treated taken lie lies lying stands named names level classed classified characterised characterized"""
_SILENT = frozenset(_SILENT_TEXT.split())
_WORD = re.compile(r"[a-z]+\d*(?:\.\d+)?|\d+(?:\.\d+)?(?:th)?|\S")
_PHRASE = re.compile("|".join(f"(?P<p{n}>(?:{regex})(?![\\w]))" for n, (_, regex) in enumerate(_PHRASES)))
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})\b")
_FIXED = (("ha?emorrhag", "haemorrhag"), ("edema", "oedema"), ("ooedema", "oedema"), ("color", "colour"), ("center", "centre"), ("fiber", "fibre"), ("program\\b", "programme"))  # fmt: skip


def cited_keys(text: str) -> tuple[str, tuple[str, ...]]:
    """A sentence without the reference keys it ends in, and these."""
    match = _KEYS.search(text)
    if match is None:
        return text, ()
    return text[: match.start()], tuple(key.strip() for key in match[1].split(","))


def says_what_the_passage_says(sentence: str, keys: Sequence[str], passage: Passage) -> bool:
    """Whether a sentence restates a passage and cites nothing but its sources."""
    if len(sentence) > MOST_CHARACTERS or not set(keys) <= {passage.reference, *passage.references}:
        return False
    said, source = _words(sentence), _words(passage.text)
    return said is not None and source is not None and len(said) >= 3 and _aligned(said, source)


def _words(text: str) -> list[str] | None:
    """The words that count, in one form each: levels, intervals, lesions and synonyms under one name."""
    normal = plain(text)
    if normal is None:
        return None
    for wrong, right in _FIXED:
        normal = re.sub(wrong, right, normal)
    normal = _NUMBER_WORD.sub(lambda m: str(NUMBER_WORDS[m[0]]), normal.rstrip(". "))
    found: list[str] = []
    at = 0
    while at < len(normal):
        interval = re.compile(_INTERVAL).match(normal, at)
        phrase = None if interval else _PHRASE.match(normal, at)
        if interval is not None:
            word = f"i{interval['low']}-{interval['high'] or ''} {interval['unit']}"
            end = interval.end()
        elif phrase is not None and phrase.lastgroup is not None:
            word, end = _PHRASES[int(phrase.lastgroup[1:])][0], phrase.end()
        else:
            match = _WORD.match(normal, at)
            if match is None:
                at += 1
                continue
            word, end = _stem(match[0]), match.end()
        at = end
        if word and (not found or found[-1] != word):
            found.append(word)
    return found


def _stem(word: str) -> str:
    """A word without its ending; "" for one that counts for nothing."""
    if word in _SILENT or not (word[0].isalnum()):
        return ""
    if word.startswith("criteri"):
        return "criterion"
    return re.sub(r"(?:ies|ing|ed|es|s|y|e)$", "", word) if len(word) > 3 and word[0].isalpha() else word


def _is_anchor(word: str) -> str:
    """The kind of a word that numbers and levels are: interval, level, number; "" for any other."""
    if re.fullmatch(r"i\d.*", word):
        return "interval"
    if re.fullmatch(r"g\d", word):
        return "level"
    if re.fullmatch(r"\d+(?:\.\d+)?(?:th)?", word) and not re.fullmatch(r"(?:19|20)\d\d", word):
        return "number"
    return ""


def _bound_by(words: Sequence[str], place: int) -> tuple[str, ...]:
    """The binding words directly before a word, also through a list: "not mild or moderate"."""
    while place >= 2 and words[place - 1] == "or" and words[place - 2] not in _BINDING:
        place -= 2
    first = place
    while first and words[first - 1] in _BINDING:
        first -= 1
    return tuple(words[first:place])


def _aligned(said: Sequence[str], source: Sequence[str]) -> bool:
    at, steps_back, places = -1, 0, []
    for n, word in enumerate(said):
        if word in _BINDING or word == "or":
            continue
        fitting = [p for p, other in enumerate(source) if other == word and _bound_by(source, p) == _bound_by(said, n)]
        if not fitting:
            return False
        forward = [p for p in fitting if p > at]
        if forward:
            passed = [source[p] for p in range(at + 1, forward[0]) if p not in places]
            if at >= 0 and _skips(said, n, passed):
                return False
            at = forward[0]
        else:
            at = fitting[0]
            steps_back += 1
        places.append(at)
    if said[-1] in _BINDING or steps_back > _MOST_STEPS_BACK or not places:
        return False
    taken = source[min(places) : max(places) + 2]
    return all((word in said) == (word in taken) for word in _AROUND) and ("or" not in said or "or" in taken)


def _skips(said: Sequence[str], n: int, passed: Sequence[str]) -> bool:
    """Whether a number, interval or level is passed over that the sentence does not come to next."""
    for word in passed:
        kind = _is_anchor(word)
        if kind and word != next((w for w in said[n:] if _is_anchor(w) == kind), None):
            return True
    return False
