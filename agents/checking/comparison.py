"""Checks of sentences on two visits of one eye."""

from __future__ import annotations

from ...records.comparison import COMPARE
from ..language import Wrong
from .cited import Check, Cited, labelled, measured, require, same


def _counted(*names: str) -> Check:
    """The lesions of a type are the sum of these measurements of the comparison."""

    def check(cited: Cited) -> None:
        finding, kind = cited.finding(COMPARE), cited.slots["lesion"]
        counts = [finding.number(f"{name}_{kind}") for name in names]
        same(cited, "count", "int", None if None in counts else sum(count or 0 for count in counts))

    return check


def _again(cited: Cited) -> None:
    share = cited.finding(COMPARE).number(f"detected_again_{cited.slots['lesion']}")
    same(cited, "share", "share", share)


def _measure(beyond: bool) -> Check:
    def check(cited: Cited) -> None:
        finding, name = cited.finding(COMPARE), cited.slots["measure"]
        then, now = finding.number(f"earlier_{name}"), finding.number(f"later_{name}")
        limit = finding.number(f"repeatability_{name}")
        for slot, value in (("earlier", then), ("later", now), ("limit", limit)):
            same(cited, slot, "dec3", value)
        if then is not None and now is not None and limit is not None and (abs(now - then) > limit) is not beyond:
            raise Wrong("the change and what an unchanged eye differs by do not say so")

    return check


CHECKS: dict[str, tuple[Check, ...]] = {
    "compared_with": (require(lambda c: c.slots["date"] in c.finding(COMPARE).flags, "the date differs"),),
    "compared_undated": (require(lambda c: not c.finding(COMPARE).flags, "the date is known"),),
    "no_comparable_field": (labelled(COMPARE, "no_comparable_field"),),
    "lesions_new": (_counted("new"),),
    "lesions_resolved": (_counted("resolved"),),
    "lesions_persisting": (_counted("persisting"),),
    "lesions_outside": (_counted("not_comparable_then", "not_comparable_now"),),
    "lesions_again": (
        _counted("new", "resolved"),
        require(lambda c: bool(c.slots["count"]), "no lesion was detected at one visit alone"),
        _again,
    ),
    "lesions_unsure": (
        _counted("new", "resolved"),
        require(lambda c: bool(c.slots["count"]), "no lesion was detected at one visit alone"),
        require(lambda c: c.finding(COMPARE).number(f"detected_again_{c.slots['lesion']}") is None, "it was measured"),
    ),
    "lesions_then": (_counted("earlier_count"),),
    "grade_change": (
        measured(COMPARE, "earlier_grade", "earlier", "int"),
        measured(COMPARE, "later_grade", "later", "int"),
    ),
    "measure_within": (_measure(beyond=False),),
    "measure_beyond": (_measure(beyond=True),),
}
