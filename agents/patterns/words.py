"""The words that stand for what findings hold: lesion types, grades, conditions, eyes, reasons to retake."""

from __future__ import annotations

LESION_NAMES = {
    "MA": ("microaneurysm", "microaneurysms"),
    "HE": ("haemorrhage", "haemorrhages"),
    "EX": ("hard exudate", "hard exudates"),
    "SE": ("soft exudate", "soft exudates"),
}
GRADE_NAMES = {
    0: "no apparent retinopathy",
    1: "mild non-proliferative retinopathy",
    2: "moderate non-proliferative retinopathy",
    3: "severe non-proliferative retinopathy",
    4: "proliferative retinopathy",
}
"""ICDR levels [wilkinson2003]."""
CONDITION_NAMES = {
    "normal_fundus": "a normal fundus",
    "glaucoma_suspect": "suspected glaucoma",
    "cataract_or_haze": "cataract or hazy media",
    "age_related_macular_degeneration": "age-related macular degeneration",
    "hypertensive_retinopathy": "hypertensive retinopathy",
    "pathological_myopia": "pathological myopia",
}
"""The conditions expert's measurements in words."""
MEASURE_NAMES = {
    "vessel_density": "share of the field of view that vessels cover",
    "crae": "central retinal arteriolar equivalent in disc diameters",
    "crve": "central retinal venular equivalent in disc diameters",
    "avr": "arteriovenous ratio",
    "vessel_tortuosity": "vessel tortuosity",
    "fractal_dimension": "fractal dimension of the vessels",
    "vertical_cdr": "vertical cup-disc ratio",
}
"""Measures of which two visits are compared in words; the others are in the comparison's record."""
EYE_WORDS = {"right": "right eye", "left": "left eye", "unknown": "eye of unknown side"}
SOURCE_WORDS = {"user": "the user", "dicom": "the file's header", "landmarks": "the position of disc and fovea"}
"""Who names the eye of a photograph."""
WHY_WITHHELD = {
    "no_grade": "it has no grade",
    "contradiction": "its evidence contradicts itself",
    "undecided": "referable retinopathy is neither found nor excluded",
    "oedema": "macular oedema is suspected, which the interval for its grade does not cover",
}
"""Why no interval is named for an eye."""
RETAKE_REASONS = {
    "size": "too small a picture of the retina",
    "focus": "poor focus",
    "illumination": "poor illumination",
    "contrast": "poor contrast",
    "field": "an incomplete field of view",
}


def reasons_text(flags: list[str]) -> str:
    """Quality flags as words, in their fixed order."""
    return ", ".join(words for flag, words in RETAKE_REASONS.items() if flag in flags)
