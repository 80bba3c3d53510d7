"""Sentences on the macula and the photographic surrogate of its oedema."""

from __future__ import annotations

from .pattern import INTERPRETATION, MEASUREMENT, Pattern

PATTERNS = (
    Pattern("nearest_exudate", MEASUREMENT, "in the {eye:eye}, the hard exudate nearest to the fovea lies {distance:dec2} disc diameters from it."),
    Pattern("exudate_near", INTERPRETATION, "in the {eye:eye}, hard exudate within one disc diameter of the fovea is a photographic surrogate for macular oedema, not a diagnosis of it."),
    Pattern("exudate_far", INTERPRETATION, "in the {eye:eye}, no hard exudate was detected within one disc diameter of the fovea."),
    Pattern("oedema_probability", INTERPRETATION, "in the {eye:eye}, the probability of exudate near the macula's centre, a surrogate for macular oedema, is {probability:share}."),
)  # fmt: skip
