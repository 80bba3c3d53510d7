"""Checks of sentences on the macula."""

from __future__ import annotations

from ..evidence_rules import lesion_counts, surrogate_found
from ..language import Wrong
from .cited import Check, Cited, measured


def exudate_distance(near: bool) -> Check:
    """Hard exudate lies within one disc diameter of the fovea, or none does."""

    def check(cited: Cited) -> None:
        finding = cited.finding("lesions")
        distance = finding.number("nearest_exudate_fovea_distance")
        none_found = lesion_counts(finding).get("EX") == 0
        if near and not surrogate_found(finding):
            raise Wrong("no hard exudate was measured within one disc diameter of the fovea")
        if not near and (surrogate_found(finding) or not (none_found or distance is not None)):
            raise Wrong("the distance to the fovea was not assessed, or is within one disc diameter")

    return check


CHECKS: dict[str, tuple[Check, ...]] = {
    "nearest_exudate": (measured("lesions", "nearest_exudate_fovea_distance", "distance", "dec2"),),
    "exudate_near": (exudate_distance(near=True),),
    "exudate_far": (exudate_distance(near=False),),
    "oedema_probability": (measured("grade", "dme_probability", "probability", "share"),),
}
