"""Sentences that restate a passage of the literature: every word stands in the passage, bound to the same neighbours.

A sentence may leave parts of a passage out and put its parts in another order. It may bring in no word, number,
interval or level of its own, drop no "not", "more than" or "until" before what it keeps, and take no number from
another part of the passage than the words beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...records import Passage
from .tokens import NUMBER_WORDS, plain

_KEYS = re.compile(r"\s*\[([a-z][a-z0-9_]*(?:, ?[a-z][a-z0-9_]*)*)\]\s*\.?\s*$")
MOST_CHARACTERS = 1000
_GRADES = (
    ("g0", r"no apparent (?:diabetic )?(?:retinopathy|dr)|(?:icdr )?grade 0|no (?:diabetic )?retinopathy|(?:eyes? )?(?:without|with no|free of|absence of)(?: any)?(?: apparent)? (?:diabetic )?retinopathy|absent (?:diabetic )?retinopathy"),
    ("g1", r"mild (?:npdr|non-?proliferative (?:diabetic )?retinopathy)|(?:icdr )?grade 1"),
    ("g2", r"moderate (?:npdr|non-?proliferative (?:diabetic )?retinopathy)|(?:icdr )?grade 2"),
    ("g3", r"severe (?:npdr|non-?proliferative (?:diabetic )?retinopathy)|(?:icdr )?grade 3"),
    ("g4", r"pdr|proliferative (?:diabetic )?retinopathy|(?:icdr )?grade 4"),
)  # fmt: skip
_PHRASES = (
    *_GRADES,
    ("", r"without other signs|to (?:an|the) (?:ophthalmologist|eye specialist)"),
    ("g3", r"severe(?= or very severe)"),
    ("4-2-1", r"4-2-1"),
    ("earliest", r"earliest|first"),
    ("immediate", r"immediate(?:ly)?"),
    ("refer", r"(?:be |is |are )?refer(?:s|red|ral|ring)?(?: to (?:an|the) (?:ophthalmologist|eye specialist)| to ophthalmology)?|(?:an )?(?:ophthalmologist|ophthalmology)(?:'s)? (?:referrals?|review)"),
    ("recall", r"(?:(?:should |to |must )?be )?(?:re-?examin(?:e|es|ed|ation|ing)|review(?:s|ed)?|see[ns]? again|followed(?: up)?|follows?(?:[- ]ups?)?|monitor(?:s|ed|ing)?|rescreen(?:s|ed|ing)?|recall(?:s|ed)?|recheck(?:s|ed)?|seen every|seen)(?: intervals?)?|(?:review |screening |follow-up )?intervals?"),
    ("enough", r"(?:is |are )?(?:any|at least) (?:1|one) of|(?:is |are )?(?:(?:by itself|by themselves|alone|on its own|on their own) )?(?:is |are )?(?:suffic(?:es?|ient)|enough)(?: (?:by itself|on its own))?"),
    ("differ", r"differs?|disagrees?|vary|varies|do not agree"),
    ("exudat", r"(?:hard )?exudat(?:es?|ion)"),
    ("ma", r"(?:retinal )?microaneurysms?"),
    ("he", r"ha?emorrhages?|bleeds?"),
    ("nv", r"neovasculari[sz]ation|new vessels?"),
    ("se", r"cotton[- ]wool spots?|soft exudates?"),
    ("dd", r"disc[- ]diameters?|dds?"),
    ("upward", r"upwards?|(?:or|and) (?:worse|above|higher|beyond)|onwards?"),
    ("1", r"(?:a )?single"),
    ("only", r"only(?! if)|(?:(?:taken )?on|by) (?:its|their) own|in isolation|just|merely|alone|solely|confined to|nothing but"),
    ("less", r"less than|fewer than|(?:in )?(?:under|below|within|inside)(?= \d)|not more than"),
    ("more", r"more than|in addition to|besides|beyond|other than|(?:over|above|exceeding)(?= \d)|further than|greater than"),
    ("at least", r"at least|no fewer than"),
    ("at most", r"at most|up to|no more than"),
    ("about", r"about|roughly|approximately|around"),
    ("not", r"(?:is |are |does |do |needs? |requires? )?(?:not|no|without|(?:the )?absence of|never|neither|nor)(?: need)?"),
    ("until", r"until|unless|before"),
    ("", r"after(?= \d+(?:-| to )\d)"),
    ("after", r"after(?= \d)"),
    ("quarter", r"(?:1|one|a) quarter"),
    ("examin", r"exam(?:ination)?s?"),
    ("each", r"each|every(?! \d)"),
    ("or", r"or"),
    ("very", r"very"),
)  # fmt: skip
_BINDING = frozenset({"less", "more", "at least", "at most", "not", "until", "after", "each"})
"""Words that change what stands after them; they must stand before the same word in both."""
_OPTIONAL = re.compile(
    r"eye|4-2-1|very|high|resourc|setting|screen|photograph|intra-?retinal|intraretinal|differ|(?:19|20)\d\d|posit\w*|statement|"
    r"pattern|hospital|servic|rul|programm|schem|english|scottish|blu|mountain|standard|car|other|sign|patient|ng\d+|supersed|adult"
)
"""Words of a passage that a sentence may leave out of a part that it takes."""
_LABEL = re.compile(r"m\d")
"""A level of the English or Scottish scheme: may be left out, but belongs to its part."""
_GUIDELINES = frozenset({"ico", "ada", "aao", "nice", "nhs", "rcophth", "iapb"})
_ONCE = ("ma", "he", "nv", "se", "exudat", "vitreou")
"""Signs that a sentence names no more often than its passage, so that none is said of another thing."""
_SUBJECTS = frozenset({"ma", "he", "nv", "se", "g0", "g1", "g2", "g3", "g4"})
_CUT = re.compile(
    r"[,;:()]|\b(?:while|so that|and (?=is |are |then |the |was ))\b|\b(?:from|to) (?=\d+\.\d+ in )|(?P<hangs>\b(?:after|until|that|often)\b)"
)
_INTERVAL = r"(?:between )?(?P<low>\d+(?:\.\d+)?)(?:(?:-| to | and )(?P<high>\d+))? (?P<unit>day|week|month|year)s?"
_SILENT_TEXT = """a an the of in on at to for from by with and is are was were be been being that which who whose as it
its this these those has have had says say said states state stated according under means mean defined definition defines
define described recommends recommend recommended advises advise advised suggests suggest suggested calls call called asks
ask asked requires require required sets set put puts place places placed gives give given should must shall may needs need
needed then when while but also there one ones their they than if such study guideline guidelines scale international
clinical severity every now so into range ranges ranged rise rises rising goes went regarded counts counted considered
treated taken after before shows show showing appears appear look looks reach reached eye eyes whose lie lies lying represent represents represented constitute constitutes warrant warrants warranted per diagnosis thereafter
because patient patients thus screening involves involve involved so together them takes place what whereas sign signs away grade grades accompanied indicate indicates indicated people person's individuals following based
recommendation recommendations guidance accordance accord line dictates specifies specify specified stipulates
would can could adopt adopts uses use used make makes made satisfy satisfies satisfied correspond corresponds
corresponding known stands named names level classed classified classifies classify within characterised characterized"""
_SILENT = frozenset(_SILENT_TEXT.split())
_NO_REFERRAL = re.compile(
    r"referral(?: to (?:an|the) (?:ophthalmologist|eye specialist))? (?:is|are|being) not (?:needed|required|necessary|indicated|advised)(?! for)"
)
_INTERVAL_WORD = re.compile(r"i\d")
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
    if said is None or source is None or len(said) < 3 or not _has_words_of(said, source):
        return False
    if any(said.count(word) > source.count(word) for word in _ONCE):
        return False
    parts = _parts(passage.text)
    taken = [part.words <= set(said) for part in parts]
    pairs = list(zip(parts, taken, strict=True))
    known = (
        {word for part, whole in pairs if whole for word in part.words | part.labels} | _BINDING | _GUIDELINES | {"or"}
    )
    if _names_several(source) or (not {"recall", "refer"} & set(source) and any(map(_INTERVAL_WORD.match, source))):
        known.add("recall")
    if not taken[0] or any(word not in known and not _OPTIONAL.fullmatch(word) for word in said):
        return False
    if sum(1 for word in set(said) if not _OPTIONAL.fullmatch(word)) < 2:
        return False
    return all(part.host is None or taken[part.host] for part, whole in pairs if whole) and all(
        _near_its_own(part.order, said) for part, whole in pairs if whole
    )


def _names_several(words: Sequence[str]) -> bool:
    return len(_GUIDELINES & set(words)) > 1


@dataclass(frozen=True)
class _Part:
    """A piece of a passage that is taken whole or left out; it says nothing without the part numbered `host`."""

    words: frozenset[str]
    order: tuple[str, ...]
    labels: frozenset[str]
    host: int | None = None


def _parts(text: str) -> list[_Part]:
    """A passage in parts: its subject, then what is said of it, cut at commas, joining words, follow-up and referral."""
    normal = plain(text) or ""
    several = _names_several(_words(text) or ())
    parts: list[_Part] = []
    hangs, at = False, 0
    for match in [*_CUT.finditer(normal), None]:
        host = len(parts) - 1 if hangs else None
        for words in _cut_further(
            _words(normal[at : len(normal) if match is None else match.start()]) or [], not parts
        ):
            if several and not parts:
                words = [word for word in words if word != "recall"]
            kept = [
                w
                for w in words
                if w != "or"
                and not _OPTIONAL.fullmatch(w)
                and not _LABEL.fullmatch(w)
                and (several or w not in _GUIDELINES)
            ]
            if kept:
                parts.append(_Part(frozenset(kept), tuple(kept), frozenset(filter(_LABEL.fullmatch, words)), host))
                host = len(parts) - 1 if host is None else host
        if match is not None:
            hangs, at = match["hangs"] is not None, match.end()
    return parts


def _cut_further(words: Sequence[str], first: bool) -> Iterator[list[str]]:
    """The subject apart; what happens to it apart: when it is seen again, whether it is referred."""
    part: list[str] = []
    for n, word in enumerate(words):
        before_refer = word == "refer" or (word == "not" and words[n + 1 : n + 2] == ["refer"])
        if (word == "recall" or (before_refer and words[n - 1 : n] != ["not"])) and part:
            yield part
            part = []
        part.append(word)
        alone = all(_OPTIONAL.fullmatch(w) or w in _GUIDELINES for w in part[:-1])
        if (first and word in _SUBJECTS and alone) or (word == "refer" and words[n + 1 : n + 2] == ["not"]):
            yield part
            part, first = [], False
    yield part


def _words(text: str) -> list[str] | None:
    """The words that count, in one form each: levels, intervals, lesions and synonyms under one name."""
    normal = plain(text)
    if normal is None:
        return None
    for wrong, right in _FIXED:
        normal = re.sub(wrong, right, normal)
    normal = _NO_REFERRAL.sub("without referral", normal.replace("'s ", " ").replace("i.e.", " "))
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
    return _plainly(found)


def _plainly(words: Sequence[str]) -> list[str]:
    """ "More than just microaneurysms" and "more than microaneurysms alone" as "more than microaneurysms"."""
    made: list[str] = []
    for n, word in enumerate(words):
        around = {*made[-2:], *words[n + 1 : n + 2]}
        if not (word == "only" and "more" in made[-2:] and "ma" in around):
            made.append(word)
    return made


def _stem(word: str) -> str:
    """A word without its ending; "" for one that counts for nothing."""
    if word in _SILENT or not (word[0].isalnum()):
        return ""
    if word.startswith("criteri"):
        return "criterion"
    return re.sub(r"(?:ies|ing|ed|es|s|y|e)$", "", word) if len(word) > 3 and word[0].isalpha() else word


def _anchor(word: str) -> str:
    """The kind of a word that numbers and levels are: interval, level, number; "" for any other."""
    if re.fullmatch(r"i\d.*", word):
        return "interval"
    if re.fullmatch(r"g\d", word):
        return "level"
    if re.fullmatch(r"\d+(?:\.\d+)?", word) and not re.fullmatch(r"(?:19|20)\d\d", word):
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


def _has_words_of(said: Sequence[str], source: Sequence[str]) -> bool:
    """Whether every word of the sentence stands in the passage, bound by the same words."""
    for n, word in enumerate(said):
        if word in _BINDING or word == "or" or (word == "recall" and word not in source):
            continue
        if not any(w == word and _bound_by(source, p) == _bound_by(said, n) for p, w in enumerate(source)):
            return False
    return said[-1] not in _BINDING and ("or" not in said or "or" in source)


def _near_its_own(order: Sequence[str], said: Sequence[str]) -> bool:
    """Whether each number, interval or level of a part stands nearest to the word it belongs to."""
    plain_order = [word for word in order if word not in _BINDING]
    for n, word in enumerate(plain_order):
        kind = _anchor(word)
        beside = plain_order[n - 1] if n else plain_order[1] if len(plain_order) > 1 else ""
        if not kind or not beside or _anchor(beside):
            continue
        places = [place for place, other in enumerate(said) if other == beside]
        backward = not n or (beside in _GUIDELINES and _names_several(said) and _intervals_first(said))
        if not any(word == _nearest(said, place, kind, backward=backward) for place in places):
            return False
    return True


def _intervals_first(said: Sequence[str]) -> bool:
    """ "3-6 months (ICO), 6-9 months (ADA)": each interval before its guideline."""
    kinds = ["name" if word in _GUIDELINES else _anchor(word) for word in said]
    return next((kind for kind in kinds if kind in ("name", "interval")), "") == "interval"


def _nearest(said: Sequence[str], place: int, kind: str, *, backward: bool) -> str | None:
    """The next word of a kind of anchor, or the one before; the other when there is none on that side."""
    after = next((word for word in said[place + 1 :] if _anchor(word) == kind), None)
    before = next((word for word in reversed(said[:place]) if _anchor(word) == kind), None)
    return (before or after) if backward else (after or before)
