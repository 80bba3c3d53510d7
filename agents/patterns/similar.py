"""Sentences on kept cases that are alike."""

from __future__ import annotations

from .pattern import OBSERVATION, Pattern

PATTERNS = (
    Pattern("similar_case", OBSERVATION, "similar case {place:int} to the {eye:eye} is {case:case}, with confirmed ICDR grade {value:int} (similarity {similarity:dec2})."),
)  # fmt: skip
