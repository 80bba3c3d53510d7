"""Checks of sentences on lesions."""

from __future__ import annotations

from ...records import Finding
from ..evidence_rules import ON_CAMERA_SPOTS, few, largest_lesion, lesion_counts, nearest_lesion
from ..language import Wrong
from .cited import Check, Cited, same


def _lesion_count(cited: Cited) -> None:
    kind = str(cited.slots["lesion"])
    same(cited, "count", "int", cited.finding("lesions").number(f"lesion_count_{kind}"))


def _few(cited: Cited) -> None:
    kind, lesions = str(cited.slots["lesion"]), cited.finding("lesions")
    same(cited, "count", "int", lesion_counts(lesions).get(kind))
    if kind not in few(lesions):
        raise Wrong("the count's interval does not reach down to none")


def _lesion_quadrant(cited: Cited) -> None:
    name = f"lesion_count_{cited.slots['lesion']}_{cited.slots['quadrant']}"
    same(cited, "count", "int", cited.finding("lesions").number(name))


def _counted(cited: Cited) -> Finding:
    """The lesion finding, in which the type was counted and found. Raises Wrong."""
    finding = cited.finding("lesions")
    if not lesion_counts(finding).get(str(cited.slots["lesion"])):
        raise Wrong("no such lesion was detected, or they were not assessed")
    return finding


def _largest_dd(cited: Cited) -> None:
    longest = largest_lesion(_counted(cited), str(cited.slots["lesion"]))
    diameter = cited.finding("landmarks").number("disc_diameter")
    if longest is None or not diameter:
        raise Wrong("its size was not assessed")
    same(cited, "length", "dec2", longest / diameter)


def _largest_px(cited: Cited) -> None:
    same(cited, "length", "int", largest_lesion(_counted(cited), str(cited.slots["lesion"])))


def _nearest(cited: Cited) -> None:
    same(cited, "distance", "dec2", nearest_lesion(_counted(cited), str(cited.slots["lesion"])))


def _camera_spots(cited: Cited) -> None:
    same(cited, "count", "int", cited.finding("lesions").number(ON_CAMERA_SPOTS))


def _camera_spot(cited: Cited) -> None:
    if cited.finding("lesions").number(ON_CAMERA_SPOTS) != 1:
        raise Wrong("it is not one place that was left out")


CHECKS: dict[str, tuple[Check, ...]] = {
    "lesion_count": (_lesion_count,),
    "lesion_count_one": (_lesion_count,),
    "lesion_few": (_few,),
    "lesion_few_one": (_few,),
    "lesion_quadrant": (_lesion_quadrant,),
    "lesion_largest": (_largest_dd,),
    "lesion_largest_px": (_largest_px,),
    "lesion_nearest": (_nearest,),
    "camera_spots": (_camera_spots,),
    "camera_spot": (_camera_spot,),
}
