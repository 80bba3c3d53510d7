"""Whether words ask guidelines of a grade as such, and of nothing else: every word of them has to be known."""

from __future__ import annotations

import re
from itertools import pairwise

from ..routing.spelling import corrected
from .about_grade import GRADE, grade_named
from .asked import Span, clause_spans
from .guideline_names import guidelines_named

GRADES = re.compile(GRADE, re.IGNORECASE)
SEVERAL = re.compile(
    r"\bor (?:more|worse|above|higher|graver)\b|\b(?:grade|level|stage)s? ?\d ?(?:,|and|or|to|/|-|&) ?\d", re.IGNORECASE
)
"""Grades that are named by their ends or one after the other: no single statement answers for all."""
_SAY = (
    r"sa(?:y|ys|id)|stat(?:e|es|ed|ements?)|recommend(?:s|ed|ations?)?|advi[sc](?:e|es|ed)|suggest(?:s|ed|ions?)?|want(?:s|ed)?"
    r"|requir(?:e|es|ed)|ask(?:s|ed)?|gives?|given|sets?"
)
_COMPARE = r"differs?|compare[sd]?|(?:dis)?agrees?"
_FOLLOW = (
    r"follow(?:s|ed|-?up)?|refer(?:s|red|rals?)?|recall(?:s|ed)?|seen?|sees|re-?examined?|check(?:ed)?|review(?:ed)?|return|back|wait"
    r"|appointment|visits?|screen(?:ed)?|monitor(?:ed)?|intervals?"
)
_NAMING = r"and|so|then|what(?:['’]?s)?|how|about|for|on|at|in|the|an?|please|[#@]"
_KNOWN = re.compile(
    rf"{_SAY}|{_COMPARE}|{_FOLLOW}|{_NAMING}|which|who|whom|where|when|soon|often|long|quickly|urgent(?:ly)?|early|late|fast|times?"
    r"|days?|weeks?|months?|years?|any(?:thing|one)?|some(?:thing|one|body)|tell|me|(?:an)?other|different|all|each|every|own|our|your"
    r"|report(?:['’]s)?|again|next|up|come|ophthalmologist|doctor|clinic|patients?|person|people|eyes?|cases?|ones?|disease|retinopathy"
    r"|diabetic|npdr|dr|right|left|you|know|exactly|just|currently|now|newest|latest|current|need(?:s|ed)?|happens?"
    r"|do|does|did|would|will|should|shall|must|can|could|may|has|had|have|is|are|was|were|be|been|being|its?|th(?:is|at|ese|ose)|such|there"
    r"|of|with|by|under|per|according|to|from|after|if|once|regarding|my|his|her|their|he|she|they|i|we"
)
"""The words, `#` for a grade and `@` for a guideline, of a clause that asks guidelines of a grade. A clause with another word asks
for something else: a treatment, a test, a reason, what the photograph shows."""
_SAYS, _COMPARES, _FOLLOWS, _WHEN, _GUIDELINE = (
    re.compile(rf"\b(?:{words})\b")
    for words in (_SAY, _COMPARE, _FOLLOW, r"when|how", r"guid(?:elines?|ance)(?:['’]s?)?")
)
_IF = re.compile(
    r"\b(?:what )?(?:if|once|when|suppose|supposing|assuming|assume|say)(?: that)?"
    r"(?: (?:it|this|that|(?:the|this|an|my|his|her)(?: left| right)? eye) (?:is|was|were|has|had|had been|becomes)"
    r"| (?:i|we|you|they|he|she|(?:the |a )?reviewer|someone) (?:grades?|graded|calls?|called|gives?|gave|sets?|change[sd]?|overr(?:ules?|ides?)|sign(?:s|ed)?)"
    r"(?: (?:it|this|the (?:\w+ )?eye))?(?: (?:to|as|for|at))?)?(?: an?)? #"
)
"""A grade that is only supposed."""
_AS_SUCH = re.compile(
    r"\b(?:for|about|on|of|at|with|in|regarding) (?:(?:an?|any|the|this) )?(?:(?:patients?|people|eyes?|cases?|someone|anyone|one) "
    r"(?:with|of|at) (?:an? )?)?#"
)
_OF_THIS_EYE = re.compile(
    r"\b(?:it|this|that|eye|patient|he|she|they) (?:is|was|has|had|are|have) (?:an? )?#"
    r"|\b(?:is|was|are|has|have) (?:it|this|that|(?:the|this|my|his|her|their) (?:\w+ )?(?:eye|patient|case)|he|she|they) (?:at |of |an? )?#"
    r"|\bwhich (?:eye|patient|case|one)\b|^\W*(?:i|we)\b"
)
"""Whether an eye has the grade, or which: no question after a guideline's words on it."""
_WHAT_IF = re.compile(
    r"^\W*(?:and |so |then )?what (?:(?:would )?(?:happens?|follows?) )?(?=(?:if|once|when) )|^\W*(?:and )?what (?:would )?(?:happens?|follows?) (?=(?:at|in|for|from|with|after) )"
)
_NUMBERED = re.compile(r"\b(?:the )?(?:grade|level|stage|it|this) (were|was|is|had been) ([0-4])\b", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"[.?!;\n]")


def asking_of_a_grade(question: str) -> list[Span]:
    """The clause that asks guidelines of a grade, or two that do together ("For severe NPDR, what does ICO say?"); empty where
    there is none, or several."""
    spans = clause_spans(question)
    alone = [span for span in spans if _asks(question[slice(*span)])]
    if len(alone) == 1:
        return alone
    for (begin, middle), (after, end) in pairwise(spans):
        ends = _SENTENCE_ENDS.search(question[middle:after]) and not _IF.search(_marked(question[begin:middle]))
        if not ends and _asks(f"{question[begin:middle]} {question[after:end]}"):
            return [(begin, middle), (after, end)]
    return []


def supposed_grade(question: str) -> list[Span]:
    """The clause that asks what follows a grade that is only supposed, and nothing else; empty where there is none."""
    return [span for span in clause_spans(question) if _supposes(_marked(question[slice(*span)]))][:1]


def _supposes(words: str) -> bool:
    asked = _WHAT_IF.search(words)
    return asked is not None and _only_known(_IF.sub("#", words[asked.start() :]))


def asks_guidelines(clause: str) -> bool:
    """Whether a clause asks guidelines what they say or what follows, names no grade, and asks for nothing else."""
    words = _marked(clause)
    bare = all(re.fullmatch(_NAMING, word) for word in _split(words))
    asks = bare or _SAYS.search(words) or _FOLLOWS.search(words) or _COMPARES.search(words)
    return bool(asks) and "@" in words and "#" not in words and _only_known(words)


def _asks(clause: str) -> bool:
    words = _IF.sub("for #", _marked(clause))
    if not ("#" in words and "@" in words and _only_known(words)) or _OF_THIS_EYE.search(words):
        return False
    if _FOLLOWS.search(words) or _COMPARES.search(words) or all(re.fullmatch(_NAMING, w) for w in _split(words)):
        return True
    return bool(_SAYS.search(words) and _AS_SUCH.search(words)) and not _WHEN.search(words)


def _marked(clause: str) -> str:
    """A clause in small letters and as it is spelt, each grade as `#` and each guideline as `@`."""
    words = GRADES.sub("#", _spelt_out(clause))
    for name in guidelines_named(clause):
        words = re.sub(rf"\b{name}(?:['’]s)?\b", "@", words, flags=re.IGNORECASE)
    return _GUIDELINE.sub("@", corrected(words))


def grades_in(words: str) -> set[int]:
    """The grades that words name."""
    return {grade_named(match) for match in GRADES.finditer(_spelt_out(words))}


def _spelt_out(words: str) -> str:
    """Words in which "the grade were 3" is "it were grade 3"."""
    return _NUMBERED.sub(r"it \1 grade \2", words)


def _only_known(words: str) -> bool:
    return all(_KNOWN.fullmatch(word) for word in _split(words))


def _split(words: str) -> list[str]:
    return re.findall(r"[\w#@'’-]+", words)
