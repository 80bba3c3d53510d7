"""Questions about the experts themselves: how good they are, what they learnt from, which version read the case."""

from __future__ import annotations

import re

from ...experts import expert_names
from ...experts.registry import load_card
from ...records import ExpertCard
from ...records.card import Figure
from . import replies
from .asked import Asked, Said, clause_spans
from .explain import about
from .select import lesion_kinds

MOST_FIGURES = 6
_OUR_MODELS = (
    r"(?:the|this|these|its?|that|your|our) (?:\w+ ){0,2}?(?:models?|experts?|networks?|algorithms?|grader|segmenter|detectors?|software|program"
    r"|system|ai|tool|grading|segmentation|detection|screening)"
)
_GOOD = re.compile(
    r"\bhow (?:accurate(?:ly)?|precise(?:ly)?)\b|\b(?:sensitivity|specificity|accuracy|auc|kappa|dice|performance|calibration error"
    r"|false (?:positive|negative|alarm)s? rates?|error rates?)\b"
    rf"|\bhow (?:good|well) (?:are you (?:at|in)\b|(?:is|are|does|do|did) (?:you|{_OUR_MODELS})\b(?! (?:see|read the)))"
    r"|\bhow often (?:is|are|do|does) \w+(?: \w+)? (?:right|wrong|correct|mistaken|err|miss|fail)\b",
    re.IGNORECASE,
)
_METRICS = frozenset({"sensitivity", "specificity", "auc", "kappa", "dice", "calibration", "false"})
"""Words for a measure of which cards have rows."""
_LEARNT = re.compile(
    r"\b(?:training (?:data|sets?|photo(?:graph)?s|images)|trained (?:on|with|from)|learn(?:ed|t) (?:on|from))\b[^.?!]*",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"\b(?:which|what) (?:model |software |expert )?versions?\b(?! of (?:\w+ ){0,3}?(?:guidelines?|report|literature)\b)",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"\b(?:medical device|(?:fda|ce)[- ](?:approv\w+|clear\w+|mark\w*|certifi\w+)|approved (?:by|for|as)|certified|regulatory|cleared by)\b[^.?!]*",
    re.IGNORECASE,
)
_OURS = re.compile(rf"\b(?:you|your|yours)\b|\b{_OUR_MODELS}\b", re.IGNORECASE)
_THIS = re.compile(rf"\b(?:you|your|this|it|fundoscope|{_OUR_MODELS})\b", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?<=\s)(?!(?:AUC|DR|MA|HE|EX|SE|ICDR|I)\b)[A-Z]")
"""A name of somebody else's work."""
_SHORT = 6
"""Words up to which a question that names no source asks for the experts of this case."""
_EXPERT_OF = {"macula": "grade", "recommendation": "grade"}
"""Subjects whose expert bears another name."""


def about_experts(question: str, asked: Asked) -> Said | None:
    """Figures, training data or version from the card of the expert a question is about; whether this is a medical device."""
    for span in clause_spans(question):
        clause = question[slice(*span)]
        if _DEVICE.search(clause) is not None and _THIS.search(clause) is not None:
            return Said("report", [span], notes=[asked.report.disclaimer])
        if _VERSION.search(clause) is not None:
            return Said("explain", [span], notes=_versions(asked))
        told = _of_card(clause)
        if told:
            return Said("explain", [span], notes=told)
    return None


def _of_card(clause: str) -> list[str]:
    """What a clause asks of an expert's card; nothing where it asks for nothing of that, or of somebody else's work."""
    lines = _learnt if _LEARNT.search(clause) is not None else _figures if _GOOD.search(clause) is not None else None
    card = _card(clause) if lines is not None and _ours(clause) else None
    told = [] if lines is None or card is None else lines(card, clause)
    return [*told, replies.CARD.format(name=card.name)] if told and card is not None else []


def _ours(clause: str) -> bool:
    short = len(clause.split()) <= _SHORT and _ELSEWHERE.search(clause) is None
    return short or _OURS.search(clause) is not None


def _card(question: str) -> ExpertCard | None:
    """The card of the expert a question names or whose subject it names; the grading model's where it names none."""
    names = expert_names()
    named = next((name for name in names if re.search(rf"\b{name}\b", question, re.IGNORECASE)), None)
    subject = about(question)
    if named is None and (lesion_kinds(question) or re.search(r"\blesion", question, re.IGNORECASE)):
        named = "lesions"
    chosen = named or _EXPERT_OF.get(subject, subject)
    return load_card(chosen) if chosen in names else None


def _figures(card: ExpertCard, question: str) -> list[str]:
    """The first figures of a card: of those that a question names by measure, data or lesion type, where there are any."""
    words, kinds = set(re.findall(r"[a-z]{3,}", question.lower())), lesion_kinds(question)
    figures = card.figures
    for named in (
        [f for f in figures if words & _METRICS & set(f.metric.lower().split())],
        [f for f in figures if kinds & set(f.metric.split())],
        [f for f in figures if words & set(re.findall(r"[a-z]{5,}", f.data.lower()))],
    ):
        figures = [f for f in figures if f in named] or figures
    return [_line(card, figure) for figure in figures[:MOST_FIGURES]]


def _line(card: ExpertCard, figure: Figure) -> str:
    between = "" if figure.interval is None else f" ({figure.interval[0]:.3f} to {figure.interval[1]:.3f})"
    return f"{card.name} {card.version}, {figure.metric}: {figure.value:.3f}{between}, {figure.data}."


def _learnt(card: ExpertCard, _question: str) -> list[str]:
    return [
        f"{card.name} {card.version} learnt from {data.name}: {data.photographs} photographs."
        for data in card.trained_on
    ]


def _versions(asked: Asked) -> list[str]:
    """The version and weights of each expert that read the case."""
    read = {
        entry.finding.expert: f"{entry.finding.expert} {entry.finding.version}, weights {entry.finding.weights_sha256[:12]}."
        for entry in asked.report.evidence
        if entry.finding is not None
    }
    return list(read.values())
