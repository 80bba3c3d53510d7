"""Checks of sentences on the optic disc."""

from __future__ import annotations

from ..evidence_rules import CDR_LARGE_DISCS, CDR_SMALL_DISCS, cup_size
from ..language import Wrong
from .cited import Check, Cited, measured

LIMITS_KEY = "crowston2004"
"""The source of the limits."""


def cup(wanted: str) -> Check:
    """The ratio is of this size (`cup_size`), by the limits of the cited passage."""

    def check(cited: Cited) -> None:
        ratio, passage = cited.finding("disc").number("vertical_cdr"), cited.passage()
        if ratio is None or cup_size(ratio) != wanted:
            raise Wrong("the ratio does not say so")
        limits = (f"{CDR_SMALL_DISCS:.2f}", f"{CDR_LARGE_DISCS:.2f}")
        if LIMITS_KEY not in passage.references or any(limit not in passage.text for limit in limits):
            raise Wrong("the cited passage does not give these limits", unsupported=True)

    return check


CHECKS: dict[str, tuple[Check, ...]] = {
    "cup_disc_ratio": (measured("disc", "vertical_cdr", "ratio", "dec2"),),
    "cdr_within": (cup("within"),),
    "cdr_between": (cup("between"),),
    "cdr_above": (cup("above"),),
}
