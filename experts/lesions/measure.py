"""From maps or boxes to regions, and from regions to counts, areas and distances."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...imaging import FieldOfView, Frame
from ...records import QUADRANTS, Finding, Measurement, Region
from .anatomy import NO_DIAMETER, NO_LANDMARKS, Anatomy
from .components import components
from .network import KINDS
from .outline import Outline

NAMES = {"MA": "microaneurysms", "HE": "haemorrhages", "EX": "hard exudates", "SE": "soft exudates"}
LEAST_FIELD = 400
"""Fields of view narrower than this many photograph pixels do not show lesions well enough for them to be counted: on the ten
held-out photographs made smaller, weights that had not seen them keep at least nine tenths of their F1 down to here."""
NOT_LEARNT = 1.0
"""The detector's threshold of a kind that it found nowhere on the photographs its thresholds were chosen on."""
UNLEARNT = {
    "neovascularisation": "no labelled photographs to learn from",
    "IRMA": "no labelled photographs to learn from",
    "venous_beading": "no labelled photographs to learn from",
}
"""Signs that a reader would look for and this expert cannot."""


def unseen_kinds(field: FieldOfView) -> dict[str, str]:
    """The kinds that cannot be counted in a field of view, and why."""
    reason = field.why_unreadable(LEAST_FIELD)
    if reason is None:
        return {}
    return {kind: reason if field.blank else f"{reason}; {NAMES[kind]} need {LEAST_FIELD}" for kind in KINDS}


def regions_from_maps(
    maps: NDArray[np.float32], frame: Frame, thresholds: Mapping[str, float], anatomy: Anatomy
) -> list[Region]:
    """Components of the maps (4, h, w) over their kind's threshold and least area (`KIND`, `KIND_least_area`)."""
    found = []
    for channel, kind in enumerate(KINDS):
        plane = maps[channel]
        least = int(thresholds[f"{kind}_least_area"])
        for c in components(plane >= thresholds[kind], plane, least)[0]:
            box = (c.columns.start, c.rows.start, c.columns.stop, c.rows.stop)
            found.append(_region(kind, box, (c.x, c.y), c.area, c.peak, frame, anatomy))
    return found


def regions_of(finding: Finding, thresholds: Mapping[str, float]) -> list[Region]:
    """The same of a finding's own maps, without quadrants and distances."""
    planes = [finding.working_map(kind) for kind in KINDS]
    return regions_from_maps(np.stack([plane for plane, _ in planes]), planes[0][1], thresholds, Anatomy())


def regions_from_boxes(
    outlined: Sequence[Outline], allowed: NDArray[np.bool_], frame: Frame, anatomy: Anatomy
) -> list[Region]:
    """Boxes with the area of what they outline in `allowed` (h, w)."""
    found = []
    for one in outlined:
        b = one.box
        centre = ((b.left + b.right) / 2, (b.top + b.bottom) / 2)
        box = (b.left, b.top, b.right, b.bottom)
        found.append(_region(b.kind, box, centre, one.area(allowed), b.score, frame, anatomy))
    return found


def _region(
    kind: str,
    box: tuple[float, float, float, float],
    centre: tuple[float, float],
    area: float,
    score: float,
    frame: Frame,
    anatomy: Anatomy,
) -> Region:
    left, top = frame.to_photograph(box[0], box[1])
    x, y = frame.to_photograph(*centre)
    distance = anatomy.fovea_distance(x, y)
    return Region(
        kind=kind,
        x=round(left, 2),
        y=round(top, 2),
        width=round((box[2] - box[0]) * frame.scale, 2),
        height=round((box[3] - box[1]) * frame.scale, 2),
        area=round(area * frame.scale**2, 1),
        score=round(float(score), 4),
        quadrant=anatomy.quadrant(x, y),
        fovea_distance_dd=None if distance is None else round(distance, 3),
    )


def measurements(
    regions: Sequence[Region],
    anatomy: Anatomy,
    exudate_distance: float | None,
    unseen: Mapping[str, str] | None = None,
    factors: Mapping[str, tuple[float, float]] | None = None,
    blanks: Mapping[str, int] | None = None,
    dust: Sequence[Region] = (),
) -> list[Measurement]:
    """Counts, areas, counts by quadrant, the nearest exudate, and what is never assessed.

    `exudate_distance`: disc diameters from the fovea to the nearest hard exudate, None when it could not be told.
    `unseen`: kinds that are not assessed, with the reason. `factors`: by kind, between which multiples of
    (counted + 1) the true (count + 1) lies. `blanks`: by kind, up to how many are counted in most eyes without retinopathy.
    `dust`: what was left out on the camera's spots; the intervals reach up to where they would if it had been counted.
    """
    unseen, factors, blanks = unseen or {}, factors or {}, blanks or {}
    made: list[Measurement] = []
    for kind in KINDS:
        if kind in unseen:
            made.append(Measurement.not_assessed(f"lesion_count_{kind}", unseen[kind], "count"))
            made.append(Measurement.not_assessed(f"lesion_area_{kind}", unseen[kind], "px"))
            continue
        own = [r for r in regions if r.kind == kind]
        made.append(
            Measurement(
                name=f"lesion_count_{kind}",
                value=len(own),
                unit="count",
                interval=_count_interval(
                    len(own), factors.get(kind), blanks.get(kind, 0), sum(r.kind == kind for r in dust)
                ),
                definition=f"{NAMES[kind]}; pieces no more than two working pixels apart are one; the interval is that of "
                "the camera it learnt from, and reaches down to none where one in ten eyes without retinopathy has as many",
            )
        )
        made.append(Measurement(name=f"lesion_area_{kind}", value=round(sum(r.area for r in own), 1), unit="px"))
    made.extend(_by_quadrant(regions, anatomy, unseen))
    made.append(_nearest_exudate(regions, anatomy, exudate_distance, unseen.get("EX")))
    made.extend(Measurement.not_assessed(name, reason) for name, reason in UNLEARNT.items())
    return made


def on_camera_spots(dust: Sequence[Region]) -> Measurement:
    """How many microaneurysms and haemorrhages lay on spots of the camera that the photograph shows, and were not counted."""
    definition = "taken for microaneurysms or haemorrhages where this camera shows a dark spot in other photographs too; not counted"
    return Measurement(name="on_camera_spots", value=len(dust), unit="count", definition=definition)


def left_out_line(region: Region) -> str:
    """What was left out and where, so that a person can look."""
    x, y = region.x + region.width / 2, region.y + region.height / 2
    return (
        f"left out as dust of the camera, still in the maps: {region.kind} of {region.width:.0f} x {region.height:.0f} px at "
        f"x {x:.0f}, y {y:.0f}, score {region.score:.2f}"
    )


def _count_interval(
    counted: int, factors: tuple[float, float] | None, blank: int, left_out: int
) -> tuple[float, float] | None:
    """Whole numbers, rounded outwards; from 0 for a count that eyes without retinopathy have too."""
    if factors is None:
        return None
    low, high = (counted + 1) * factors[0] - 1, (counted + left_out + 1) * factors[1] - 1
    return 0.0 if counted <= blank else float(max(0, math.floor(low))), float(max(0, math.ceil(high)))


def blanks_of(thresholds: Mapping[str, float]) -> dict[str, int]:
    """The card's counts of eyes without retinopathy by kind (`KIND_blank`, made by `blank`), where it has them."""
    return {kind: int(thresholds[f"{kind}_blank"]) for kind in KINDS if f"{kind}_blank" in thresholds}


def count_factors(thresholds: Mapping[str, float], prefix: str = "") -> dict[str, tuple[float, float]]:
    """The card's factors of the counts by kind, where it has them; `prefix` is `detector_` for the detector's."""
    names = {kind: f"{prefix}{kind}_count" for kind in KINDS}
    return {k: (thresholds[f"{n}_low"], thresholds[f"{n}_high"]) for k, n in names.items() if f"{n}_low" in thresholds}


def _by_quadrant(regions: Sequence[Region], anatomy: Anatomy, unseen: Mapping[str, str]) -> list[Measurement]:
    made = []
    for kind in KINDS:
        for quadrant in QUADRANTS:
            name = f"lesion_count_{kind}_{quadrant}"
            if kind in unseen or not anatomy.has_quadrants:
                made.append(Measurement.not_assessed(name, unseen.get(kind, NO_LANDMARKS), "count"))
                continue
            count = sum(r.kind == kind and r.quadrant == quadrant for r in regions)
            definition = "around the fovea, along the picture's axes; nasal is the disc's side"
            made.append(Measurement(name=name, value=count, unit="count", definition=definition))
    return made


def _nearest_exudate(
    regions: Sequence[Region], anatomy: Anatomy, distance: float | None, unseen: str | None
) -> Measurement:
    name, unit = "nearest_exudate_fovea_distance", "DD"
    if unseen is not None:
        return Measurement.not_assessed(name, unseen, unit)
    if not any(r.kind == "EX" for r in regions):
        return Measurement.not_assessed(name, "no hard exudate was found", unit)
    if anatomy.fovea is None:
        return Measurement.not_assessed(name, "the fovea was not located", unit)
    if anatomy.disc_diameter is None or distance is None:
        return Measurement.not_assessed(name, NO_DIAMETER, unit)
    definition = "from the fovea's centre to the nearest edge of a hard exudate"
    return Measurement(name=name, value=round(distance, 3), unit=unit, definition=definition)


def nearest_distance(mask: NDArray[np.bool_], frame: Frame, anatomy: Anatomy) -> float | None:
    """Disc diameters from the fovea to the nearest pixel of a working-scale mask (h, w); None when it cannot be told."""
    if anatomy.fovea is None or anatomy.disc_diameter is None or not mask.any():
        return None
    ys, xs = np.nonzero(mask)
    u, v = frame.from_photograph(*anatomy.fovea)
    nearest = float(np.hypot(xs + 0.5 - u, ys + 0.5 - v).min())
    return nearest * frame.scale / anatomy.disc_diameter
