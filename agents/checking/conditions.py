"""Checks of sentences on other conditions."""

from __future__ import annotations

from .cited import Check, Cited, require, same


def _condition(cited: Cited) -> None:
    same(cited, "probability", "share", cited.finding("conditions").number(str(cited.slots["condition"])))


def _threshold(cited: Cited) -> None:
    measurement = cited.finding("conditions").measurement(str(cited.slots["condition"]))
    same(cited, "threshold", "dec2", None if measurement is None else measurement.flagged_from)


def _nothing_flagged(cited: Cited) -> bool:
    finding = cited.finding("conditions")
    return not finding.flags and any(m.value is not None for m in finding.measurements)


flagged = require(lambda c: c.slots["condition"] in c.finding("conditions").flags, "the condition is not flagged")

CHECKS: dict[str, tuple[Check, ...]] = {
    "condition": (_condition,),
    "condition_flagged": (flagged,),
    "condition_reaches": (flagged, _threshold),
    "summary_condition": (flagged, _condition),
    "no_condition_flagged": (require(_nothing_flagged, "the conditions expert does not say so"),),
}
