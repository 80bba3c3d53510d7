"""Findings as the experts make them, from a few numbers and without pixels."""

from __future__ import annotations

from ...records import QUADRANTS, Eye, Finding, Measurement, Point, Status

NO_LANDMARKS = "fovea and optic disc were not located"
NO_EXUDATE = "no hard exudate was found"
UNLEARNT = "no labelled photographs to learn from"
KINDS = ("MA", "HE", "EX", "SE")
_SHADE = {Eye.RIGHT: "a", Eye.LEFT: "b", Eye.UNKNOWN: "c"}

Counts = dict[str, "tuple[int, ...] | int | None"]
"""Kind to its counts in the four quadrants (`QUADRANTS`), to one count without quadrants, or None: not assessed."""


def _finding(expert: str, eye: Eye, **fields: object) -> Finding:
    values = {"expert": expert, "version": "1", "weights_sha256": "0" * 64, "photograph": _SHADE[eye] * 64, "eye": eye}
    return Finding.model_validate(values | fields)


def _measured(name: str, value: float | int | None, unit: str = "", why: str = "") -> Measurement:
    return (
        Measurement.not_assessed(name, why, unit) if value is None else Measurement(name=name, value=value, unit=unit)
    )


def quality(eye: Eye, score: float, fundus: float = 0.991, flags: tuple[str, ...] = (), advice: str = "") -> Finding:
    """Gradable from 0.5; no fundus photograph below a fundus probability of 0.5."""
    label = "not_a_fundus_photograph" if fundus < 0.5 else "gradable" if score >= 0.5 else "not_gradable"
    made = [_measured("quality_score", score), _measured("fundus_probability", fundus)]
    notes = [advice] if advice else []
    return _finding("quality", eye, label=label, flags=list(flags), notes=notes, measurements=made)


def landmarks(
    eye: Eye,
    disc: tuple[float, float, float] | None,
    distance: float | None,
    *,
    side: Eye | None = None,
    field: str | None = "macula-centred",
) -> Finding:
    """`disc`: x, y and diameter in pixels; `distance`: disc to fovea in disc diameters."""
    points = {} if disc is None else {"disc": Point(x=disc[0], y=disc[1])}
    if disc is not None and distance is not None:
        away = distance * disc[2]
        points["fovea"] = Point(x=disc[0] + (away if eye is Eye.LEFT else -away), y=disc[1] + 60.0)
    made = [
        _measured("disc_diameter", None if disc is None else disc[2], "px", "no optic disc was found"),
        _measured("disc_fovea_distance", distance, "DD", "no fovea was found"),
    ]
    label = (side or eye).value
    return _finding("landmarks", eye, label=label, flags=[field] if field else [], points=points, measurements=made)


def vessels(eye: Eye, density: float, length: float, unit: str = "px") -> Finding:
    """Density as a fraction of the field of view; length of the skeleton in `unit`."""
    made = [_measured("vessel_density", density, "fraction"), _measured("skeleton_length", length, unit)]
    return _finding("vessels", eye, measurements=made)


def lesions(eye: Eye, counts: Counts, nearest: float | None = None) -> Finding:
    """Counts by kind and quadrant, and the hard exudate nearest to the fovea in disc diameters."""
    made = []
    for kind in KINDS:
        held = counts.get(kind, 0)
        total = sum(held) if isinstance(held, tuple) else held
        parts: dict[str, int | None] = dict.fromkeys(QUADRANTS, 0 if held == 0 else None)
        if isinstance(held, tuple):
            parts |= dict(zip(QUADRANTS, held, strict=True))
        made.append(_measured(f"lesion_count_{kind}", total, "count", "the field of view is too narrow"))
        for quadrant, count in parts.items():
            made.append(_measured(f"lesion_count_{kind}_{quadrant}", count, "count", NO_LANDMARKS))
    why = NO_LANDMARKS if counts.get("EX", 0) else NO_EXUDATE
    made.append(_measured("nearest_exudate_fovea_distance", nearest, "DD", why))
    made += [Measurement.not_assessed(name, UNLEARNT) for name in ("neovascularisation", "IRMA", "venous_beading")]
    return _finding("lesions", eye, measurements=made)


def grade(eye: Eye, probabilities: tuple[float, ...], likely: tuple[int, ...], *, novel: bool = False) -> Finding:
    """The most probable grade; `likely` is the conformal set."""
    value, referable = probabilities.index(max(probabilities)), round(sum(probabilities[2:]), 6)
    return _finding(
        "grade",
        eye,
        value=value,
        probabilities=list(probabilities),
        referable_probability=referable,
        conformal_set=list(likely),
        flags=["out_of_distribution"] if novel else [],
        measurements=[
            _measured("icdr_grade", value, "ICDR grade"),
            _measured("referable_probability", referable),
            _measured("grade_confidence", probabilities[value]),
        ],
    )


def disc(eye: Eye, ratio: float | None, why: str = "no cup could be outlined") -> Finding:
    """The vertical cup-disc ratio."""
    if ratio is not None:
        return _finding("disc", eye, measurements=[_measured("vertical_cdr", ratio, "ratio")])
    made = [_measured("vertical_cdr", None, "ratio", why)]
    return _finding("disc", eye, status=Status.NOT_ASSESSED, reason=why, measurements=made)
