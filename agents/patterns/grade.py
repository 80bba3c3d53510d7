"""Sentences on the grade, its probability, and what the lesions mean by the scale."""

from __future__ import annotations

from .pattern import INTERPRETATION, Pattern

PATTERNS = (
    Pattern("grade", INTERPRETATION, "the grading model reads the {eye:eye} as {grade:grade} (ICDR grade {value:int}), probability {probability:share}."),
    Pattern("referable", INTERPRETATION, "the probability of referable retinopathy (ICDR grade 2 or more) in the {eye:eye} is {probability:share}."),
    Pattern("conformal_set", INTERPRETATION, "with 90 % coverage, the ICDR grade of the {eye:eye} is among {set:set}."),
    Pattern("conformal_one", INTERPRETATION, "with 90 % coverage, no ICDR grade of the {eye:eye} but {value:int} is left."),
    Pattern("grade_middle", INTERPRETATION, "in the {eye:eye}, ICDR grade {value:int} is the middle of the five probabilities; grade {likeliest:int} by itself is the likeliest, with {probability:share}."),
    Pattern("lesions_mean_none", INTERPRETATION, "in the {eye:eye}, none of the lesion types that were looked for was detected, which agrees with ICDR grade 0."),
    Pattern("lesions_mean_mild", INTERPRETATION, "in the {eye:eye}, microaneurysms are the only lesions detected, which is the definition of ICDR grade 1."),
    Pattern("lesions_mean_more", INTERPRETATION, "in the {eye:eye}, lesions other than microaneurysms were detected, which is more than ICDR grade 1."),
    Pattern("probability_above", INTERPRETATION, "the grading model gives ICDR grade {value:int}, the next above, a probability of {probability:share} in the {eye:eye}."),
    Pattern("criterion_lesions", INTERPRETATION, "in the {eye:eye}, {counted} meet the criterion of ICDR grade 2 or more, more than microaneurysms alone."),
    Pattern("criterion_lesion", INTERPRETATION, "in the {eye:eye}, {counted} meets the criterion of ICDR grade 2 or more, more than microaneurysms alone."),
    Pattern("model_alone", INTERPRETATION, "in the {eye:eye}, ICDR grade {value:int} rests on the grading model alone; no measurement here meets its definition."),
    Pattern("model_uncounted", INTERPRETATION, "in the {eye:eye}, ICDR grade {value:int} rests on the grading model alone; lesions that define it were not counted."),
    Pattern("needs_microaneurysms", INTERPRETATION, "in the {eye:eye}, ICDR grade 1 would need microaneurysms, and none was detected."),
    Pattern("needs_more", INTERPRETATION, "in the {eye:eye}, ICDR grade 2 would need more than microaneurysms, and no haemorrhage and no exudate was detected."),
    Pattern("lesions_uncounted", INTERPRETATION, "in the {eye:eye}, {lesion:lesion_many} were not counted, so the criterion of ICDR grade {value:int} was not fully assessed."),
    Pattern("four_quadrants_unmet", INTERPRETATION, "in the {eye:eye}, {quadrants:int} of four quadrants hold more than 20 haemorrhages; by that criterion ICDR grade 3 would need all four."),
    Pattern("four_quadrants_met", INTERPRETATION, "in the {eye:eye}, all four quadrants hold more than 20 haemorrhages, which is a criterion of ICDR grade 3."),
    Pattern("four_quadrants_unknown", INTERPRETATION, "in the {eye:eye}, haemorrhages were not counted by quadrant, so that criterion of ICDR grade 3 was not assessed."),
    Pattern("severe_signs_unknown", INTERPRETATION, "in the {eye:eye}, venous beading and IRMA, either of which can make it ICDR grade 3, were not assessed."),
    Pattern("proliferative_signs_unknown", INTERPRETATION, "in the {eye:eye}, neovascularisation, which makes it ICDR grade 4, was not assessed."),
)  # fmt: skip
