"""The rules that are asked before the router, in their order: each answers the words it knows, the router what they leave."""

from __future__ import annotations

from collections.abc import Callable

from .about_experts import about_experts
from .about_grade import not_theirs, premise, probability_of_grade
from .about_photograph import absent_eyes, acquisition, fovea_position
from .about_report import eyes_compared, gaps, limits, review_reasons
from .asked import Asked, Said, left_over, without
from .certainty import certainty
from .definitions import definitions
from .elsewhere import pointed_elsewhere, treatment
from .explain import named_evidence
from .found import found
from .guidelines import named_guidelines
from .plugged import plugged
from .stated import stated, stated_of_signed
from .unlooked import unlooked

Rule = Callable[[str, Asked], Said | None]
RULES: tuple[Rule, ...] = (
    absent_eyes,
    plugged,
    unlooked,
    gaps,
    limits,
    review_reasons,
    named_evidence,
    about_experts,
    definitions,
    stated,
    certainty,
    premise,
    probability_of_grade,
    eyes_compared,
    pointed_elsewhere,
    treatment,
    stated_of_signed,
    not_theirs,
    named_guidelines,
    acquisition,
    fovea_position,
    found,
)


def by_rules(question: str, asked: Asked) -> tuple[list[Said], str]:
    """What the rules say of a question, and what of it is left for the router: all of it where none settles a word."""
    said: list[Said] = []
    left = question
    for rule in RULES:
        settled = rule(left, asked)
        if settled is not None:
            said.append(settled)
            left = without(left, settled.settles)
    return said, question if left == question else left_over(question, left)
