"""The protocol: which readings a request, or a reading already made, makes mandatory. A planner may add, never take away."""

from __future__ import annotations

from collections.abc import Iterable

from ..experts.registry import plug_in_tools
from ..records.comparison import COMPARE
from .routing import route

FULL_READING = (
    "assess_quality",
    "locate_landmarks",
    "segment_vessels",
    "detect_lesions",
    "grade_retinopathy",
    "segment_disc",
    "screen_conditions",
)
"""Every reading makes these, in this order, on every gradable photograph, as far as their experts are installed, and then
those of the plug-ins."""
TRIAGE = ("assess_quality", "locate_landmarks")
"""Asked first: they decide whether anything else is worth asking."""
NOT_ALONE = {
    "grade_retinopathy": ("detect_lesions",),
    COMPARE: ("segment_vessels", "detect_lesions", "grade_retinopathy"),
}
"""Readings that must not stand alone: a grade is held against the lesions that define it, and visits are compared by what was
read on them."""


def mandatory_tools(question: str, asked: Iterable[str] = ()) -> tuple[str, ...]:
    """The experts' tools that a request makes mandatory: all of them for a reading, those of its intents for a question.

    `asked` are tools already consulted, whoever asked for them: what they must not stand without is mandatory too.
    """
    if not question:
        return (*FULL_READING, *plug_in_tools())
    wanted = {*TRIAGE, *route(question).tools}
    wanted |= {companion for tool in {*wanted, *asked} for companion in NOT_ALONE.get(tool, ())}
    return tuple(tool for tool in FULL_READING if tool in wanted)


def open_items(question: str, photographs: Iterable[str], done: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(tool, photograph reference) pairs that are mandatory and not done yet, in the protocol's order."""
    finished = set(done)
    return [
        (tool, photograph)
        for photograph in photographs
        for tool in mandatory_tools(question, (tool for tool, at in finished if at == photograph))
        if (tool, photograph) not in finished
    ]
