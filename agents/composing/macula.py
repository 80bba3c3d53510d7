"""Step macula: the macula."""

from __future__ import annotations

from ..evidence_rules import lesion_counts, surrogate_found
from .eye import EyeWriter


def write_macula(writer: EyeWriter) -> None:
    """The macula."""
    grade, lesions = writer.finding("grade"), writer.finding("lesions")
    probability = None if grade is None else grade.number("dme_probability")
    if probability is not None:
        writer.say("macula", "oedema_probability", "grade", probability=probability)
    if lesions is None:
        return
    distance = lesions.number("nearest_exudate_fovea_distance")
    if distance is not None:
        writer.say("macula", "nearest_exudate", "lesions", distance=distance)
        near = surrogate_found(lesions)
        writer.say("macula", "exudate_near" if near else "exudate_far", "lesions")
        if near:
            writer.cite("macula", "macula")
    elif lesion_counts(lesions)["EX"] == 0 and _fovea_located(writer):
        writer.say("macula", "exudate_far", "lesions")


def _fovea_located(writer: EyeWriter) -> bool:
    landmarks = writer.finding("landmarks")
    return landmarks is not None and "fovea" in landmarks.points
