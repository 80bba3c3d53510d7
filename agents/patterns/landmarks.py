"""Sentences on disc, fovea, side and field."""

from __future__ import annotations

from .pattern import INTERPRETATION, MEASUREMENT, OBSERVATION, Pattern

PATTERNS = (
    Pattern("disc_position", MEASUREMENT, "in the {eye:eye}, the optic disc is centred at x {x:int}, y {y:int} px and is {diameter:int} px across."),
    Pattern("fovea_distance", MEASUREMENT, "in the {eye:eye}, the fovea lies {distance:dec2} disc diameters from the centre of the disc."),
    Pattern("side", OBSERVATION, "disc and fovea lie as in a {side:side} eye."),
    Pattern("side_likely", INTERPRETATION, "the disc and the likely places of the fovea, which was not located, lie as in a {side:side} eye."),
    Pattern("field", OBSERVATION, "the photograph of the {eye:eye} is {field:field}."),
    Pattern("eye_named", INTERPRETATION, "the photograph is of the {eye:eye} according to {source:source}."),
    Pattern("eye_unnamed", INTERPRETATION, "neither the user nor the file's header nor the landmarks say of which eye the photograph is."),
)  # fmt: skip
