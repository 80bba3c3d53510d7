"""Sentences on each eye in a line, and which eye decides."""

from __future__ import annotations

from .pattern import INTERPRETATION, Pattern

PATTERNS = (
    Pattern("summary", INTERPRETATION, "{eye:eye}: {grade:grade} (ICDR grade {value:int}), referable probability {probability:share}."),
    Pattern("summary_no_grade", INTERPRETATION, "{eye:eye}: no grade was given."),
    Pattern("summary_condition", INTERPRETATION, "{eye:eye}: {condition:condition} is flagged, probability {probability:share}."),
    Pattern("summary_oedema", INTERPRETATION, "{eye:eye}: exudate near the macula's centre, a surrogate for macular oedema, is probable ({probability:share})."),
    Pattern("summary_exudate_few", INTERPRETATION, "{eye:eye}: hard exudate that may be a false alarm was detected within one disc diameter of the fovea, a surrogate for macular oedema."),
    Pattern("summary_exudate", INTERPRETATION, "{eye:eye}: hard exudate was detected within one disc diameter of the fovea, a surrogate for macular oedema."),
    Pattern("summary_drusen", INTERPRETATION, "{eye:eye}: what was taken for hard exudates may be drusen, because {condition:condition} is flagged."),
    Pattern("summary_cup", INTERPRETATION, "{eye:eye}: the vertical cup-disc ratio is {ratio:dec2}, above 0.74, the 97.5th percentile of large discs."),
    Pattern("summary_contradicted", INTERPRETATION, "{eye:eye}: its evidence contradicts itself, so that this reading is not settled."),
    Pattern("worse_eye", INTERPRETATION, "the {eye:eye} has the higher grade and decides what follows."),
    Pattern("same_grade", INTERPRETATION, "both eyes have the same grade."),
    Pattern("worse_eye_reason", INTERPRETATION, "the {eye:eye} decides what follows, with ICDR grade {value:int} against {other:int} in the other eye."),
    Pattern("one_eye_graded", INTERPRETATION, "of the two eyes only the {eye:eye} has a grade."),
    Pattern("undecided", INTERPRETATION, "{eye:eye}: whether the retinopathy is referable is left open, because with 90 % coverage neither can be excluded."),
)  # fmt: skip
