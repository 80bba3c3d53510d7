"""Sentences on what follows."""

from __future__ import annotations

from .pattern import RECOMMENDATION, Pattern

PATTERNS = (
    Pattern("follow", RECOMMENDATION, "what follows: {statement:text} [{key:key}]"),
    Pattern("retake", RECOMMENDATION, "take the photograph of the {eye:eye} again: {advice:text}"),
    Pattern("person_first", RECOMMENDATION, "a qualified person must read the {eye:eye} before any interval is set."),
    Pattern("no_statement", RECOMMENDATION, "no statement was found in {guideline:guideline} for ICDR grade {value:int}."),
    Pattern("superseded", RECOMMENDATION, "the statement of {guideline:guideline} for ICDR grade {value:int} is superseded by [{key:key}]."),
    Pattern("if_oedema", RECOMMENDATION, "if macular oedema is confirmed in the {eye:eye}: {statement:text} [{key:key}]"),
    Pattern("other_guideline", RECOMMENDATION, "by another guideline: {statement:text} [{key:key}]"),
    Pattern("at_least", RECOMMENDATION, "the grade of the {eye:eye} asks for this at the least: {statement:text} [{key:key}]"),
    Pattern("graver_open", RECOMMENDATION, "with 90 % coverage ICDR grade {value:int} is not excluded in the {eye:eye}; were it so: {statement:text} [{key:key}]"),
    Pattern("condition_apart", RECOMMENDATION, "{condition:condition} is flagged in the {eye:eye} and asks for an examination of its own, which no interval for diabetic retinopathy replaces."),
    Pattern("cup_apart", RECOMMENDATION, "the vertical cup-disc ratio of the {eye:eye} is above 0.74 and asks for an examination of its own, which no interval for diabetic retinopathy replaces."),
    Pattern("interval_withheld", RECOMMENDATION, "no interval is named for the {eye:eye}, because {why:why}."),
)  # fmt: skip
