"""Checks of sentences on disc, fovea, side and field."""

from __future__ import annotations

from ...records import Eye
from ..language import Wrong
from .cited import Check, Cited, measured, require, same


def _disc_position(cited: Cited) -> None:
    finding = cited.finding("landmarks")
    disc = finding.points.get("disc")
    if disc is None:
        raise Wrong("the disc was not found")
    same(cited, "x", "int", disc.x)
    same(cited, "y", "int", disc.y)
    same(cited, "diameter", "int", finding.number("disc_diameter"))


def _eye_named(cited: Cited) -> None:
    finding = cited.finding("intake")
    if finding.label != cited.slots["eye"] or cited.slots["source"] not in finding.flags:
        raise Wrong("the eye was not named so")


def _eye_unnamed(cited: Cited) -> None:
    finding = cited.finding("intake")
    if finding.flags or finding.label != Eye.UNKNOWN:
        raise Wrong("the eye was named")


CHECKS: dict[str, tuple[Check, ...]] = {
    "disc_position": (_disc_position,),
    "fovea_distance": (measured("landmarks", "disc_fovea_distance", "distance", "dec2"),),
    "side": (require(lambda c: c.finding("landmarks").label == c.slots["side"], "the landmarks do not say so"),),
    "side_likely": (
        require(lambda c: c.finding("landmarks").label == c.slots["side"], "the landmarks do not say so"),
        require(lambda c: "fovea" not in c.finding("landmarks").points, "the fovea was located"),
    ),
    "field": (require(lambda c: str(c.slots["field"]) in c.finding("landmarks").flags, "the field differs"),),
    "eye_named": (_eye_named,),
    "eye_unnamed": (_eye_unnamed,),
}
