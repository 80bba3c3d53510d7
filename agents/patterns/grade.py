"""Sentences on the grade, its probability, and what the lesions mean by the scale."""

from __future__ import annotations

from .pattern import INTERPRETATION, Pattern

PATTERNS = (
    Pattern("grade", INTERPRETATION, "the grading model reads the {eye:eye} as {grade:grade} (ICDR grade {value:int}), probability {probability:dec2}."),
    Pattern("referable", INTERPRETATION, "the probability of referable retinopathy (ICDR grade 2 or more) in the {eye:eye} is {probability:dec2}."),
    Pattern("conformal_set", INTERPRETATION, "with 90 % coverage, the ICDR grade of the {eye:eye} is among {set:set}."),
    Pattern("lesions_mean_none", INTERPRETATION, "in the {eye:eye}, none of the lesion types that were looked for was detected, which agrees with ICDR grade 0."),
    Pattern("lesions_mean_mild", INTERPRETATION, "in the {eye:eye}, microaneurysms are the only lesions detected, which is the definition of ICDR grade 1."),
    Pattern("lesions_mean_more", INTERPRETATION, "in the {eye:eye}, lesions other than microaneurysms were detected, which is more than ICDR grade 1."),
)  # fmt: skip
