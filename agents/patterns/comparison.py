"""Sentences on two visits of one eye. What differs between two detections is said as just that."""

from __future__ import annotations

from .pattern import INTERPRETATION, MEASUREMENT, OBSERVATION, Pattern

PATTERNS = (
    Pattern("compared_with", OBSERVATION, "the {eye:eye} is compared with its photograph of {date:date}."),
    Pattern("compared_undated", OBSERVATION, "the {eye:eye} is compared with its earlier photograph, whose date is not known."),
    Pattern("no_comparable_field", OBSERVATION, "in the {eye:eye}, no comparable field was found in the photographs of the two visits, so single lesions are not compared."),
    Pattern("lesions_new", MEASUREMENT, "in the {eye:eye}, detected now and not at the earlier visit: {counted}."),
    Pattern("lesions_resolved", MEASUREMENT, "in the {eye:eye}, detected at the earlier visit and not now: {counted}."),
    Pattern("lesions_persisting", MEASUREMENT, "in the {eye:eye}, detected at both visits: {counted}."),
    Pattern("lesions_outside", MEASUREMENT, "in the {eye:eye}, detected where only one of the two photographs shows the retina, and not comparable: {counted}."),
    Pattern("lesions_again", OBSERVATION, "in the {eye:eye}, what was detected at one visit alone ({counted}) may be no change: in other eyes photographed twice, a share of {share:share} of the {lesion:lesion_many} in one photograph had their like in the other."),
    Pattern("lesions_unsure", OBSERVATION, "in the {eye:eye}, what was detected at one visit alone ({counted}) may be no change: by how many two readings of an unchanged eye differ was not measured."),
    Pattern("lesions_then", MEASUREMENT, "in the {eye:eye}, the earlier reading detected {counted}."),
    Pattern("grade_change", INTERPRETATION, "in the {eye:eye}, the ICDR grade was {earlier:int} at the earlier visit and is {later:int} now."),
    Pattern("measure_within", MEASUREMENT, "in the {eye:eye}, the {measure:measure} was {earlier:dec3} at the earlier visit and is {later:dec3} now, within the {limit:dec3} by which photographs of an unchanged eye differ."),
    Pattern("measure_beyond", MEASUREMENT, "in the {eye:eye}, the {measure:measure} was {earlier:dec3} at the earlier visit and is {later:dec3} now, more than the {limit:dec3} by which photographs of an unchanged eye differ."),
)  # fmt: skip
