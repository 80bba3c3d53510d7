"""Checks of sentences on lesions."""

from __future__ import annotations

from .cited import Check, Cited, same


def _lesion_count(cited: Cited) -> None:
    kind = str(cited.slots["lesion"])
    same(cited, "count", "int", cited.finding("lesions").number(f"lesion_count_{kind}"))


def _lesion_quadrant(cited: Cited) -> None:
    name = f"lesion_count_{cited.slots['lesion']}_{cited.slots['quadrant']}"
    same(cited, "count", "int", cited.finding("lesions").number(name))


CHECKS: dict[str, tuple[Check, ...]] = {
    "lesion_count": (_lesion_count,),
    "lesion_count_one": (_lesion_count,),
    "lesion_quadrant": (_lesion_quadrant,),
}
