"""compare_visits: two photographs of one eye, each with what was found on it, held against each other.

All comes from the findings and their kept maps, so that the earlier visit may be one of the case or an earlier report.
Two detections that differ are no proof that the eye does: what is said is "detected now, not detected then".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .. import __version__
from ..errors import ArtifactMissing
from ..experts.repeatability import detected_again, repeatability
from ..experts.vessels.predict import field_in_frame
from ..imaging import FieldOfView, Frame
from ..imaging.registration import Registration, Sight, register
from ..records import Eye, Finding, Measurement
from ..records.comparison import (
    COMPARE,
    Alignment,
    Comparison,
    CountChange,
    GradeChange,
    MeasureChange,
    Visit,
)
from .lesion_changes import KINDS, count_of, match_lesions

SAME_FIELD = 0.8
"""Overlap from which measures of the whole field of view are compared."""
OF_THE_FIELD = frozenset({"vessel_density", "skeleton_length_dd", "fractal_dimension", "branching_points"})
"""Measures that depend on which part of the retina the photograph shows."""
PIXELS = "px"
"""Measures in pixels depend on the camera and are not compared."""

REPEATABILITY = "two photographs of an unchanged eye differ by no more in 95 of 100 pairs"
AGAIN = "of those detected in one of two photographs of an eye, the share with their like in the other; red lesions are alike"

Findings = Mapping[str, Finding]


@dataclass(frozen=True)
class Seen:
    """One visit of an eye: its photograph and the findings on it, with their maps at hand or not."""

    visit: Visit
    findings: Findings


def compare(eye: Eye, earlier: Seen, later: Seen, aligned: Alignment | None = None) -> Comparison:
    """The later visit against the earlier one. What cannot be compared is said, never guessed.

    `aligned` is how the photographs lie on each other where that is known already.
    """
    if aligned is not None:
        found, missing = _again(aligned), None
    else:
        found, missing = _registered(earlier.findings, later.findings)
    alignment = _alignment(found)
    comparison = Comparison(
        eye=eye,
        earlier=earlier.visit,
        later=later.visit,
        alignment=alignment,
        reason=None if alignment is not None else missing,
        grade=GradeChange(earlier=_grade(earlier), later=_grade(later)),
        counts={
            k: CountChange(earlier=count_of(earlier.findings, k), later=count_of(later.findings, k)) for k in KINDS
        },
    )
    if alignment is None:
        comparison.not_comparable = ["single lesions: the photographs could not be laid on each other"]
    else:
        sights = (sight_of(earlier.findings), sight_of(later.findings))
        match_lesions(comparison, found, sights, earlier.findings, later.findings)
    _compare_measures(comparison, earlier.findings, later.findings)
    return comparison


def finding_of(comparison: Comparison) -> Finding:
    """The comparison as the ledger holds it: a finding on the later photograph, so that sentences can stand on it."""
    registered = comparison.alignment is not None
    made = [Measurement(name=f"{when}_grade", value=g, unit="ICDR") for when, g in comparison.grade if g is not None]
    if comparison.alignment is not None:
        made.append(Measurement(name="registration_error", value=comparison.alignment.error_dd, unit="DD"))
        made.append(Measurement(name="overlap", value=comparison.alignment.overlap, unit="fraction"))
    for kind, change in comparison.counts.items():
        made += [
            Measurement(name=f"{when}_count_{kind}", value=count, unit="count")
            for when, count in change
            if count is not None
        ]
    for kind, tally in comparison.tallies.items():
        made += [Measurement(name=f"{name}_{kind}", value=count, unit="count") for name, count in tally]
        if (again := detected_again(kind)) is not None:
            share = Measurement(name=f"detected_again_{kind}", value=again, unit="fraction", definition=AGAIN)
            made.append(share)
    for measure in comparison.measures:
        made.append(Measurement(name=f"earlier_{measure.name}", value=measure.earlier, unit=measure.unit))
        made.append(Measurement(name=f"later_{measure.name}", value=measure.later, unit=measure.unit))
        if measure.repeatability is not None:
            limit = Measurement(name=f"repeatability_{measure.name}", value=measure.repeatability, unit=measure.unit)
            made.append(limit.model_copy(update={"definition": REPEATABILITY}))
    then = "of unknown date" if comparison.earlier.acquired is None else f"of {comparison.earlier.acquired.isoformat()}"
    return Finding(
        expert=COMPARE,
        version=__version__,
        weights_sha256="",
        photograph=comparison.later.photograph,
        eye=comparison.eye,
        label="registered" if registered else "no_comparable_field",
        flags=[] if comparison.earlier.acquired is None else [comparison.earlier.acquired.isoformat()],
        measurements=made,
        notes=[
            f"earlier photograph {comparison.earlier.photograph[:12]} {then}",
            *([comparison.reason] if comparison.reason else []),
            *comparison.not_comparable,
        ],
    )


def sight_of(findings: Findings) -> Sight:
    """What registration sees of a photograph, from its findings alone. Raises KeyError, ArtifactMissing."""
    vessels, landmarks = findings["vessels"], findings["landmarks"]
    plane, frame = vessels.working_map("vessels")
    fov = _field(landmarks, frame)
    places = {name: (point.x, point.y) for name, point in landmarks.points.items()}
    diameter = landmarks.number("disc_diameter")
    return Sight(
        plane, field_in_frame(fov, frame), frame, fov.diameter, diameter, places.get("disc"), places.get("fovea")
    )


def _field(landmarks: Finding, frame: Frame) -> FieldOfView:
    """The field of view as the landmarks expert framed it (a square around its circle), cut as the vessels' frame is."""
    square = landmarks.working_map("disc_region")[1]
    diameter = square.width * square.scale
    right = min(frame.photograph_width, round(frame.left + frame.width * frame.scale))
    bottom = min(frame.photograph_height, round(frame.top + frame.height * frame.scale))
    return FieldOfView(
        x=square.left + diameter / 2,
        y=square.top + diameter / 2,
        diameter=diameter,
        left=round(frame.left),
        top=round(frame.top),
        right=right,
        bottom=bottom,
        coverage=1.0,
    )


def _registered(earlier: Findings, later: Findings) -> tuple[Registration, str | None]:
    """The registration, and why there is none."""
    sides = {f["landmarks"].label for f in (earlier, later) if "landmarks" in f}
    if sides == {Eye.RIGHT, Eye.LEFT}:
        return Registration(
            None
        ), "disc and fovea lie as in a right eye in one photograph and as in a left eye in the other"
    sights = []
    for findings, which in ((earlier, "earlier"), (later, "later")):
        try:
            sights.append(sight_of(findings))
        except KeyError:
            return Registration(None), f"vessels or landmarks of the {which} photograph were not assessed"
        except ArtifactMissing:
            return Registration(None), f"the vessel map of the {which} photograph is no longer kept on this machine"
    found = register(*sights)
    return found, found.reason


def _again(aligned: Alignment) -> Registration:
    matrix = np.array(aligned.matrix, dtype=float)
    overlap, agreement = aligned.overlap, aligned.agreement
    return Registration(matrix, aligned.error_dd, overlap, agreement, aligned.places, aligned.matched)


def _alignment(found: Registration) -> Alignment | None:
    if found.matrix is None:
        return None
    first, second = (tuple(round(float(v), 6) for v in row) for row in found.matrix)
    return Alignment(
        matrix=(first, second),  # type: ignore[arg-type]
        error_dd=round(found.error_dd or 0.0, 4),
        overlap=round(found.overlap, 4),
        agreement=round(found.agreement, 4),
        places=found.windows,
        matched=found.matched,
    )


def _grade(seen: Seen) -> int | None:
    grade = seen.findings.get("grade")
    return None if grade is None else grade.value


def _compare_measures(comparison: Comparison, earlier: Findings, later: Findings) -> None:
    """Measures both visits have, in units that no camera changes, with what an unchanged eye would differ by."""
    for expert in ("vessels", "disc"):
        if expert not in earlier or expert not in later:
            continue
        for now in later[expert].measurements:
            then = earlier[expert].measurement(now.name)
            if then is None or then.value is None or now.value is None or now.unit == PIXELS:
                continue
            overlap = None if comparison.alignment is None else comparison.alignment.overlap
            if now.name in OF_THE_FIELD and (overlap is None or overlap < SAME_FIELD):
                comparison.not_comparable.append(f"{now.name.replace('_', ' ')}: the photographs show different fields")
                continue
            if then.unit != now.unit:
                comparison.not_comparable.append(
                    f"{now.name.replace('_', ' ')}: in {then.unit} then, in {now.unit} now"
                )
                continue
            limit = repeatability(now.name)
            comparison.measures.append(
                MeasureChange(
                    name=now.name,
                    unit=now.unit,
                    earlier=then.value,
                    later=now.value,
                    repeatability=limit,
                    beyond=None if limit is None else abs(now.value - then.value) > limit,
                )
            )
