"""What is said of a report in flat lists."""

from __future__ import annotations

from fundoscope.formats.said import Absence, absences
from fundoscope.records import Eye
from fundoscope.records.report import NotAssessed

NARROW = "the field of view is too narrow"


def test_what_was_not_assessed_is_told_once_by_reason(two_eyes):
    missing = [
        NotAssessed(subject=subject, reason=NARROW, eye=eye)
        for eye in (Eye.RIGHT, Eye.LEFT)
        for subject in ("lesion count MA", "lesion area MA", "lesion count MA inferonasal", "avr")
    ]
    missing.append(NotAssessed(subject="crae", reason=NARROW, eye=Eye.LEFT))
    missing.append(NotAssessed(subject="other conditions", reason="no expert is installed"))
    assert absences(two_eyes.report.model_copy(update={"not_assessed": missing[:-2]})) == [
        Absence("Right eye and left eye", "Lesion count MA, lesion area MA, AVR", NARROW)
    ]
    assert absences(two_eyes.report.model_copy(update={"not_assessed": missing})) == [
        Absence("Right eye", "Lesion count MA, lesion area MA, AVR", NARROW),
        Absence("Left eye", "Lesion count MA, lesion area MA, AVR, CRAE", NARROW),
        Absence("", "Other conditions", "no expert is installed"),
    ]
