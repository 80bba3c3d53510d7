"""The protocol: which readings a question makes mandatory. Data; a planner may add to it, never take away."""

from __future__ import annotations

import re
from collections.abc import Iterable

FULL_READING = (
    "assess_quality",
    "locate_landmarks",
    "segment_vessels",
    "detect_lesions",
    "grade_retinopathy",
    "segment_disc",
)
"""Every reading makes these, in this order, on every gradable photograph."""
TRIAGE = ("assess_quality", "locate_landmarks")
"""Asked first: they decide whether anything else is worth asking."""

TOPIC_TOOLS: dict[str, tuple[str, ...]] = {
    "quality": ("assess_quality",),
    "landmarks": ("locate_landmarks",),
    "vessels": ("locate_landmarks", "segment_vessels"),
    "lesions": ("locate_landmarks", "detect_lesions"),
    "macula": ("locate_landmarks", "detect_lesions"),
    "grade": ("detect_lesions", "grade_retinopathy"),
    "disc": ("locate_landmarks", "segment_disc"),
    "recommendation": ("detect_lesions", "grade_retinopathy"),
    "literature": (),
}
"""What a question about a topic makes mandatory; triage is always done first."""

TOPIC_WORDS: dict[str, str] = {
    "quality": r"quality|gradable|sharp|blur\w*|focus|retake|exposure",
    "landmarks": r"fovea|laterality|which (?:eye|side)|right or left|left or right|landmarks?|optic disc centre",
    "vessels": r"vessels?|arter\w+|veins?|venules?|vascular|tortuos\w+|calib\w+",
    "lesions": r"lesions?|micro-?aneurysms?|mas?\b|h(?:a)?emorr?hages?|bleed\w*|exudates?|cotton.?wool|spots?|how many|count",
    "macula": r"macula\w*|o?edema|dme|csme|exudates? near",
    "grade": r"grade\w*|grading|severity|stage|retinopathy|icdr|referable|how bad|dr\b",
    "disc": r"disc|cup|cdr|glaucoma\w*|optic nerve",
    "recommendation": r"follow.?s?\b|follow.?up|what next|next|recall|interval|refer\w*|when|how soon|recommend\w*|should|treat\w*",
    "literature": r"guidelines?|evidence|literature|study|studies|trial\w*|source\w*|reference\w*|paper\w*|define\w*|definition|mean\w*|why|what is|what are",
}
"""Words that bring a topic up, tried in this order."""


def topics_of(question: str) -> list[str]:
    """The topics a question brings up, in the protocol's order; empty when none is recognised."""
    text = question.lower()
    return [topic for topic, words in TOPIC_WORDS.items() if re.search(rf"\b(?:{words})", text)]


def mandatory_tools(question: str) -> tuple[str, ...]:
    """The tools a request makes mandatory: all of them for a reading, those of its topics for a question."""
    if not question:
        return FULL_READING
    wanted = {tool for topic in topics_of(question) for tool in TOPIC_TOOLS[topic]}
    return tuple(tool for tool in FULL_READING if tool in wanted or tool in TRIAGE)


def open_items(question: str, photographs: Iterable[str], done: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(tool, photograph reference) pairs that are mandatory and not done yet, in the protocol's order."""
    finished = set(done)
    return [
        (tool, photograph)
        for photograph in photographs
        for tool in mandatory_tools(question)
        if (tool, photograph) not in finished
    ]
