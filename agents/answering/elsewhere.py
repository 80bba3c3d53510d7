"""Requests that something else serves, or nothing here: a letter, plain words, a picture without its overlay, a treatment."""

from __future__ import annotations

import re

from . import replies
from .asked import Asked, Said, Span, clause_spans

_REQUEST = (
    r"(?:^\W*|[,.;]\s*(?:so |and )?|\b(?:please|can (?:you|i|we)|could (?:you|i|we)|want to|like to|how do (?:i|we)) )"
)
"""How a request begins: not every sentence with its verb is one."""
_POINTED = (
    (
        re.compile(
            rf"{_REQUEST}(?:change|correct|overrule|override|amend|edit|set|update|replace)\b[^.?!]*\b(?:grade|report|reading|sentence|claim|it)\b[^.?!]*"
            r"|\bi (?:disagree|do(?:n't| not) agree)\b[^.?!]*|\b(?:sign|accept|reject|approve) (?:the|this|that|it)\b[^.?!]*",
            re.IGNORECASE,
        ),
        replies.REVIEW,
    ),
    (
        re.compile(
            r"^(?!.*\b(?:image|photo\w*|picture|scan)s?\b).*?\b(?:flashes|flashing lights?|(?:new|sudden|many|shower of) floaters|curtain|shadow (?:over|in) (?:my|the|her|his)"
            r"|blurr?(?:y|ed|ing)? (?:vision|sight)|(?:vision|sight|see(?:s|ing)?) (?:\w+ ){0,2}?(?:blurr?\w*|worse|dim)"
            r"|(?:loss of|lost|losing|worse|poor|bad|sudden(?:ly)?|double|distorted) (?:my |her |his |the )?(?:sight|vision)|(?:eye|ocular) pain"
            r"|(?:red|painful|sore) eyes?|pain in (?:my|the|her|his)(?: \w+)? eye|can(?:'t|not| not) see|going blind|go blind|see (?:flashes|spots|wavy))\b",
            re.IGNORECASE,
        ),
        replies.SYMPTOMS,
    ),
    (
        re.compile(
            r"\b(?:write|draft|compose|prepare|generate|create|make|send|print)\b[^.?!]*\bletters?\b[^.?!,;]*"
            r"|\b(?:in|into|using|with) (?:simple|plain|easy|lay|layman'?s?|everyday|simpler) (?:words?|terms?|language|english)\b"
            r"|^(?:please |now |can you |could you )*(?:explain|tell|say)\b[^.?!,;]*\b(?:simply|to (?:the|my|a) patient|like i'?m five)\b"
            r"|\bwhat (?:should|can|do|could) (?:i|we) (?:tell|say to) (?:the|my|this|a) patient\b[^.?!]*"
            r"|\btranslat(?:e|ion)\b[^.?!]*",
            re.IGNORECASE,
        ),
        replies.LETTER,
    ),
    (
        re.compile(
            rf"{_REQUEST}(?:save|export|download|write|print|give|send|store|get|have|make|create|convert)\b[^.?!]*"
            r"\b(?:pdf|html|json|csv|fhir|dicom|files?|formats?|hard copy|on paper)\b[^.?!]*|^\W*(?:save|export|download|print)\b[^.?!]*\breport\b[^.?!]*",
            re.IGNORECASE,
        ),
        replies.FORMATS,
    ),
    (
        re.compile(
            r"\b(?:hide|remove|clear|close|dismiss|get rid of|take (?:away|off)|(?:turn|switch) off|stop (?:showing|drawing)|don'?t (?:show|draw))\b"
            r"[^.?!,;]*\b(?:overlays?|layers?|heat-?maps?|mask|outlines?|marks?|markers?|drawings?|annotations?|circles?|boxes)\b[^.?!,;]*",
            re.IGNORECASE,
        ),
        replies.NOTHING_DRAWN,
    ),
)
"""Requests by the words that ask for them, with what is said to each."""
_TREATMENT = re.compile(
    r"\b(?:needs?|requires?|should|must|has to|have to|start|benefit)\b[^.?!,;]*(?<!before )(?<!before the )(?<!after )(?<!after the )\b(?:treat(?:ment|ments|ed|ing)?|laser|injections?|anti-?vegf"
    r"|surgery|operat(?:ion|ed)|vitrectomy|photocoagulation|therapy)\b|\b(?:which|what) (?:treatment|therapy)\b|\btreatment (?:plan|options?|needed|required)\b",
    re.IGNORECASE,
)


def pointed_elsewhere(question: str, _asked: Asked) -> Said | None:
    """Where a request is served that no answer serves."""
    found = [(match.span(), line) for pattern, line in _POINTED if (match := pattern.search(question)) is not None]
    return Said("report", [span for span, _line in found], notes=[line for _span, line in found]) if found else None


def treatment(question: str, asked: Asked) -> Said | None:
    """That no treatment is decided here, with what follows by the guideline."""
    settles: list[Span] = [
        (begin, end) for begin, end in clause_spans(question) if _TREATMENT.search(question[begin:end]) is not None
    ]
    if not settles:
        return None
    return Said("recommendation", settles, list(asked.report.recommendation.claims), [replies.NO_TREATMENT])
