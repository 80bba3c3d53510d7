"""Sentences on lesions: which, how many, where."""

from __future__ import annotations

from .pattern import INTERPRETATION, MEASUREMENT, Pattern

PATTERNS = (
    Pattern("lesion_count", MEASUREMENT, "in the {eye:eye}, {counted} were detected."),
    Pattern("lesion_count_one", MEASUREMENT, "in the {eye:eye}, {counted} was detected."),
    Pattern("lesion_few", INTERPRETATION, "in the {eye:eye}, {counted} are few enough for all of them to be false alarms."),
    Pattern("lesion_few_one", INTERPRETATION, "in the {eye:eye}, {counted} may be a false alarm."),
    Pattern("lesion_quadrant", MEASUREMENT, "in the {eye:eye}, the {quadrant:quadrant} quadrant holds {counted}."),
    Pattern("lesion_largest", MEASUREMENT, "in the {eye:eye}, the largest {lesion:lesion_one} is {length:dec2} disc diameters across."),
    Pattern("lesion_largest_px", MEASUREMENT, "in the {eye:eye}, the largest {lesion:lesion_one} is {length:int} px across."),
    Pattern("lesion_nearest", MEASUREMENT, "in the {eye:eye}, the centre of the {lesion:lesion_one} nearest to the fovea lies {distance:dec2} disc diameters from it."),
    Pattern("camera_spots", MEASUREMENT, "in the {eye:eye}, {count:int} places like microaneurysms or haemorrhages lie where this camera shows a dark spot in other photographs too; they were taken for dust and not counted."),
    Pattern("camera_spot", MEASUREMENT, "in the {eye:eye}, one place like a microaneurysm or haemorrhage lies where this camera shows a dark spot in other photographs too; it was taken for dust and not counted."),
)  # fmt: skip
