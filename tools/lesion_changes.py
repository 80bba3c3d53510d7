"""Lesions of two visits matched by place.

Two detections that differ are no proof that the eye does: a lesion is detected now and not then, not "new".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..imaging.registration import Registration, Sight
from ..records import Comparison, Finding, Region
from ..records.comparison import Change, LesionChange, LesionTally

NAMES = {"MA": "microaneurysms", "HE": "haemorrhages", "EX": "hard exudates", "SE": "soft exudates"}
KINDS = tuple(NAMES)
RED = frozenset({"MA", "HE"})
"""Detectors take one for the other, so that either may be what the other was."""
NEAR_DD = 0.06
"""Besides the registration's error, how far apart two outlines may lie and still be of one lesion: about four of the lesion
expert's working pixels."""

Findings = Mapping[str, Finding]


def count_of(findings: Findings, kind: str) -> int | None:
    """Lesions of a type on the whole photograph; None when they were not assessed."""
    lesions = findings.get("lesions")
    count = None if lesions is None else lesions.number(f"lesion_count_{kind}")
    return None if count is None else int(count)


@dataclass(frozen=True)
class _Place:
    """A region seen in later photograph pixels: centre, half its longer side, and whether both photographs show it."""

    region: Region
    x: float
    y: float
    half: float
    shared: bool


def match_lesions(
    comparison: Comparison, found: Registration, sights: tuple[Sight, Sight], earlier: Findings, later: Findings
) -> None:
    """Say of each lesion of either visit what became of it, into the comparison. `sights` are of the two photographs."""
    first, second = sights
    scale = math.sqrt(abs(float(np.linalg.det(found.matrix[:, :2])))) if found.matrix is not None else 1.0
    unit = second.disc_diameter or first.unit * scale
    reach = ((found.error_dd or 0.0) + NEAR_DD) * unit
    then = [_then(r, found, scale, second) for r in _regions(earlier)]
    now = [_now(r, found, first) for r in _regions(later)]
    for kind in KINDS:
        if count_of(earlier, kind) is None or count_of(later, kind) is None:
            comparison.not_comparable.append(f"{NAMES[kind]}: not assessed at both visits")
            continue
        if kind in RED and _dust(earlier) != _dust(later):
            comparison.not_comparable.append(
                f"{NAMES[kind]}: at one visit alone some were left out as dust of the camera"
            )
            continue
        changes = [*_changes(kind, now, then, reach, Change.NEW), *_changes(kind, then, now, reach, Change.RESOLVED)]
        comparison.lesions += changes
        comparison.tallies[kind] = LesionTally(
            new=sum(c.change is Change.NEW for c in changes),
            resolved=sum(c.change is Change.RESOLVED for c in changes),
            persisting=sum(c.change is Change.PERSISTING for c in changes),
            not_comparable_then=sum(c.change is Change.NOT_COMPARABLE and c.later is None for c in changes),
            not_comparable_now=sum(c.change is Change.NOT_COMPARABLE and c.earlier is None for c in changes),
        )


def _dust(findings: Findings) -> bool:
    """Whether red lesions were left out on the camera's dark spots."""
    return bool("lesions" in findings and findings["lesions"].number("on_camera_spots"))


def _regions(findings: Findings) -> Sequence[Region]:
    return findings["lesions"].regions if "lesions" in findings else []


def _then(region: Region, found: Registration, scale: float, second: Sight) -> _Place:
    x, y = found.to_later(region.x + region.width / 2, region.y + region.height / 2)
    return _Place(region, x, y, max(region.width, region.height) / 2 * scale, _within(second, x, y))


def _now(region: Region, found: Registration, first: Sight) -> _Place:
    x, y = region.x + region.width / 2, region.y + region.height / 2
    half = max(region.width, region.height) / 2
    return _Place(region, x, y, half, _within(first, *found.to_earlier(x, y)))


def _within(sight: Sight, x: float, y: float) -> bool:
    """Whether a place of a photograph lies in its field of view."""
    u, v = sight.frame.from_photograph(x, y)
    column, row = math.floor(u), math.floor(v)
    inside = 0 <= column < sight.frame.width and 0 <= row < sight.frame.height
    return inside and bool(sight.field[row, column])


def _changes(
    kind: str, own: Iterable[_Place], others: Sequence[_Place], reach: float, alone: Change
) -> list[LesionChange]:
    """What became of one visit's lesions of a kind; those of both visits are listed once, with the later."""
    changes = []
    alike = [o for o in others if o.region.kind == kind or {o.region.kind, kind} <= RED]
    for place in own:
        if place.region.kind != kind:
            continue
        partner = _nearest(place, alike, reach)
        if partner is not None and alone is Change.RESOLVED:
            continue
        change = Change.PERSISTING if partner is not None else alone if place.shared else Change.NOT_COMPARABLE
        matched = None if partner is None else partner.region
        now, then = (place.region, matched) if alone is Change.NEW else (None, place.region)
        changes.append(
            LesionChange(kind=kind, change=change, x=round(place.x, 2), y=round(place.y, 2), earlier=then, later=now)
        )
    return changes


def _nearest(place: _Place, others: Sequence[_Place], reach: float) -> _Place | None:
    """The nearest of the others whose outline comes within reach."""
    gaps = [(math.hypot(o.x - place.x, o.y - place.y) - o.half - place.half, at) for at, o in enumerate(others)]
    nearest = min(gaps, default=None)
    return others[nearest[1]] if nearest is not None and nearest[0] <= reach else None
