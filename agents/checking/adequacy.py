"""Checks of sentences on whether a photograph can be read."""

from __future__ import annotations

from ..patterns.words import reasons_text
from .cited import Check, labelled, measured, require

CHECKS: dict[str, tuple[Check, ...]] = {
    "gradable": (labelled("quality", "gradable"), measured("quality", "quality_score", "score", "share")),
    "not_gradable": (
        labelled("quality", "not_gradable"),
        require(lambda c: c.slots["reasons"] == reasons_text(c.finding("quality").flags), "the reasons differ"),
    ),
    "low_quality": (labelled("quality", "not_gradable"), measured("quality", "quality_score", "score", "share")),
    "not_fundus": (
        labelled("quality", "not_a_fundus_photograph"),
        measured("quality", "fundus_probability", "probability", "share"),
    ),
}
